import type { Invocation, RunningInvocation } from '../environment';
import type { Emulator } from './emulator';

/** An emulator that somebody else runs (LocalStack, a plain MiniStack): used as it is and left running. */
export async function foreignEmulator(address: string, onProgress: (message: string) => void): Promise<Emulator> {
  const endpoint = address.replace(/\/+$/, '');
  const read = (since: number) => fetch(`${endpoint}/_spillway/invocations?since=${since}`);
  const readRunning = () => fetch(`${endpoint}/_spillway/running`);
  const answer = await read(Date.now()).catch((error: Error) => {
    throw new Error(`Nothing answers at ${endpoint} (${error.message}); is the emulator running?`, { cause: error });
  });
  const ours = answer.ok && answer.headers.get('content-type') === 'application/json';
  await answer.body?.cancel();
  if (!ours) {
    onProgress(
      `${endpoint} is not the emulator that comes with this: releasing parked orders needs SQS message move tasks and ordering needs the HTTP ` +
        'API to SQS integration there, and without a record of invocations the graphs of wasted seconds stay empty.',
    );
  }
  return {
    endpoint,
    ended: new Promise(() => {}),
    invocations: async (since) => (ours ? ((await (await read(since)).json()) as Invocation[]) : []),
    running: async () => (ours ? ((await (await readRunning()).json()) as RunningInvocation[]) : []),
    stop: async () => {},
  };
}
