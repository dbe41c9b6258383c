/**
 * Stands in for `@aws-sdk/credential-provider-node` in every bundle (tools/build.mjs): Lambda puts a function's credentials
 * into its environment, and refreshes the sandbox when they expire, so the SDK's other providers are never reached there.
 */
export function defaultProvider() {
  return async () => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    } = process.env;
    if (!accessKeyId || !secretAccessKey) {
      throw new Error(
        'No credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; Lambda sets them for every function.',
      );
    }
    return { accessKeyId, secretAccessKey, sessionToken };
  };
}
