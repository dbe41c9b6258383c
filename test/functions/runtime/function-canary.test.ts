import type { LambdaClient } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { askFunction } from '../../../functions/runtime/function-canary';

const answering = (output: object) => ({ send: async () => output }) as unknown as LambdaClient;
const failing = (error: Error) =>
  ({
    send: async () => {
      throw error;
    },
  }) as unknown as LambdaClient;
const payload = (text: string) => ({ Payload: new TextEncoder().encode(text) });
const named = (name: string) => Object.assign(new Error('refused'), { name });

test('what the function says is the verdict', async () => {
  for (const green of [true, false]) {
    const said = { green, detail: 'the mail service took 3 of 3' };
    expect(await askFunction(answering(payload(JSON.stringify(said))), 'canary', 1000)).toEqual(said);
  }
});

test('whatever else it answers is red', async () => {
  const anything = fc.oneof(fc.string(), fc.json());
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      expect((await askFunction(answering(payload(text)), 'canary', 1000)).green).toBe(false);
    }),
  );
  expect((await askFunction(answering({}), 'canary', 1000)).green).toBe(false);
});

test('an error of the function is red, even with an answer', async () => {
  const failed = { FunctionError: 'Unhandled', ...payload('{"green":true,"detail":"no"}') };
  expect(await askFunction(answering(failed), 'canary', 1000)).toEqual({
    green: false,
    detail: 'the canary function failed (Unhandled)',
  });
});

test('silence is red', async () => {
  for (const name of ['AbortError', 'TimeoutError'])
    expect(await askFunction(failing(named(name)), 'canary', 1000)).toEqual({
      green: false,
      detail: 'the canary function gave no answer in 1000 ms',
    });
});

test('a refusal of Lambda is not the dependency’s: it is thrown, for the run to tell as a problem of our own side', async () => {
  await expect(askFunction(failing(named('AccessDeniedException')), 'canary', 1000)).rejects.toThrow('refused');
});
