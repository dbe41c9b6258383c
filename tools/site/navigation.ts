import { addressOf, PAGES, titleOf } from './pages';

/** One place among the site's pages. */
interface Item {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly Item[];
  readonly collapsed?: boolean;
}

const page = (file: string, text = titleOf(file)): Item => ({ text, link: addressOf(file) });
const below = (folder: string, text?: (file: string) => string): Item[] =>
  PAGES.filter((file) => file.startsWith(folder) && file !== `${folder}README.md`).map((file) =>
    page(file, text?.(file)),
  );
const group = (text: string, items: readonly Item[], collapsed = true): Item => ({ text, items, collapsed });

/** Families of rules of plan review, by what a change does to messages. */
const FAMILIES = ['loss', 'storm', 'stop', 'blind', 'exposure', 'cost', 'plan'];

/** What stands beside every page. A test holds that every page is in it once. */
export function navigation(): Item[] {
  return [
    group(
      'Start',
      [
        page('README.md', 'What it is'),
        page('docs/first-consumer.md'),
        page('docs/streams.md'),
        page('docs/architecture.md'),
      ],
      false,
    ),
    group('Patterns', [page('docs/patterns.md'), page('docs/comparison.md'), page('docs/faq.md')], false),
    group(
      'Modules',
      below('modules/', (file) => file.split('/')[1] as string),
    ),
    group('Operate', [
      page('docs/runbooks/README.md'),
      ...below('docs/runbooks/'),
      page('docs/dead-letter-desk.md'),
      page('docs/on-aws.md'),
      page('docs/benchmarks.md'),
    ]),
    group('Plan review', [
      page('docs/plan-review.md'),
      page('docs/own-rules.md'),
      page('docs/rules/README.md'),
      ...FAMILIES.map((family) => group(family, below(`docs/rules/${family}-`))),
    ]),
    group('Adopt', [
      page('docs/adopting.md'),
      page('docs/migrating.md'),
      page('docs/importing.md'),
      page('docs/terraform-modules.md'),
      page('docs/terraform-modules-upgrade.md'),
      page('docs/upgrading.md'),
      page('docs/defaults.md'),
    ]),
    group('Decisions', below('docs/decisions/')),
    group('Develop', [page('CONTRIBUTING.md'), page('docs/adding-a-source.md'), page('CHANGELOG.md')]),
  ];
}

/** Addresses of all pages that stand in it. */
export const addressesIn = (items: readonly Item[]): string[] =>
  items.flatMap(({ link, items: inner = [] }) => [...(link ? [link] : []), ...addressesIn(inner)]);
