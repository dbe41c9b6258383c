import fc from 'fast-check';
import { compile, type StateMachine } from '../../../modules/saga';
import { allSteps } from '../../../modules/saga/definition';
import { Clock, seeded } from './clock';
import { any, named, REFUSAL, type Shape } from './definitions';
import { Execution, StatesError, type World } from './interpreter';

type Mark = 'done' | 'undone' | 'blocked';

/** One record a step, kept as the ledger keeps it; every write is conditional on what was read. */
class Services implements World {
  readonly marks = new Map<string, Mark>();
  /** Every effect that changed something, in order. */
  readonly log: string[] = [];
  calm = false;
  constructor(
    readonly clock: Clock,
    readonly random: () => number,
    private readonly faults: number,
    private readonly tombstones: boolean,
  ) {}

  async call(resource: string, args: unknown): Promise<unknown> {
    await this.clock.sleep(this.random());
    if (resource.includes('sqs')) return {};
    const { FunctionName: task } = args as { FunctionName: string };
    const fault = this.calm || this.random() > this.faults ? 1 : this.random();
    if (fault < 0.2) throw new StatesError('Lambda.Unknown', 'killed before');
    if (fault < 0.3 && /^s\d+$/.test(task) && !this.marks.has(task)) {
      // Refused: recorded before it is said.
      this.marks.set(task, 'blocked');
      throw new StatesError(REFUSAL, 'no');
    }
    if (fault < 0.6) await this.clock.sleep(60 + this.random() * 600);
    this.apply(task);
    if (fault < 0.8) throw new StatesError('Lambda.Unknown', 'killed after');
    return { Payload: { by: task } };
  }

  private apply(task: string): void {
    const step = task.replace('undo-', '');
    const before = this.marks.get(step);
    if (task === step) {
      if (before === 'undone' || before === 'blocked') throw new StatesError(REFUSAL, 'too late');
      if (before === undefined) this.log.push(task);
      this.marks.set(step, 'done');
    } else if (before === 'done') {
      this.log.push(task);
      this.marks.set(step, 'undone');
    } else if (before === undefined && this.tombstones) this.marks.set(step, 'blocked');
  }
}

/** @returns what is wrong once everything has come to rest */
async function play(
  shape: Shape,
  seed: number,
  faults: number,
  { tombstones = true, change = (machine: StateMachine) => machine } = {},
) {
  const definition = named(shape, { timeout: 30, retry: { attempts: 1 } });
  const clock = new Clock();
  const services = new Services(clock, seeded(seed), faults, tombstones);
  const machine = change(compile(definition, { comment: 'generated', parkingQueueUrl: 'parking' }));
  const execution = new Execution(machine, 'one', { order: 1 }, services);
  await clock.until(execution.run());
  for (let round = 0; execution.status === 'FAILED' && round < 20; round += 1) {
    services.calm = round > 1;
    await clock.until(clock.sleep(services.random() * 100));
    await clock.until(execution.redrive());
  }
  await clock.drain();
  const output = execution.output as { outcome: string; steps: Record<string, string> } | undefined;
  const problems: string[] = [];
  if (!output) problems.push(`ended ${execution.status}: ${execution.failure?.message}`);
  for (const { action, compensation } of allSteps(definition.steps)) {
    const mark = services.marks.get(action.name);
    if (output?.outcome === 'committed' && mark !== 'done') problems.push(`committed without ${action.name}`);
    if (output?.outcome === 'compensated' && compensation && mark === 'done')
      problems.push(`${action.name} left behind`);
    if (
      output?.outcome === 'compensated' &&
      compensation &&
      ['done', 'unknown'].includes(output.steps[action.name] ?? '')
    )
      problems.push(`${action.name} reported ${output.steps[action.name]} after compensation`);
    if (services.log.filter((entry) => entry === action.name).length > 1) problems.push(`${action.name} done twice`);
  }
  problems.push(...outOfOrder(shape, services.log));
  return { problems, outcome: output?.outcome, redrives: execution.redrives };
}

/** In a sequence a step is taken back only after all steps behind it. */
function outOfOrder(shape: Shape, log: readonly string[]): string[] {
  let count = 0;
  const problems: string[] = [];
  const walk = (form: Shape): string[] => {
    const parts = form.map((part) => {
      count += 1;
      return Array.isArray(part) ? part.flatMap(walk) : [`s${count}`];
    });
    for (const [index, earlier] of parts.entries()) {
      for (const later of parts.slice(index + 1).flat()) {
        const position = log.indexOf(`undo-${later}`);
        const before = earlier.find((name) => log.includes(`undo-${name}`) && log.indexOf(`undo-${name}`) < position);
        if (before) problems.push(`${before} was taken back before ${later}`);
      }
    }
    return parts.flat();
  };
  walk(shape);
  return problems;
}

describe('any saga, under crashes, time-outs with late effects and refusals,', () => {
  test('commits wholly or is compensated wholly, in reverse, and every step at most once', async () => {
    const seen = { committed: 0, compensated: 0, redriven: 0 };
    await fc.assert(
      fc.asyncProperty(any(), fc.nat(), fc.constantFrom(0, 0.1, 0.4), async (shape, seed, faults) => {
        const { problems, outcome, redrives } = await play(shape, seed, faults);
        expect(problems).toEqual([]);
        seen[outcome as 'committed' | 'compensated'] += 1;
        if (redrives > 0) seen.redriven += 1;
      }),
      { numRuns: 200, seed: 3 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  }, 120_000);

  const failsSomewhere = async (settings: Parameters<typeof play>[3]) => {
    for (let seed = 0; seed < 100; seed += 1) {
      const { problems } = await play([1, [[1, 2], [1]], 1], seed, 0.4, settings);
      if (problems.length > 0) return true;
    }
    return false;
  };

  test('which the check would tell: without tombstones it fails', async () => {
    expect(await failsSomewhere({})).toBe(false);
    expect(await failsSomewhere({ tombstones: false })).toBe(true);
  }, 60_000);

  test('which the check would tell: with a group that is not taken back it fails', async () => {
    const change = (machine: StateMachine): StateMachine =>
      JSON.parse(JSON.stringify(machine).replaceAll('"Next":"undo group s2"', '"Next":"undo-s1"')) as StateMachine;
    expect(await failsSomewhere({ change })).toBe(true);
  }, 60_000);
});
