import { main } from './cli';

main(
  process.argv.slice(2),
  (text) => process.stdout.write(text),
  process.stdout.isTTY === true && !process.env.NO_COLOR,
).then((code) => {
  process.exitCode = code;
});
