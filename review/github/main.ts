import { action } from './action';

action(process.env, (text) => process.stdout.write(text)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error('::error::', error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
