/** Milliseconds. An answer of these services takes tens of them; three attempts and the pauses between fit into the 10 s of the shortest function. */
const PATIENCE_MS = 3000;

/**
 * How long a function's client waits for AWS. By itself the SDK waits until the function is killed, and with it the whole batch: a hang has to be an error like any
 * other. Source: aws-sdk-js-v3, UPGRADING.md, `requestTimeout`, `throwOnRequestTimeout`.
 *
 * @param milliseconds of one attempt, until the answer begins, and without a byte of it after that
 */
export function patience(milliseconds = PATIENCE_MS, maxAttempts = 3) {
  return {
    maxAttempts,
    requestHandler: {
      requestTimeout: milliseconds,
      // Without it the SDK only warns of a late answer, and waits on.
      throwOnRequestTimeout: true,
      socketTimeout: milliseconds,
    },
  };
}
