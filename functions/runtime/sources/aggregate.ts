import { createHash } from 'node:crypto';

/** One record as its producer made it. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const CHECKSUM_BYTES = 16;

/**
 * Takes apart what the Kinesis Producer Library has packed into one record of a stream. Source: awslabs/amazon-kinesis-producer, aggregation-format.md:
 *
 *     magic number (4 bytes) | AggregatedRecord (protobuf) | MD5 of the protobuf (16 bytes)
 *     AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2; repeated Record records = 3; }
 *     Record           { uint64 partition_key_index = 1; uint64 explicit_hash_key_index = 2; bytes data = 3; repeated Tag tags = 4; }
 *
 * @returns nothing for any other record, one that only begins like an aggregate or is damaged among them: it is a message as it is, and ends in repair if nobody can read it
 */
export function deaggregate(bytes: Buffer): readonly UserRecord[] | undefined {
  if (bytes.length < MAGIC.length + CHECKSUM_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const packed = bytes.subarray(MAGIC.length, -CHECKSUM_BYTES);
  if (!createHash('md5').update(packed).digest().equals(bytes.subarray(-CHECKSUM_BYTES))) return undefined;
  try {
    const fields = readFields(packed);
    const keys = fields.filter(({ number }) => number === 1).map(({ value }) => asBytes(value).toString('utf8'));
    const records = fields.filter(({ number }) => number === 3).map(({ value }) => userRecord(asBytes(value), keys));
    return records.length > 0 ? records : undefined;
  } catch (error) {
    if (error instanceof NotAnAggregateError) return undefined;
    throw error;
  }
}

class NotAnAggregateError extends Error {
  override readonly name = 'NotAnAggregateError';
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

function userRecord(bytes: Buffer, keys: readonly string[]): UserRecord {
  const fields = readFields(bytes);
  const last = (wanted: number) => fields.findLast(({ number }) => number === wanted)?.value;
  const partitionKey = keys[Number(last(1))];
  if (partitionKey === undefined) throw new NotAnAggregateError();
  return { partitionKey, data: asBytes(last(3)) };
}

function asBytes(value: Field['value'] | undefined): Buffer {
  if (!Buffer.isBuffer(value)) throw new NotAnAggregateError();
  return value;
}

/** The fields of one protobuf message, in their order. Source: protobuf.dev, "Encoding". */
function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) throw new NotAnAggregateError();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new NotAnAggregateError();
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    const taken = bytes.subarray(at, at + length);
    if (taken.length < length) throw new NotAnAggregateError();
    at += length;
    return taken;
  };
  /** By wire type. */
  const readers: Readonly<Record<number, () => Field['value']>> = {
    0: varint,
    1: () => take(8),
    2: () => take(varint()),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const tag = varint();
    const read = readers[tag % 8];
    if (!read) throw new NotAnAggregateError();
    fields.push({ number: Math.floor(tag / 8), value: read() });
  }
  return fields;
}
