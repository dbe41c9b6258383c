// `spillway`: what whoever is up at night asks and does. `spillway review` is a bundle of its own (bin/spillway.js): it needs nothing of this.
import { version } from '../package.json';
import { breaker } from './breaker';
import { deadLettersCommand } from './dead-letters';
import { importResources } from './import';
import { init } from './init';
import { type Command, run, UsageError } from './night/command';
import { redrive } from './redrive';
import { repair } from './repair';
import { replay } from './replay';
import { sagaInput } from './saga-input';
import { sagaResume } from './saga-resume';

/** Words → the command, and what it is for. */
const COMMANDS: readonly (readonly [words: string, summary: string, command?: Command])[] = [
  ['init', 'a project with a consumer, its test, its stack and its workflow', init],
  [
    'import',
    'blocks by which queues, mappings, functions and tables that are there move under a stack',
    importResources,
  ],
  ['repair', 'messages that wait for a person: look, mend, send again, take', repair],
  ['dead-letters', 'the dead-letter desk: groups by cause, mend one or all, send again in waves', deadLettersCommand],
  ['redrive', 'release parked messages, or say what would be done and why', redrive],
  ['breaker', 'how circuit breakers stand; hold one open or closed, lift a hold', breaker],
  ['saga resume', 'sagas that have stopped half-way: look, and let them go on', sagaResume],
  ['saga input', "what a stopped saga's functions are called with, for when it can't be resumed", sagaInput],
  ['replay', 'events of a time put on their bus again, out of its archive', replay],
  ['review', 'what a Terraform plan does to messages in flight'],
];

const usage = `spillway COMMAND …

${COMMANDS.map(([words, summary]) => `  ${words.padEnd(14)}${summary}`).join('\n')}

spillway COMMAND --help says what a command takes. All end with 0 when done, 1 when it failed, 2 when the command line is wrong.`;

const args = process.argv.slice(2);
const found = COMMANDS.find(([words]) => words.split(' ').every((word, index) => args[index] === word));
const main = async () => {
  if (args[0] === '--version') return console.log(version);
  if (args.length === 0) throw new UsageError('a command is missing');
  throw new UsageError(`"${args.join(' ')}" is no command`);
};
if (found?.[2]) void run(found[2], args.slice(found[0].split(' ').length));
else void run({ usage, main }, args);
