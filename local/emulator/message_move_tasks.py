"""StartMessageMoveTask, ListMessageMoveTasks and CancelMessageMoveTask, which MiniStack 1.5.33 answers with InvalidAction.

Documented by AWS: SQS API reference of the three actions, and the developer guide's "dead-letter queue redrive". Errors and their texts are those that
AWS gave in LocalStack's recorded tests (tests/aws/services/sqs/test_sqs_move_task.snapshot.json). Not documented anywhere: the error for
cancelling a task that has ended, and whether a message that arrives during a task is moved too; here it is, which is the harder case for a caller.

Can go when MiniStack has message move tasks that honour the rate.
"""

import base64
import json
import threading
import time

from ministack.core.concurrency import spawn_background
from ministack.core.responses import new_uuid
from ministack.services import sqs

from queue_rules import sources_of

MAXIMUM_RATE = 500
MAXIMUM_LISTED = 10
MAXIMUM_SECONDS = 36 * 3600
TICK_SECONDS = 0.02

_tasks: dict = {}
_changes = threading.Lock()


def install() -> None:
    sqs._HANDLERS["StartMessageMoveTask"] = _start
    sqs._HANDLERS["ListMessageMoveTasks"] = _list
    sqs._HANDLERS["CancelMessageMoveTask"] = _cancel


def _queue(arn: str, parameter: str) -> dict:
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        message = f"The resource that you specified for the {parameter} parameter doesn't exist."
        raise sqs._Err("ResourceNotFoundException", message, 404)
    return queue


def _invalid(message: str) -> Exception:
    return sqs._Err("InvalidParameterValue", message)


def _start(data: dict, _url: str) -> dict:
    source_arn, destination_arn = data.get("SourceArn") or "", data.get("DestinationArn")
    rate = data.get("MaxNumberOfMessagesPerSecond")
    source = _queue(source_arn, "SourceArn")
    if not sources_of(source_arn):
        raise _invalid("Source queue must be configured as a Dead Letter Queue.")
    if destination_arn:
        if destination_arn == source_arn:
            raise _invalid("Source queue arn and destination queue arn cannot be the same.")
        if _queue(destination_arn, "DestinationArn")["is_fifo"] != source["is_fifo"]:
            raise _invalid("The source queue and destination queue must be of the same type.")
    if rate is not None and not 1 <= int(rate) <= MAXIMUM_RATE:
        raise _invalid(
            f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. "
            f"Reason: Must be between 1 and {MAXIMUM_RATE}, if provided."
        )
    with _changes:
        tasks = _tasks.setdefault(source_arn, [])
        if any(task["Status"] in ("RUNNING", "CANCELLING") for task in tasks):
            raise _invalid(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
            )
        handle = json.dumps({"taskId": new_uuid(), "sourceArn": source_arn})
        task = {
            "TaskHandle": base64.b64encode(handle.encode()).decode(),
            "Status": "RUNNING",
            "SourceArn": source_arn,
            "ApproximateNumberOfMessagesMoved": 0,
            "ApproximateNumberOfMessagesToMove": len(source["messages"]),
            "StartedTimestamp": int(time.time() * 1000),
            **({"DestinationArn": destination_arn} if destination_arn else {}),
            **({"MaxNumberOfMessagesPerSecond": int(rate)} if rate is not None else {}),
        }
        tasks.insert(0, task)
        del tasks[MAXIMUM_LISTED:]
    spawn_background(_run, task, thread_name="spillway-move-task")
    return {"TaskHandle": task["TaskHandle"]}


def _run(task: dict) -> None:
    """Moves one message at once and then no more than the rate allows; without a rate, SQS sets the pace itself: here the highest that can be asked for."""
    rate = task.get("MaxNumberOfMessagesPerSecond", MAXIMUM_RATE)
    started = time.monotonic()
    while task["Status"] == "RUNNING":
        elapsed = time.monotonic() - started
        if elapsed > MAXIMUM_SECONDS:
            return _finish(task, "FAILED", "TaskTimedOut")
        try:
            while task["Status"] == "RUNNING" and task["ApproximateNumberOfMessagesMoved"] <= elapsed * rate:
                if not _move_one(task):
                    return _finish(task, "COMPLETED")
        except _Stopped as stopped:
            return _finish(task, "FAILED", str(stopped))
        time.sleep(TICK_SECONDS)
    _finish(task, "CANCELLED")


class _Stopped(Exception):
    """Carries the FailureReason."""


def _finish(task: dict, status: str, reason: str | None = None) -> None:
    with _changes:
        # A cancel that comes with the last message: the task is done all the same.
        task["Status"] = status
        if reason:
            task["FailureReason"] = reason


def _move_one(task: dict) -> bool:
    with sqs._queues_lock:
        source = sqs._queue_by_arn(task["SourceArn"])
        if source is None:
            raise _Stopped("AWS.SimpleQueueService.NonExistentQueue")
        now = time.time()
        message = next((message for message in source["messages"] if message.get("visible_at", 0) <= now), None)
        if message is None:
            return False
        target_arn = task.get("DestinationArn") or message.get("sys", {}).get("DeadLetterQueueSourceArn")
        if not target_arn:
            raise _Stopped("CouldNotDetermineMessageSource")
        target = sqs._queue_by_arn(target_arn)
        if target is None:
            raise _Stopped("AWS.SimpleQueueService.NonExistentQueue")
        source["messages"].remove(message)
        target["messages"].append(_as_new(message, target, now))
        task["ApproximateNumberOfMessagesMoved"] += 1
    sqs.esm_wake.set()
    return True


def _as_new(message: dict, target: dict, now: float) -> dict:
    """A moved message is a new one: new id, new enqueue time, its retention starts again and nobody has received it. Body and attributes are kept."""
    trace = message.get("sys", {}).get("AWSTraceHeader")
    moved = {
        **message,
        "id": new_uuid(),
        "receipt_handle": None,
        "sent_at": now,
        "visible_at": now + sqs.queue_delay(target),
        "receive_count": 0,
        "first_receive_at": None,
        "sys": {**sqs._build_send_sys_attrs(now, {}), **({"AWSTraceHeader": trace} if trace else {})},
    }
    moved.pop("enqueued_at", None)
    if target["is_fifo"]:
        target["fifo_seq"] += 1
        moved["seq"] = str(target["fifo_seq"]).zfill(20)
    return moved


def _list(data: dict, _url: str) -> dict:
    source_arn = data.get("SourceArn") or ""
    _queue(source_arn, "SourceArn")
    most = int(data.get("MaxResults") or 1)
    if not 1 <= most <= MAXIMUM_LISTED:
        raise _invalid(f"Value {most} for parameter MaxResults is invalid. Reason: Must be between 1 and {MAXIMUM_LISTED}, if provided.")
    with _changes:
        return {"Results": [_listed(task) for task in _tasks.get(source_arn, [])[:most]]}


def _listed(task: dict) -> dict:
    """The handle is for cancelling, so only a task that can be cancelled has one."""
    return {key: value for key, value in task.items() if key != "TaskHandle" or task["Status"] == "RUNNING"}


def _cancel(data: dict, _url: str) -> dict:
    handle = data.get("TaskHandle") or ""
    try:
        source_arn = json.loads(base64.b64decode(handle, validate=True))["sourceArn"]
    except (ValueError, KeyError, TypeError):
        raise _invalid("Value for parameter TaskHandle is invalid.") from None
    _queue(source_arn, "SourceArn")
    with _changes:
        for task in _tasks.get(source_arn, []):
            if task["TaskHandle"] == handle and task["Status"] == "RUNNING":
                task["Status"] = "CANCELLING"
                return {"ApproximateNumberOfMessagesMoved": task["ApproximateNumberOfMessagesMoved"]}
    raise sqs._Err("ResourceNotFoundException", "Task does not exist.", 404)
