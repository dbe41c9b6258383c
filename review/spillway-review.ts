import { start } from './start';

// The review by itself: a program of its own needs no command.
start('spillway-review', ['review', ...process.argv.slice(2)]);
