import { createHash } from 'node:crypto';

/** A record as its producer makes it. */
export interface Produced {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** Packs records as the Kinesis Producer Library does, a key that several have once. Source: awslabs/amazon-kinesis-producer, aggregation-format.md. */
export function aggregated(records: readonly Produced[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const packed = Buffer.concat([
    ...keys.map((key) => lengthDelimited(1, Buffer.from(key))),
    ...records.map(({ partitionKey, data }) =>
      lengthDelimited(
        3,
        Buffer.concat([Buffer.from([0x08]), varint(keys.indexOf(partitionKey)), lengthDelimited(3, data)]),
      ),
    ),
  ]);
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), packed, createHash('md5').update(packed).digest()]);
}

const lengthDelimited = (number: number, bytes: Buffer) =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0));
    if (left < 128) return Buffer.from(bytes);
  }
}
