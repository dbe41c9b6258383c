import { explain } from '../../cli/night/command';
import { printable } from '../../cli/night/printable';
import { type CleanUp, cleanUpAfter, type Step, say } from './step';

/** What one look found, and whether it is what was expected. */
export interface Seen {
  readonly seen: string;
  readonly met: boolean;
}

export interface Account {
  /** What can be seen on AWS only is passed over there. */
  readonly emulated: boolean;
  /** @throws when nothing should be begun: no credentials, no region, or a step would overwrite what is there */
  ready(steps: readonly Step[]): Promise<void>;
  /** Does a step; one that looks is done again until it sees what it should. */
  carryOut(step: Step): Promise<Seen>;
  cleanUp(one: CleanUp): Promise<Seen>;
}

interface Around {
  readonly account: Account;
  /** True once a person wants it to end; what was made is still cleaned up. */
  stopping(): boolean;
  print(text: string): void;
  /** Milliseconds. */
  now(): number;
  /** A second. */
  pause(): Promise<void>;
}

/** Looks until it is as expected, the time is over or a person has had enough; says what changes. */
async function lookOn(
  look: () => Promise<Seen>,
  seconds: number,
  stopping: () => boolean,
  { print, now, pause }: Around,
): Promise<boolean> {
  const started = now();
  let last: string | undefined;
  for (;;) {
    const { seen, met } = await look();
    const after = Math.round((now() - started) / 1000);
    if (seen !== last) print(`     seen after ${after} s: ${printable(seen)}`);
    last = seen;
    if (met || after >= seconds || stopping()) return met;
    await pause();
  }
}

/** Does what a plan says, and takes back at its end whatever was begun. @returns whether everything was seen as expected */
export async function carryOut(steps: readonly Step[], around: Around): Promise<boolean> {
  const { account, print, stopping } = around;
  await account.ready(steps);
  const begun: Step[] = [];
  let asExpected = true;
  try {
    for (const [index, step] of steps.entries()) {
      if (stopping()) break;
      print(`  ${index + 1}. ${printable(say(step))}`);
      if (step.onlyOnAws && account.emulated) {
        print(`     passed over: ${step.onlyOnAws}`);
        continue;
      }
      begun.push(step);
      asExpected = await lookOn(() => account.carryOut(step), 'seconds' in step ? step.seconds : 0, stopping, around);
      if (!asExpected) {
        if (!stopping()) print('     NOT as expected; the steps after it are left out');
        break;
      }
    }
  } catch (error) {
    asExpected = false;
    print(`     FAILED: ${explain(error)}`);
  }
  const left = await cleanUp(cleanUpAfter(begun), around);
  if (stopping()) print('Stopped.');
  else print(asExpected ? 'As expected.' : 'Not as expected.');
  return asExpected && left && !stopping();
}

/** One that fails doesn't keep the others from being done. A person's wish to end doesn't shorten it; a second one ends the process. */
async function cleanUp(all: readonly CleanUp[], around: Around): Promise<boolean> {
  const { account, print } = around;
  let clean = true;
  if (all.length > 0) print('  Cleaning up');
  for (const one of all) {
    print(`   - ${printable(say(one))}`);
    try {
      const seconds = 'seconds' in one ? one.seconds : 0;
      if (
        await lookOn(
          () => account.cleanUp(one),
          seconds,
          () => false,
          around,
        )
      )
        continue;
      // A message that was moved on is not there to be taken: that is what a clean-up that looks once is for.
      if (seconds === 0) continue;
      print('     LEFT as it is: see to it by hand');
    } catch (error) {
      print(`     FAILED: ${explain(error)}; see to it by hand`);
    }
    clean = false;
  }
  return clean;
}
