import { main } from './cli';

/** Runs the command of this process and sets its exit code. */
export function start(name: string, args: readonly string[]): void {
  // A reader that has seen enough (`| head`) closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  main(args, (text) => process.stdout.write(text), colour, name).then(
    (code) => {
      process.exitCode = code;
    },
    // Node would end with 1, which says that a finding is too bad.
    (error: unknown) => {
      console.error(`${name}: a fault of the review itself, not of the plan:`, error);
      process.exitCode = 2;
    },
  );
}
