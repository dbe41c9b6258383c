import assert from 'node:assert/strict';
import test from 'node:test';
import { Line } from 'spillway/testing';
import { handler } from './handler';

test('an invoice outlives an outage of the bank', async () => {
  let status = 503;
  globalThis.fetch = async () => Response.json({ transferId: 't-1' }, { status });
  const line = new Line(handler, { environment: { BANK_URL: 'http://bank' }, canary: () => status === 200 });
  line.send({ invoiceNumber: 'i-1', iban: 'DE02120300000000202051', cents: 995 });
  await line.settle();
  assert.equal(line.parked.length, 1);
  status = 200;
  line.release();
  await line.settle();
  assert.deepEqual((await line.find('i-1'))?.result, { transferId: 't-1' });
});
