import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { patience } from '../../../functions/runtime/patience';

let server: Server;
const asked = async (answer: RequestListener) => {
  let requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new SQSClient({
    ...patience(100, 2),
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const problem = await client.send(new GetQueueUrlCommand({ QueueName: 'orders' })).catch((error: Error) => error);
  client.destroy();
  return { problem, requests };
};
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a service that never answers is an error, after the attempts that were asked for', async () => {
  const { problem, requests } = await asked(() => undefined);
  expect(problem).toMatchObject({ name: 'TimeoutError' });
  expect(requests).toBe(2);
});

test('so is one that says again and again that it is at work', async () => {
  const { problem } = await asked((_, response) => {
    const busy = setInterval(() => response.writeProcessing(), 20);
    response.on('close', () => clearInterval(busy));
  });
  expect(problem).toMatchObject({ name: 'TimeoutError' });
});

test('so is one that stops in the middle of its answer', async () => {
  const { problem } = await asked((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
    response.write('{');
  });
  expect(problem).toMatchObject({ name: 'TimeoutError' });
});

test('three attempts and the pauses between end before the shortest function is killed', () => {
  const { maxAttempts, requestHandler } = patience();
  // The SDK pauses up to 100 ms, then up to 200 ms.
  expect(maxAttempts * requestHandler.requestTimeout + 300).toBeLessThan(10_000);
});

test('no function waits for AWS in any other way', () => {
  const folder = join(__dirname, '..', '..', '..', 'functions');
  const makers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => /new \w+Client\((?!patience\()/.test(readFileSync(join(folder, name), 'utf8')));
  // Regions that may be gone have a patience of their own.
  expect(makers).toEqual([join('operations', 'broker-operations', 'services.ts')]);
});
