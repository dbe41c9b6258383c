import assert from 'node:assert/strict';
import test from 'node:test';
import { Line } from 'spillway/testing';
import { handler } from './handler';

const reading = (meter: string, kilowattHours: unknown) => ({ meter, takenAt: '2030-01-01T00:15:00Z', kilowattHours });

/** A batch as Lambda makes it of a shard. */
const batch = (...readings: ReturnType<typeof reading>[]) => ({
  Records: readings.map((one, index) => ({
    eventID: `shardId-000000000000:${index}`,
    eventSource: 'aws:kinesis',
    eventSourceARN: 'arn:aws:kinesis:eu-central-1:111111111111:stream/meter-readings',
    kinesis: {
      partitionKey: one.meter,
      sequenceNumber: String(index),
      data: Buffer.from(JSON.stringify(one)).toString('base64'),
      approximateArrivalTimestamp: 1_893_456_900,
    },
  })),
});

test('the shard goes on while billing is down, and every reading is billed after it', async () => {
  let status = 503;
  globalThis.fetch = async () => new Response(null, { status });
  const line = new Line(handler, { environment: { BILLING_URL: 'http://billing' }, canary: () => status < 300 });
  const answer = await line.deliverFrom(batch(reading('m-1', 1.5), reading('m-2', 'much'), reading('m-3', 0.25)));
  assert.deepEqual(answer, { batchItemFailures: [] });
  assert.equal(line.repair[0]?.note?.path, 'kilowattHours');
  await line.settle();
  assert.equal(line.parked.length, 2);
  status = 204;
  line.release();
  await line.settle();
  assert.equal((await line.find('m-3 2030-01-01T00:15:00Z'))?.status, 'done');
});
