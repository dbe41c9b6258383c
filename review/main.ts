import { main } from './cli';

// A reader that has seen enough (`| head`) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main(
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  process.stdout.isTTY === true && !process.env.NO_COLOR,
).then(
  (code) => {
    process.exitCode = code;
  },
  // Node would end with 1, which says that a finding is too bad.
  (error: unknown) => {
    console.error('spillway review: a fault of the review itself, not of the plan:', error);
    process.exitCode = 2;
  },
);
