import { json } from '../../review/report/json';
import { markdown } from '../../review/report/markdown';
import type { Review } from '../../review/report/review';
import { sarif } from '../../review/report/sarif';
import { terminal } from '../../review/report/terminal';
import { reviewOfFile } from './plan-files';

const named = (review: Review, stack: string): Review => ({ ...review, stack });
const stacks = async (count: number) => {
  const review = await reviewOfFile('storm');
  return Array.from({ length: count }, (_, index) => named(review, `stack-${index}`));
};

test('a comment that is far too long keeps its headline, and says in plain words what was cut', async () => {
  const text = markdown(await stacks(60), [], { limit: 2000 });
  expect(text.length).toBeLessThanOrEqual(2000);
  expect(text).toContain('## 🛑 Plan review: 60 critical');
  expect(text).toContain('| stack | account | region |');
  const [, said] = /✂️ Cut to fit a comment: (.*?)\. `/.exec(text) ?? [];
  expect(said).toMatch(/15 rows of the worst findings/);
  expect(said).toMatch(/180 high findings in detail/);
  expect(said).toMatch(/\d+ stacks$/);
});

test('one thing that was cut is one thing', async () => {
  const [review] = await stacks(1);
  const whole = markdown([review as Review], []);
  const text = markdown([review as Review], [], { limit: whole.length + 800 });
  expect(text).toMatch(/Cut to fit a comment: 1 picture\. /);
});

test('no two alerts of a report share a fingerprint, and other figures keep it', async () => {
  const review = await reviewOfFile('storm');
  const prints = (of: Review): string[] =>
    JSON.parse(sarif([of], ['plan.json'], undefined)).runs[0].results.map(
      ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) => partialFingerprints['finding/v1'],
    );
  const twice = { ...review, findings: review.findings.flatMap((finding) => [finding, { ...finding, after: 'else' }]) };
  expect(new Set(prints(twice)).size).toBe(2 * review.findings.length);
  expect(prints({ ...review, findings: review.findings.map((finding) => ({ ...finding, after: 'else' })) })).toEqual(
    prints(review),
  );
});

test.each([
  ['plans/sarif #1.json', 'plans/sarif%20%231.json'],
  ['what?.json', 'what%3F.json'],
  ['50 %.json', '50%20%25.json'],
  ['plans\\orders.json', 'plans/orders.json'],
  ['a:b.json', './a:b.json'],
  ['C:\\plans\\#1.json', 'file:///C:/plans/%231.json'],
])('the URI of %s in SARIF is %s', async (file, uri) => {
  const [run] = JSON.parse(sarif([await reviewOfFile('storm')], [file], undefined)).runs;
  expect(run.results[0].locations[0].physicalLocation.artifactLocation).toEqual({ uri });
});

test('SARIF has what GitHub’s code scanning asks for, of every rule and every result', async () => {
  const review = await reviewOfFile('storm');
  const [run] = JSON.parse(sarif([review], ['plans/storm.json'], 'https://example.org/rules/')).runs;
  const { name, rules } = run.tool.driver;
  expect(name).toBe('spillway review');
  for (const rule of rules) {
    expect(rule).toMatchObject({
      id: expect.stringMatching(/^[a-z]+\/[a-z-]+$/),
      shortDescription: { text: expect.stringMatching(/./) },
      fullDescription: { text: expect.stringMatching(/./) },
      help: { text: expect.stringMatching(/./) },
      helpUri: `https://example.org/rules/${rule.id.replace('/', '-')}.md`,
      defaultConfiguration: { level: expect.stringMatching(/^(error|warning|note)$/) },
    });
  }
  expect(run.results.length).toBe(review.findings.length);
  const ids = rules.map(({ id }: { id: string }) => id);
  for (const result of run.results) {
    expect(ids).toContain(result.ruleId);
    expect(result).toMatchObject({
      message: { text: expect.stringMatching(/./) },
      level: expect.stringMatching(/^(error|warning|note)$/),
      locations: [{ physicalLocation: { artifactLocation: { uri: 'plans/storm.json' }, region: { startLine: 1 } } }],
      partialFingerprints: { 'finding/v1': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  }
});

describe('a name that somebody chose', () => {
  const address = 'aws_sqs_queue.this["https://evil.example/a www.evil.example b@evil.example \u202egnihton\u200b"]';
  const named = async (): Promise<Review> => {
    const review = await reviewOfFile('destroy-all');
    return {
      ...review,
      findings: review.findings.map((finding) => ({ ...finding, address, why: address, before: address })),
    };
  };

  test('becomes no link in the comment', async () => {
    const comment = markdown([await named()], []);
    expect(comment).toContain('evil.example');
    for (const link of [/:\/\//, /&#58;\/\//, /www(\.|&#46;)/, /(@|&#64;)evil/])
      expect(comment.replace(/docs\/rules/g, '')).not.toMatch(link);
  });

  test.each([
    ['comment', (review: Review) => markdown([review], [])],
    ['terminal', (review: Review) => terminal([review], [], false)],
    ['SARIF', (review: Review) => sarif([review], ['plan.json'], undefined)],
    ['JSON', (review: Review) => json([review], [])],
  ])('hides no character from a reader of the %s', async (_, report) => {
    const text = report(await named());
    expect(text).not.toMatch(/\p{Cf}/u);
    expect(text).toMatch(/202e/i);
  });

  test('is still itself to a program', async () => {
    expect(JSON.parse(json([await named()], [])).reviews[0].findings[0].address).toBe(address);
  });
});
