"""How Lambda takes an SQS batch's answer, and how it collects a batch; MiniStack 1.5.33 deletes messages that AWS would keep.

Lambda guide, "Implementing partial batch responses": a null or empty itemIdentifier, or one under another key, is a complete failure. An identifier that
isn't in the batch is taken as one as well: it can't be honoured, and losing a message is the worse mistake.

Can go when MiniStack takes such answers as failures, honours batch sizes above 10 and the batching window.
"""

import time

from ministack.services import lambda_svc, sqs

# Queue ARN → since when messages wait that are too few for a batch.
_waiting_since: dict = {}


def install() -> None:
    lambda_svc._run_sqs_batch = _run_batch
    sqs._receive_messages_for_esm = _receive_for_mapping


def failed_messages(answer, ids: list) -> set:
    """Ids of the messages that a function's answer hands back; all of them where the answer can't be honoured."""
    if not isinstance(answer, dict) or not answer.get("batchItemFailures"):
        return set()
    try:
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    except (TypeError, KeyError):
        return set(ids)
    return failed if failed <= set(ids) else set(ids)


def _run_batch(mapping, function, event, batch, queue_url, queue_name) -> None:
    result = lambda_svc._execute_function(function, event)
    if result.get("error"):
        mapping["LastProcessingResult"] = "PROBLEM: Function call failed"
        if result.get("throttle"):
            # A throttled mapping asks again a little later; the messages come back by themselves.
            lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
        return
    failed = set()
    if "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []):
        failed = failed_messages(result.get("body"), [message["id"] for message in batch])
    mapping["LastProcessingResult"] = "OK" if not failed else f"OK - {len(failed)} of {len(batch)} handed back"
    sqs._delete_messages_for_esm(
        queue_url, {message["receipt_handle"] for message in batch if message["id"] not in failed}
    )


def _receive_for_mapping(queue_url: str, batch_size: int) -> list:
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        if not _window_is_over(queue, batch_size):
            return []
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        return sqs._collect_msgs(queue, batch_size, visibility)


def _window_is_over(queue: dict, batch_size: int) -> bool:
    """True when a batch is full or its window has passed. AWS receives first and waits then; here the messages wait in the queue."""
    arn, now = queue["attributes"]["QueueArn"], time.time()
    window = max(
        (
            int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
            for mapping in list(lambda_svc._esms.values())
            if mapping["EventSourceArn"] == arn and mapping["Enabled"]
        ),
        default=0,
    )
    visible = sum(1 for message in queue["messages"] if message["visible_at"] <= now)
    if window == 0 or visible == 0 or visible >= batch_size:
        _waiting_since.pop(arn, None)
        return True
    if now - _waiting_since.setdefault(arn, now) < window:
        return False
    del _waiting_since[arn]
    return True
