import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { askFunction } from '../../../functions/runtime/function-canary';

const answering = (payload: string, functionError?: string) => async () => ({ payload, functionError });
const failing = (error: Error) => () => Promise.reject(error);
const named = (name: string) => Object.assign(new Error('refused'), { name });

test('what the function says is the verdict', async () => {
  for (const green of [true, false]) {
    const said = { green, detail: 'the mail service took 3 of 3' };
    expect(await askFunction('canary', 1000, answering(JSON.stringify(said)))).toEqual(said);
  }
});

test('whatever else it answers is red', async () => {
  const anything = fc.oneof(fc.string(), fc.json());
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      expect((await askFunction('canary', 1000, answering(text))).green).toBe(false);
    }),
  );
  expect((await askFunction('canary', 1000, answering(''))).green).toBe(false);
});

test('an error of the function is red, even with an answer', async () => {
  const failed = answering('{"green":true,"detail":"no"}', 'Unhandled');
  expect(await askFunction('canary', 1000, failed)).toEqual({
    green: false,
    detail: 'the canary function failed (Unhandled)',
  });
});

test('silence is red', async () => {
  for (const name of ['AbortError', 'TimeoutError'])
    expect(await askFunction('canary', 1000, failing(named(name)))).toEqual({
      green: false,
      detail: 'the canary function gave no answer in 1000 ms',
    });
});

test('a refusal of Lambda is not the dependency’s: it is thrown, for the run to tell as a problem of our own side', async () => {
  await expect(askFunction('canary', 1000, failing(named('AccessDeniedException')))).rejects.toThrow('refused');
});

describe('over the wire', () => {
  const ARN = 'arn:aws:lambda:eu-central-1:111111111111:function:canary';
  let server: Server;
  let asked: { url: string | undefined; authorization: string | undefined }[];
  let answer: (response: import('node:http').ServerResponse) => unknown;
  const before = { ...process.env };

  beforeEach(async () => {
    asked = [];
    server = createServer(({ url, headers }, response) => {
      asked.push({ url, authorization: headers.authorization });
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterEach(() => {
    process.env = { ...before };
    server.close();
  });

  test('Lambda is asked once, signed for the region of the function', async () => {
    answer = (response) => response.end('{"green":true,"detail":"it works"}');
    expect(await askFunction(ARN, 1000)).toEqual({ green: true, detail: 'it works' });
    expect(asked).toEqual([
      {
        url: `/2015-03-31/functions/${encodeURIComponent(ARN)}/invocations`,
        authorization: expect.stringMatching(
          /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/lambda\/aws4_request, SignedHeaders=host;/,
        ),
      },
    ]);
  });

  test('a refusal has Lambda’s own name and words', async () => {
    answer = (response) =>
      response
        .writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException:http://internal' })
        .end('{"Message":"not authorized"}');
    await expect(askFunction(ARN, 1000)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `Lambda answers 403 AccessDeniedException for ${ARN}: not authorized`,
    });
  });

  test('a function that failed is told by its header, and one that hangs by its silence', async () => {
    answer = (response) => response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{}');
    expect(await askFunction(ARN, 1000)).toEqual({ green: false, detail: 'the canary function failed (Unhandled)' });
    answer = () => undefined;
    expect((await askFunction(ARN, 50)).detail).toBe('the canary function gave no answer in 50 ms');
  });
});
