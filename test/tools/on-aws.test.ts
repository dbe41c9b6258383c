import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../cli/night/command';
import { type Account, carryOut } from '../../tools/on-aws/carry-out';
import { EXPERIMENTS } from '../../tools/on-aws/experiments';
import { type Outputs, parseRequest, readOutputs, regionOf, stackFor } from '../../tools/on-aws/request';
import { type CleanUp, cleanUpAfter, type Step, say } from '../../tools/on-aws/step';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'on-aws.md'), 'utf8');
const scripted = EXPERIMENTS.flatMap(({ number, how }) => ('byHand' in how ? [] : [{ number, how }]));
const output = (name: string) => `<${name}>`;
const stepsOf = (number: number) =>
  scripted.find((one) => one.number === number)?.how.steps({ stack: 'dev-x-shop', output, run: 'on-aws-0a1b2c3d' }) ??
  [];

test('the page and the command know the same experiments, and which of them are scripted', () => {
  const sections = [...page.matchAll(/^## (\d)\. (.+)\n([\s\S]+?)(?=^## |(?![\s\S]))/gm)];
  expect(sections.map(([, number, title]) => [Number(number), title])).toEqual(
    EXPERIMENTS.map(({ number, title }) => [number, title]),
  );
  for (const [, number, , text = ''] of sections) {
    const told = text.includes(`**Scripted:** \`npm run on-aws -- ${number}\``);
    expect([number, told, text.includes('**Scripted:** no')]).toEqual([
      number,
      scripted.some((one) => String(one.number) === number),
      !scripted.some((one) => String(one.number) === number),
    ]);
  }
});

test('every experiment asks for no output but those that it says it needs', () => {
  for (const { number, how } of scripted) {
    const asked = new Set<string>();
    const note = (name: string) => {
      asked.add(name);
      return name;
    };
    how.steps({ stack: 'dev-x-shop', output: note, run: 'on-aws-1' });
    expect([number, [...asked].filter((name) => !how.outputs.includes(name))]).toEqual([number, []]);
  }
});

test('everything that an experiment makes has a clean-up, and bears the name of its run', () => {
  for (const { number } of scripted) {
    const steps = stepsOf(number);
    const made = steps.filter(({ kind }) => ['send', 'post', 'stop-function'].includes(kind));
    for (const step of made)
      expect([number, step.kind, cleanUpAfter([step]).length > 0]).toEqual([number, step.kind, true]);
    const bodies = steps.flatMap((step) =>
      step.kind === 'send' ? step.bodies : step.kind === 'post' ? [step.body] : [],
    );
    expect([number, bodies.length > 0, bodies.filter((body) => !body.includes('on-aws-0a1b2c3d'))]).toEqual([
      number,
      true,
      [],
    ]);
    expect(steps.map(say).filter((text) => text.includes('undefined'))).toEqual([]);
  }
});

test('a stopped function runs again before orders are waited for, and nothing is cleaned up twice', () => {
  const kinds = cleanUpAfter([...stepsOf(5).slice(0, 2).reverse(), ...stepsOf(5).slice(0, 2)]).map(({ kind }) => kind);
  expect(kinds).toEqual(['allow-function', 'forget-orders']);
});

describe('the command line', () => {
  test('without an experiment it lists; with one it changes nothing until it is told to', () => {
    expect(parseRequest([])).toBeUndefined();
    expect(parseRequest(['6'])).toMatchObject({ yes: false, outputs: 'outputs.json', experiment: { number: 6 } });
    expect(parseRequest(['6', '--yes', '--endpoint', 'http://127.0.0.1:1'])).toMatchObject({
      yes: true,
      connection: { endpoint: 'http://127.0.0.1:1' },
    });
  });

  test.each([
    [['9'], '"9" is no experiment; there are 1 to 8'],
    [['1'], 'experiment 1 is done by hand, as docs/on-aws.md says: cdktf shows its plan'],
    [['2', '3'], '"3" is one word too many'],
    [['--yes'], '--yes takes the number of an experiment'],
    [['2', '--no'], "Unknown option '--no'"],
  ])('%j is refused', (line, why) => {
    expect(() => parseRequest(line)).toThrow(UsageError);
    expect(() => parseRequest(line)).toThrow(why);
  });
});

describe('the stack', () => {
  const all = Object.fromEntries(scripted.flatMap(({ how }) => how.outputs).map((name) => [name, name]));
  const choose = (number: number, outputs: Outputs, stack?: string) => {
    const request = parseRequest([String(number), ...(stack ? ['--stack', stack] : [])]);
    if (!request) throw new Error('no experiment');
    return stackFor(request, outputs);
  };

  test('the only one that has what is needed, the shop before others', () => {
    const { saga_queue_url, ...shop } = all;
    const outputs = { 'dev-eu-central-1-shop': shop, 'dev-eu-central-1-saga': all };
    expect(choose(3, outputs)).toBe('dev-eu-central-1-shop');
    expect(choose(7, outputs)).toBe('dev-eu-central-1-saga');
    expect(choose(3, outputs, 'dev-eu-central-1-saga')).toBe('dev-eu-central-1-saga');
    expect(regionOf('dev-eu-central-1-shop')).toBe('eu-central-1');
  });

  test('never one of staging or prod: experiments break things', () => {
    const outputs = { 'prod-eu-central-1-shop': all };
    expect(() => choose(4, outputs)).toThrow('no stack of dev in the outputs has what experiment 4 needs');
    expect(() => choose(4, outputs, 'prod-eu-central-1-shop')).toThrow('is neither of dev nor of local');
  });

  test('one that lacks something is refused by name', () => {
    expect(() => choose(6, { 'dev-x': {} }, 'dev-x')).toThrow('dev-x has no output parked_queue_url');
    expect(() => readOutputs('/not/there.json')).toThrow(
      'there is no /not/there.json; write it with: npx cdktf deploy',
    );
  });
});

describe('carrying out', () => {
  const take: CleanUp = { kind: 'take-messages', queueUrl: 'q/repair', bodies: ['x'], seconds: 60 };
  const stop: Step = { kind: 'stop-function', functionName: 'payment' };
  const send: Step = { kind: 'send', queueUrl: 'q/orders', bodies: ['x'], cleanUp: [take] };
  const look: Step = { kind: 'see-message', queueUrl: 'q/repair', body: 'x', seconds: 5 };
  const alarm: Step = { kind: 'see-alarm', prefix: 'a', seconds: 5, onlyOnAws: 'alarms stay silent' };

  /** What was done to an account that does whatever `answer` says, and what was printed. */
  async function attempt(
    steps: readonly Step[],
    answer: (kind: string) => boolean | Error = () => true,
    stopAt = Number.POSITIVE_INFINITY,
  ) {
    const done: string[] = [];
    const printed: string[] = [];
    let clock = 0;
    const act = async ({ kind }: Step | CleanUp) => {
      done.push(kind);
      const met = answer(kind);
      if (met instanceof Error) throw met;
      return { seen: String(met), met };
    };
    const account: Account = { emulated: true, ready: async () => {}, carryOut: act, cleanUp: act };
    const good = await carryOut(steps, {
      account,
      stopping: () => clock >= stopAt,
      print: (text) => printed.push(text),
      now: () => clock,
      pause: async () => {
        clock += 1000;
      },
    });
    return { good, done, printed: printed.join('\n') };
  }

  test('does all, and cleans up', async () => {
    expect(await attempt([stop, send, look])).toMatchObject({
      good: true,
      done: ['stop-function', 'send', 'see-message', 'allow-function', 'take-messages'],
    });
  });

  test('what is not seen in time is told, ends it, and is cleaned up after', async () => {
    const { good, done, printed } = await attempt([stop, send, look, stop], (kind) => kind !== 'see-message');
    expect([good, done.slice(-3)]).toEqual([false, ['see-message', 'allow-function', 'take-messages']]);
    expect(done.filter((kind) => kind === 'see-message')).toHaveLength(6);
    expect(printed).toContain('NOT as expected');
  });

  test('a step that fails half-way is cleaned up after, and one clean-up that fails doesn’t keep the next from being done', async () => {
    const fails = (kind: string) => (['send', 'allow-function'].includes(kind) ? new Error('denied') : true);
    const { good, done, printed } = await attempt([stop, send, look], fails);
    expect([good, done]).toEqual([false, ['stop-function', 'send', 'allow-function', 'take-messages']]);
    expect(printed).toContain('FAILED: denied; see to it by hand');
  });

  test('ended by a person it stops looking, and cleans up', async () => {
    const { good, done } = await attempt([stop, send, look], (kind) => kind !== 'see-message', 2000);
    expect(done).toEqual(['stop-function', 'send', ...Array(3).fill('see-message'), 'allow-function', 'take-messages']);
    expect(good).toBe(false);
  });

  test('what an emulator can’t show is passed over with the reason', async () => {
    const { good, done, printed } = await attempt([alarm]);
    expect([good, done]).toEqual([true, []]);
    expect(printed).toContain('passed over: alarms stay silent');
  });

  test('nothing is begun when the account isn’t ready', async () => {
    const account: Account = {
      emulated: false,
      ready: async () => {
        throw new Error('no credentials');
      },
      carryOut: async () => ({ seen: '', met: true }),
      cleanUp: async () => ({ seen: '', met: true }),
    };
    const around = { account, stopping: () => false, print: () => {}, now: () => 0, pause: async () => {} };
    await expect(carryOut([stop], around)).rejects.toThrow('no credentials');
  });
});
