import { join } from 'node:path';
import { type Guard, withoutGuards } from '../../without-guards';
import { history } from './histories';

const HANDLE = 'functions/runtime/handle.ts';
const ENTRY = 'functions/runtime/ledger/entry.ts';
const DECIDE = 'functions/runtime/decide.ts';
const BATCH = 'functions/runtime/run-batch.ts';
const MEMORY = 'functions/runtime/ledger/memory-ledger.ts';

/** Each by itself has to show in the histories. */
const GUARDS: readonly Guard[] = [
  {
    guard: 'what is done is a duplicate',
    file: ENTRY,
    from: "if (before.status === 'done') return { state: 'done', result: before.result };",
    to: '',
  },
  {
    guard: 'one delivery at a time',
    file: ENTRY,
    from: 'if (other && other.owner !== claim.owner && Date.parse(other.until) > claim.now.getTime()) {',
    to: 'if (other && (false as boolean)) {',
  },
  {
    guard: 'a claim ends when its process is dead',
    file: ENTRY,
    from: 'Date.parse(other.until) > claim.now.getTime()',
    to: 'Date.parse(other.until) > 0',
  },
  {
    guard: 'a copy that is released is not a sending again',
    file: ENTRY,
    from: ': before.fingerprint !== claim.fingerprint && isLater(before, claim));',
    to: ': isLater(before, claim));',
  },
  {
    guard: 'what is worked on is claimed',
    file: MEMORY,
    from: 'const open = { owner: claim.owner, until: claim.until.toISOString() };',
    to: 'const open = undefined;',
  },
  {
    guard: 'a dead delivery makes a suspect',
    file: ENTRY,
    from: 'const suspect = (other !== undefined && other.owner !== claim.owner) || before.crashes > 0;',
    to: 'const suspect = false;',
  },
  {
    guard: 'a suspect is worked on alone',
    file: HANDLE,
    from: '? await this.gate.exclusive(() => this.alone(held, claim))',
    to: '? await this.gate.shared(() => this.alone(held, claim))',
  },
  { guard: 'crashes are counted', file: HANDLE, from: '(await this.ports.ledger?.countCrash?.(claim)) ?? 0', to: '0' },
  {
    guard: 'crashes are counted before the work',
    file: MEMORY,
    from: 'const crashesSeen = [...new Set([...entry.crashesSeen, owner])];',
    to: 'const crashesSeen = [owner];',
  },
  {
    guard: 'too many crashes are poison',
    file: HANDLE,
    from: 'if (crashes > MAXIMUM_CRASHES) {',
    to: 'if (crashes > 1_000_000) {',
  },
  {
    guard: 'work that succeeded is written down',
    file: HANDLE,
    from: 'if (claim) await ports.ledger?.finish(claim, kept.result, ports.now());',
    to: '',
  },
  {
    guard: 'what is refused goes to repair',
    file: DECIDE,
    from: "return { kind: 'repair', reason: outcome.kind, detail: outcome.detail, path: outcome.path };",
    to: "return { kind: 'finish' };",
  },
  {
    guard: 'what is refused along with the canary is an outage',
    file: 'functions/runtime/attempt.ts',
    from: "return (await ports.canary()) === 'red'",
    to: 'return (false as boolean)',
  },
  {
    guard: 'rounds are counted',
    file: HANDLE,
    from: "return (await canary()) === 'green' ? ledger.countRound(round) : undefined;",
    to: 'return undefined;',
  },
  {
    guard: 'no round counts while the canary is red',
    file: HANDLE,
    from: "return (await canary()) === 'green' ? ledger.countRound(round) : undefined;",
    to: 'return ledger.countRound(round);',
  },
  {
    guard: 'too many rounds are poison',
    file: DECIDE,
    from: 'if (rounds !== undefined && rounds >= policy.maxRounds) return poisonAfter(rounds, outcome.detail);',
    to: '',
  },
  {
    guard: 'a failure is put off',
    file: HANDLE,
    from: 'return { ...(await this.putOff(message, outcome, action)), id, isNew };',
    to: "return { message, outcome, action: { kind: 'finish' }, id, isNew };",
  },
  {
    guard: 'what is malformed goes to repair',
    file: HANDLE,
    from: "return await this.repairUnbegun(message, { kind: 'malformed', detail, path }, known);",
    to: "return { message, outcome: { kind: 'malformed', detail, path }, action: { kind: 'finish' } };",
  },
  {
    guard: 'what is malformed is found by its id',
    file: HANDLE,
    from: "if (known) await this.note(message, known, 'repair', outcome.detail ?? '');",
    to: '',
  },
  {
    guard: 'it lies in repair before anything says so',
    file: HANDLE,
    from: 'await ports.sendToRepair(message, this.repairNote(message, action, id));\n      await this.release',
    to: 'void ports.sendToRepair;\n      await this.release',
  },
  {
    guard: 'repair is written down',
    file: HANDLE,
    from: "await this.release(held, outcome, 'repair', action.detail);",
    to: '',
  },
  {
    guard: 'a message that is deferred is delivered again',
    file: HANDLE,
    from: 'return await this.putOff(message, outcome, action);\n    } catch (error) {\n      return this.putOffAfter(error, message);\n    }\n  }\n\n  /** What somebody',
    to: "return { message, outcome, action: { kind: 'finish' } };\n    } catch (error) {\n      return this.putOffAfter(error, message);\n    }\n  }\n\n  /** What somebody",
  },
  {
    guard: 'what waits behind a failed one of its group is not worked on',
    file: BATCH,
    from: 'seconds === undefined ? await handle(message) : await behind(message, seconds)',
    to: 'await handle(message)',
  },
];

const HISTORIES = 1500;

describe('a guard that is gone is seen in the histories', () => {
  test.each(GUARDS.map((guard) => [guard.guard, guard] as const))(
    '%s',
    async (_, guard) => {
      const broken = await withoutGuards<typeof import('./histories')>(join(__dirname, 'histories.ts'), [guard]);
      let seen: number | undefined;
      for (let seed = 0; seed < HISTORIES && seen === undefined; seed += 1) {
        const wrong = await broken.history(seed).catch((error: Error) => [error.message]);
        if (wrong.length > 0) seen = seed;
      }
      expect(seen).toBeDefined();
      // It is the guard that makes the difference.
      expect(await history(seen ?? 0)).toEqual([]);
    },
    120_000,
  );
});
