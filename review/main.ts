import { start } from './start';

start('spillway review', process.argv.slice(2));
