import { type ParseArgsConfig, parseArgs } from 'node:util';
import { printable } from './printable';

// Node 20 gets new versions of the SDK until 2027, which the SDK says in six lines at each start; whoever is up at night can't change it.
// Source: aws/aws-sdk-js-v3 issue 7983, "If you cannot upgrade, you can suppress it".
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** A command line that makes no sense: answered with what is wrong, and the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What every command takes beside its own. The SDK's variable counts as the option, so that nobody's credentials go to an emulator that it names. */
const connectionOptions = () =>
  ({ region: { type: 'string' }, endpoint: { type: 'string', default: process.env.AWS_ENDPOINT_URL } }) as const;

/** What `connectionOptions` mean, for the end of each usage. */
export const CONNECTION = `  --region     default: the region in the URL or ARN, then the AWS SDK's (AWS_REGION, AWS_PROFILE)
  --endpoint   the emulator's address instead of AWS; default: the environment variable AWS_ENDPOINT_URL
Credentials are the AWS SDK's (AWS_PROFILE).`;

type Options = NonNullable<ParseArgsConfig['options']>;

/** @throws UsageError for an option that isn't there, or is used wrongly */
export function readArguments<Given extends Options>(args: readonly string[], options: Given) {
  try {
    return parseArgs({ args: [...args], options: { ...connectionOptions(), ...options }, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A command for people. */
export interface Command {
  /** What it takes, as `--help` prints it. */
  readonly usage: string;
  main(args: readonly string[]): Promise<void>;
}

/** Runs a command for people: a failure is a line that says what to do, never a stack. Exit code 2 for a wrong command line, 1 for a failure. */
export async function run({ usage, main }: Command, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return;
  }
  try {
    await main(args);
  } catch (error) {
    const wrongLine = error instanceof UsageError;
    console.error(wrongLine ? `${printable(error.message)}\n\n${usage}` : explain(error));
    process.exitCode = wrongLine ? 2 : 1;
  }
}

/** What the SDK and Node say beside the message. */
interface SdkError {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
  readonly address?: string;
  readonly port?: number;
}

/** An error in one line, with what to do where that is known. */
export function explain(error: unknown): string {
  const { name, message, code } = error as { name?: string; message?: string; code?: string };
  if (message === 'Region is missing') return 'No AWS region is known: give --region, or set AWS_REGION.';
  if (name === 'CredentialsProviderError') {
    return `No AWS credentials are found: set AWS_PROFILE, or sign in with "aws sso login". (${printable(message ?? '')})`;
  }
  const { $response, $metadata, address, port } = error as SdkError;
  if (code === 'ECONNREFUSED') {
    const where = address ? ` at ${address}:${port}` : '';
    return `Nobody listens${where}: is the emulator running, and is --endpoint its address? (ECONNREFUSED)`;
  }
  // The SDK's words for an answer that is no AWS error: a web server, a proxy.
  if (message === 'UnknownError' || name === 'UnknownError') {
    const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 'unknown';
    return `What answers is not AWS (HTTP status ${status}): check --endpoint; "npm start" prints the emulator's address.`;
  }
  // What connects to several addresses of a host at once fails with a list of errors and no message.
  const said = message || code || String(error);
  return printable(!name || name === 'Error' ? said : `${name}: ${said}`);
}
