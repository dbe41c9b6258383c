"""How Lambda works off the shards of Kinesis and DynamoDB streams. MiniStack 1.5.33 tries a failed batch of Kinesis for ever, and takes a batch with named failures for done.

Lambda guide, "Configuring partial batch response with Kinesis Data Streams and Lambda": the lowest sequence number that an answer names is the checkpoint, and where a batch is
to be split it is split there; an answer that can't be honoured is a complete failure. "Retain discarded batch records for a Kinesis Data Streams event source": a batch that fails
is tried again until its records are too old or it has had its retries; splitting it spends no retry, and what can't be invoked (throttling) none either. The destination is then
told where the records are, not what they say.

A shard has one batch at a time, whatever `ParallelizationFactor` says, which keeps all the order that Lambda promises. Enhanced fan-out, a start at a time and a bucket as
the destination are not here.

Can go when MiniStack honours ReportBatchItemFailures, BisectBatchOnFunctionError, MaximumRetryAttempts, MaximumRecordAgeInSeconds and DestinationConfig for both kinds of stream.
"""

import base64
import hashlib
import json
import time
from bisect import bisect_right
from dataclasses import dataclass, field

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.concurrency import esm_wake, spawn_background
from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import dynamodb, kinesis, lambda_svc, sns, sqs

RETRY_AFTER_SECONDS = 1.0


@dataclass
class Batch:
    records: list
    retries: int = 0


@dataclass
class Shard:
    """How far a mapping has come with a shard."""

    # Sequence number of the last record that was read.
    read_to: int
    # What was read and isn't finished with, oldest first.
    batches: list = field(default_factory=list)
    not_before: float = 0.0
    busy: bool = False


# (mapping, shard) → Shard
_shards: dict = {}


def install() -> None:
    lambda_svc._poll_kinesis = _poll
    lambda_svc._poll_dynamodb_streams = lambda: False


def sequence_number(record: dict) -> str:
    return (record.get("kinesis") or {}).get("sequenceNumber") or (record.get("dynamodb") or {}).get("SequenceNumber") or ""


def first_failed(answer, records: list) -> int:
    """Place of the first record that a function's answer hands back: 0 where the answer can't be honoured, the number of records where it hands back none."""
    if not isinstance(answer, dict) or not answer.get("batchItemFailures"):
        return len(records)
    places = {sequence_number(record): place for place, record in enumerate(records)}
    try:
        return min(places[failure["itemIdentifier"]] for failure in answer["batchItemFailures"])
    except (TypeError, KeyError):
        return 0


def after_failure(batch: Batch, failed_from: int, mapping: dict) -> tuple:
    """What is to be tried next of a batch that failed from a place on, and whether it has had its retries. @returns (batches, given up)"""
    rest = batch.records[failed_from:]
    if failed_from > 0:
        return [Batch(rest, batch.retries)], []
    if mapping.get("BisectBatchOnFunctionError") and len(rest) > 1:
        middle = len(rest) // 2
        return [Batch(rest[:middle], batch.retries), Batch(rest[middle:], batch.retries)], []
    most = mapping.get("MaximumRetryAttempts", -1)
    if most is not None and 0 <= most <= batch.retries:
        return [], rest
    return [Batch(rest, batch.retries + 1)], []


def _poll() -> bool:
    """In place of MiniStack's two pollers. @returns whether anything was begun"""
    begun = False
    mappings = list(lambda_svc._iter_all_esms())
    known = {mapping["UUID"] for _, _, mapping in mappings}
    for key in [key for key in _shards if key[0] not in known]:
        del _shards[key]
    for account, region, mapping in mappings:
        with request_scope(account, region):
            if mapping.get("Enabled", True):
                begun = _begin(mapping) or begun
    return begun


def _begin(mapping: dict) -> bool:
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if function is None:
        return False
    begun = False
    for shard_id, stored in _shards_of(mapping):
        shard = _shards.get((mapping["UUID"], shard_id))
        if shard is None:
            shard = _shards[(mapping["UUID"], shard_id)] = Shard(_start(mapping, stored))
        if shard.busy or shard.not_before > time.time():
            continue
        if not shard.batches:
            _read(shard, shard_id, stored, mapping)
        if not shard.batches:
            continue
        shard.busy = begun = True
        spawn_background(_work, mapping, function, shard, shard_id, thread_name="stream-mapping")
    return begun


def _start(mapping: dict, stored: list) -> int:
    return _number(stored[-1]) if mapping.get("StartingPosition") == "LATEST" and stored else -1


def _read(shard: Shard, shard_id: str, stored: list, mapping: dict) -> None:
    size, arn = mapping.get("BatchSize", 100), mapping["EventSourceArn"]
    first = bisect_right(stored, shard.read_to, key=_number)
    fresh = [_record(arn, shard_id, each) for each in stored[first : first + size]]
    window = mapping.get("MaximumBatchingWindowInSeconds") or 0
    if not fresh or (len(fresh) < size and time.time() - _arrival(fresh[0]) < window):
        return
    shard.read_to = int(sequence_number(fresh[-1]))
    matching = lambda_svc._apply_filter_criteria(fresh, mapping)
    if matching:
        shard.batches = [Batch(matching)]


def _work(mapping: dict, function: dict, shard: Shard, shard_id: str) -> None:
    try:
        _try(mapping, function, shard, shard_id)
    finally:
        shard.busy = False
        esm_wake.set()


def _try(mapping: dict, function: dict, shard: Shard, shard_id: str) -> None:
    batch = shard.batches[0]
    most = mapping.get("MaximumRecordAgeInSeconds") or -1
    too_old = [record for record in batch.records if 0 < most < time.time() - _arrival(record)]
    if too_old:
        _tell_destination(mapping, function, shard_id, too_old, batch.retries, "RecordAgeExceeded")
        batch.records = batch.records[len(too_old) :]
    if not batch.records:
        shard.batches.pop(0)
        return
    result = lambda_svc._execute_function(function, {"Records": batch.records})
    if result.get("throttle"):
        shard.not_before = time.time() + RETRY_AFTER_SECONDS
        return
    failed_from = 0 if result.get("error") else len(batch.records)
    if not result.get("error") and "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []):
        failed_from = first_failed(result.get("body"), batch.records)
    done = failed_from == len(batch.records)
    mapping["LastProcessingResult"] = "OK" if done else "PROBLEM: Function call failed"
    again, given_up = ([], []) if done else after_failure(batch, failed_from, mapping)
    shard.batches[0:1] = again
    if given_up:
        _tell_destination(mapping, function, shard_id, given_up, batch.retries, "RetryAttemptsExhausted")
    if again and again[0].retries > batch.retries:
        shard.not_before = time.time() + RETRY_AFTER_SECONDS


def _shards_of(mapping: dict):
    """The shards of a mapping's stream, each with what it stores, oldest first."""
    arn = mapping.get("EventSourceArn", "")
    try:
        spec = parse_arn(arn)
    except ArnParseError:
        return
    if spec.service == "kinesis":
        name = lambda_svc._kinesis_stream_name_from_arn_spec(spec)
        stream = name and kinesis._streams.get_scoped(spec.account_id, spec.region, name)
        if stream and stream.get("StreamARN") == arn and stream["StreamStatus"] == "ACTIVE":
            for shard_id, shard in list(stream["shards"].items()):
                yield shard_id, shard["records"]
    elif spec.service == "dynamodb":
        table, _ = lambda_svc._dynamodb_stream_table_from_arn_spec(spec) or (None, None)
        found = table and dynamodb._tables.get(table)
        if found and found.get("LatestStreamArn") == arn:
            yield "shardId-00000000000000000000-00000000", dynamodb.stream_live_records(table)


def _number(stored: dict) -> int:
    return int(stored.get("SequenceNumber") or stored["dynamodb"]["SequenceNumber"])


def _record(arn: str, shard_id: str, stored: dict) -> dict:
    """What a stream stores as a record of an event; DynamoDB's is one already."""
    if "dynamodb" in stored:
        return stored
    data = stored["Data"]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": stored["PartitionKey"],
            "sequenceNumber": stored["SequenceNumber"],
            "data": base64.b64encode(data).decode() if isinstance(data, bytes) else data,
            "approximateArrivalTimestamp": stored["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{stored['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{get_account_id()}:role/lambda-role",
        "awsRegion": get_region(),
        "eventSourceARN": arn,
    }


def _arrival(record: dict) -> float:
    of_kinesis = record.get("kinesis") or {}
    of_table = record.get("dynamodb") or {}
    return float(of_kinesis.get("approximateArrivalTimestamp") or of_table.get("ApproximateCreationDateTime") or time.time())


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


def _tell_destination(mapping: dict, function: dict, shard_id: str, records: list, retries: int, condition: str) -> None:
    destination = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not destination:
        return
    arn = mapping["EventSourceArn"]
    config = function.get("config") or function
    body = json.dumps(
        {
            "requestContext": {
                "requestId": new_uuid(),
                "functionArn": config.get("FunctionArn", ""),
                "condition": condition,
                "approximateInvokeCount": retries + 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": _iso(time.time()),
            ("KinesisBatchInfo" if ":kinesis:" in arn else "DDBStreamBatchInfo"): {
                "shardId": shard_id,
                "startSequenceNumber": sequence_number(records[0]),
                "endSequenceNumber": sequence_number(records[-1]),
                "approximateArrivalOfFirstRecord": _iso(_arrival(records[0])),
                "approximateArrivalOfLastRecord": _iso(_arrival(records[-1])),
                "batchSize": len(records),
                "streamArn": arn,
            },
        }
    )
    if ":sns:" in destination:
        sns._fanout(destination, new_uuid(), body, "", "", {})
        return
    queue = sqs._queue_by_arn(destination)
    if queue is not None:
        _send(queue, body)


def _send(queue: dict, body: str) -> None:
    now = time.time()
    message = {
        "id": new_uuid(), "body": body, "md5_body": hashlib.md5(body.encode()).hexdigest(), "md5_attrs": "",
        "receipt_handle": None, "sent_at": now, "visible_at": now, "receive_count": 0, "first_receive_at": None,
        "message_attributes": {}, "sys": {"SenderId": get_account_id(), "SentTimestamp": str(int(now * 1000))},
        "group_id": None, "dedup_id": None, "dedup_cache_key": None, "seq": None,
    }
    with sqs._queues_lock:
        queue["messages"].append(message)
