import { seconds } from '../plan/format';
import type { Resource } from '../plan/model';
import { numberOn } from './change';
import { resourceOfTarget, type Target } from './graph';

export const nameOfSource = (target: Target) =>
  resourceOfTarget(target)?.address ?? (target.kind === 'elsewhere' ? target.name : 'its source');

/** In these every reader has a place of its own; from a queue each message goes to one reader. */
export const STREAMS = ['aws_kinesis_stream', 'aws_dynamodb_table', 'aws_msk_cluster', 'aws_msk_serverless_cluster'];

/** DynamoDB keeps the records of a stream for 24 hours (developer guide, "Change data capture for DynamoDB Streams"). */
const TABLE_STREAM_SECONDS = 86_400;

/** What waits, and how long people have before it is gone. */
export function waiting(source: Resource | undefined): string {
  const kept = source ? keptFor(source) : undefined;
  const what = source && STREAMS.includes(source.type) ? 'Records' : 'Messages';
  return kept === undefined
    ? `${what} pile up.`
    : `${what} pile up, and those older than ${seconds(kept)} are deleted, read or not.`;
}

function keptFor(source: Resource): number | undefined {
  const hours = numberOn(source, 'after', 'retention_period');
  if (source.type === 'aws_kinesis_stream') return hours === undefined ? undefined : hours * 3600;
  return source.type === 'aws_dynamodb_table'
    ? TABLE_STREAM_SECONDS
    : numberOn(source, 'after', 'message_retention_seconds');
}
