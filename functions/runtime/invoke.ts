import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { defaultProvider } from './environment-credentials';

/** What a function answered. */
export interface Invocation {
  /** JSON, as far as the function gave any. */
  readonly payload: string;
  /** `Handled` or `Unhandled` where it failed. Source: Lambda API, Invoke, `X-Amz-Function-Error`. */
  readonly functionError?: string | undefined;
}

/** Thrown when Lambda doesn't invoke: no permission, no such function, throttled. Its name is Lambda's own, for example `AccessDeniedException`. */
export class InvocationRefusedError extends Error {
  constructor(functionArn: string, status: number, type: string, message: string) {
    super(`Lambda answers ${status} ${type} for ${functionArn}${message && `: ${message}`}`);
    this.name = type;
  }
}

/** Where a partition's services answer. Source: AWS general reference, "AWS service endpoints"; aws-sdk-js-v3, partitions.json. */
const SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
};

class Sha256 {
  private hash = this.fresh();

  constructor(private readonly secret?: string | ArrayBuffer | ArrayBufferView) {}

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.fresh();
  }

  private fresh() {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.secret));
  }
}

/**
 * Invokes a function once and waits for its answer. The SDK's own signer signs it; its client of Lambda would be a sixth of every consumer's bundle, for this one call
 * (docs/decisions/bundles.md).
 *
 * @param functionArn with the partition and region to ask in; `AWS_ENDPOINT_URL_LAMBDA` and `AWS_ENDPOINT_URL` say another address, as they do to the SDK
 * @throws InvocationRefusedError when Lambda refuses; what `fetch` throws when it can't be reached or the signal aborts
 */
export async function invokeFunction(functionArn: string, signal: AbortSignal): Promise<Invocation> {
  const [, partition = '', , region = ''] = functionArn.split(':');
  const { AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL } = process.env;
  const endpoint =
    AWS_ENDPOINT_URL_LAMBDA ?? AWS_ENDPOINT_URL ?? `https://lambda.${region}.${SUFFIXES[partition] ?? 'amazonaws.com'}`;
  const address = new URL(`/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`, endpoint);
  const { protocol, hostname, host, pathname } = address;
  const signer = new SignatureV4({ service: 'lambda', region, credentials: defaultProvider(), sha256: Sha256 });
  const { headers } = await signer.sign({ method: 'POST', protocol, hostname, path: pathname, headers: { host } });
  const response = await fetch(address, { method: 'POST', headers, signal });
  const payload = await response.text();
  if (response.ok) return { payload, functionError: response.headers.get('x-amz-function-error') ?? undefined };
  const type = (response.headers.get('x-amzn-errortype') ?? 'LambdaError').split(':')[0] as string;
  throw new InvocationRefusedError(functionArn, response.status, type, messageOf(payload));
}

const bytes = (data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array =>
  typeof data === 'string'
    ? data
    : ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);

function messageOf(payload: string): string {
  try {
    const { Message, message } = JSON.parse(payload) as { Message?: string; message?: string };
    return Message ?? message ?? '';
  } catch {
    return '';
  }
}
