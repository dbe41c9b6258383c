import { identityOf, known, type Pair, Resolver } from './resolve';
import { type Existing, objectOf, type Planned, parsed, textOf } from './resources';
import { TYPES } from './types';

export interface Pairing {
  readonly pairs: readonly Pair[];
  /** What fits in more than one way. */
  readonly ambiguous: readonly { readonly existing: readonly Existing[]; readonly planned: readonly Planned[] }[];
  /** What has no place in the stack. */
  readonly left: readonly Existing[];
  readonly resolver: Resolver;
}

/** Settings of a queue that are attributes of it on AWS, and resources of their own in our modules: made anew they would overwrite what is there, and the plan would not show it. */
const OF_A_QUEUE = { aws_sqs_queue_policy: 'policy', aws_sqs_queue_redrive_allow_policy: 'redrive_allow_policy' };

export function settingsOfQueues(existing: readonly Existing[]): Existing[] {
  const there = new Set(existing.map(({ type, values }) => `${type} ${values.queue_url}`));
  return existing
    .filter(({ type }) => type === 'aws_sqs_queue')
    .flatMap(({ name, values }) =>
      Object.entries(OF_A_QUEUE).flatMap(([type, attribute]): Existing[] => {
        const url = textOf(values.url) ?? textOf(values.id);
        const value = textOf(values[attribute]);
        if (!url || !value || there.has(`${type} ${url}`)) return [];
        return [
          {
            type,
            name: `${name} (${attribute})`,
            values: { queue_url: url, id: url, [attribute]: value },
            from: 'aws',
          },
        ];
      }),
    );
}

/** The dead-letter queue of one is that of the other, whatever it is called. */
function deadLetterPair(
  { planned, existing }: Pair,
  resolver: Resolver,
  given: readonly Existing[],
  free: Free,
): Pair | undefined {
  if (planned.type !== 'aws_sqs_queue') return undefined;
  const { url, redrive_policy: own } = existing.values;
  const beside = given.find(({ type, values }) => type === 'aws_sqs_queue_redrive_policy' && values.queue_url === url);
  const target = resolver.referred(objectOf(parsed(planned.values.redrive_policy)).deadLetterTargetArn);
  const arn = objectOf(parsed(own || beside?.values.redrive_policy)).deadLetterTargetArn;
  const found = free.existing.find(({ type, values }) => type === 'aws_sqs_queue' && values.arn === arn);
  return target && found && free.planned.includes(target) ? { planned: target, existing: found } : undefined;
}

interface Free {
  readonly planned: readonly Planned[];
  readonly existing: readonly Existing[];
}

interface Fitting {
  readonly planned: Planned[];
  readonly existing: Existing[];
}

/** Identity → what has it. */
function fitting({ planned, existing }: Free, rank: number, resolver: Resolver): Fitting[] {
  const found = new Map<string, Fitting>();
  const at = (type: string, read: (attribute: string) => unknown) => {
    const attributes = TYPES[type]?.identities[rank];
    const key = attributes && identityOf(type, attributes, read);
    if (!key) return undefined;
    const there = found.get(key) ?? { planned: [], existing: [] };
    found.set(key, there);
    return there;
  };
  for (const each of planned)
    at(each.type, (attribute) => known(resolver.resolve(each.values[attribute])))?.planned.push(each);
  for (const each of existing) at(each.type, (attribute) => each.values[attribute])?.existing.push(each);
  return [...found.values()].filter((one) => one.planned.length > 0 && one.existing.length > 0);
}

/** Which resource that is there becomes which of the stack: as it was said, or by what tells one from another. */
export function pairUp(planned: readonly Planned[], given: readonly Existing[], said: readonly Pair[] = []): Pairing {
  const resolver = new Resolver(planned);
  const existing = [...given, ...settingsOfQueues(given)];
  const pairs: Pair[] = [];
  const paired = new Set<Planned | Existing>();
  const take = (pair: Pair) => {
    pairs.push(pair);
    paired.add(pair.planned).add(pair.existing);
    resolver.pair(pair);
  };
  const free = (): Free => ({
    planned: planned.filter((each) => !paired.has(each)),
    existing: existing.filter((each) => !paired.has(each)),
  });
  for (const pair of said) take(pair);

  const ranks = Math.max(...Object.values(TYPES).map(({ identities }) => identities.length));
  // Each pair makes more of the others' references known. A weaker identity is asked only when the stronger ones have nothing more to say.
  for (let rank = 0; rank < ranks; ) {
    const certain = fitting(free(), rank, resolver).flatMap((one): Pair[] => {
      const [[ours, another], [theirs, more]] = [one.planned, one.existing];
      return ours && theirs && !another && !more ? [{ planned: ours, existing: theirs }] : [];
    });
    const next =
      certain.length > 0
        ? certain
        : pairs.flatMap((pair) => deadLetterPair(pair, resolver, existing, free()) ?? []).slice(0, 1);
    for (const pair of next) take(pair);
    rank = next.length > 0 ? 0 : rank + 1;
  }
  const ambiguous = Array.from({ length: ranks }, (_, rank) => fitting(free(), rank, resolver)).find(
    (found) => found.length > 0,
  );
  const open = new Set((ambiguous ?? []).flatMap((each) => each.existing));
  return { pairs, ambiguous: ambiguous ?? [], left: free().existing.filter((each) => !open.has(each)), resolver };
}
