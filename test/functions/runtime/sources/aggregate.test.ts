import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { deaggregate } from '../../../../functions/runtime/sources/aggregate';
import { aggregated } from './aggregated';

/** Written by awslabs' own aggregator for Python, aws-kinesis-agg 1.2.3; the last record has an explicit hash key. */
const BY_AWSLABS = Buffer.from(
  '84mawgoHdmlzaXQtMQoHdmlzaXQtMgoI0LrQu9GO0YcSATUaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfRoLCAAaB3sibiI6M30aBggCEAAaAMkVHW3yrcZr22ArOoho7ss=',
  'base64',
);

const records = fc.array(
  fc.record({
    partitionKey: fc.oneof(fc.constantFrom('a', 'b'), fc.string({ minLength: 1, unit: 'grapheme' })),
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 200 },
);

test("what awslabs' aggregator has packed is taken apart", () => {
  const read = deaggregate(BY_AWSLABS)?.map(({ partitionKey, data }) => [partitionKey, data.toString()]);
  expect(read).toEqual([
    ['visit-1', '{"n":1}'],
    ['visit-2', '{"n":2}'],
    ['visit-1', '{"n":3}'],
    ['ключ', ''],
  ]);
});

test('whatever records are packed come out as they were, in their order', () => {
  fc.assert(fc.property(records, (packed) => expect(deaggregate(aggregated(packed))).toEqual(packed)));
});

test('an aggregate that has lost or changed a byte is a message as it is', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (packed, place, change) => {
      const whole = aggregated(packed);
      expect(deaggregate(whole.subarray(0, place % whole.length))).toBeUndefined();
      const changed = Buffer.from(whole);
      changed[place % whole.length] = (changed[place % whole.length] as number) ^ change;
      expect(deaggregate(changed)).toBeUndefined();
    }),
  );
});

test('whatever stands between a magic number and its checksum, nothing is thrown', () => {
  const sealed = (packed: Uint8Array) =>
    Buffer.concat([BY_AWSLABS.subarray(0, 4), packed, createHash('md5').update(packed).digest()]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (packed) => {
      const read = deaggregate(sealed(packed));
      if (read) expect(read.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
  expect(deaggregate(sealed(new Uint8Array()))).toBeUndefined();
});
