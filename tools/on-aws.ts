/** What only a real account can prove: `npm run on-aws -- EXPERIMENT` makes an experiment of docs/on-aws.md, or shows what it would do. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../cli/night/command';
import { printable } from '../cli/night/printable';
import { Stop } from '../cli/night/stop';
import { AwsAccount } from './on-aws/account';
import { carryOut } from './on-aws/carry-out';
import { EXPERIMENTS } from './on-aws/experiments';
import { parseRequest, readOutputs, regionOf, stackFor, USAGE } from './on-aws/request';
import { cleanUpAfter, say } from './on-aws/step';

const list = () =>
  EXPERIMENTS.map(({ number, title, how, proves, cost, cleanUp }) =>
    [
      `${number}. ${title}${'byHand' in how ? ' (by hand)' : ''}`,
      `   proves    ${proves}`,
      `   cost      ${cost}`,
      `   clean-up  ${cleanUp}`,
    ].join('\n'),
  ).join('\n');

if (require.main === module) {
  const main = async (args: readonly string[]) => {
    const request = parseRequest(args);
    if (!request) return console.log(`${list()}\n\nnpm run on-aws -- EXPERIMENT shows what it would do.`);
    const { experiment, how, yes, connection } = request;
    const outputs = readOutputs(request.outputs);
    const stack = stackFor(request, outputs);
    const output = (name: string) => outputs[stack]?.[name] ?? '';
    const steps = how.steps({ stack, output, run: `on-aws-${randomBytes(4).toString('hex')}` });
    console.log(printable(`Experiment ${experiment.number} on ${stack}: ${experiment.title}`));
    console.log(`It proves ${experiment.proves}. Cost: ${experiment.cost}.`);
    if (!yes) {
      for (const [index, step] of steps.entries()) console.log(printable(`  ${index + 1}. ${say(step)}`));
      console.log('  At the end, whatever happens:');
      for (const one of cleanUpAfter(steps)) console.log(printable(`   - ${say(one)}`));
      return console.log('Nothing was done. With --yes it is.');
    }
    const stop = new Stop();
    const good = await carryOut(steps, {
      account: new AwsAccount({ ...connection, region: regionOf(stack) ?? connection.region }),
      stopping: () => stop.requested,
      print: console.log,
      now: Date.now,
      pause: () => wait(1000),
    });
    if (!good) process.exitCode ||= 1;
  };
  void run({ usage: USAGE, main });
}
