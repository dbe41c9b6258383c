"""SQS rules that MiniStack 1.5.33 stores or ignores, and its queues made safe to share between threads.

Can go when MiniStack: takes every change of a queue under one lock; succeeds for a repeated or outdated receipt handle; enforces
RedriveAllowPolicy; refuses a dead-letter queue of the other type; answers ListDeadLetterSourceQueues.
"""

import json
import threading
import time

from ministack.services import sqs

MAXIMUM_SOURCES = 1000


def install() -> None:
    _lock_every_change()
    sqs._expire_retained = _locked(_expire_retained)
    sqs._dlq_sweep = _locked(_dlq_sweep)
    sqs._collect_msgs = _locked(sqs._collect_msgs)
    sqs._delete_messages_for_esm = _delete_for_mapping
    sqs._HANDLERS["DeleteMessage"] = _locked(_delete_message)
    sqs._HANDLERS["DeleteMessageBatch"] = _locked(_delete_message_batch)
    sqs._HANDLERS["CreateQueue"] = _refusing_dead_letters(sqs._HANDLERS["CreateQueue"])
    sqs._HANDLERS["SetQueueAttributes"] = _refusing_dead_letters(sqs._HANDLERS["SetQueueAttributes"])
    sqs._HANDLERS["ListDeadLetterSourceQueues"] = _list_dead_letter_source_queues


def _locked(function):
    def holding(*args):
        with sqs._queues_lock:
            return function(*args)

    return holding


def _lock_every_change() -> None:
    """Requests are handled on the event loop and event source mappings on threads of their own; MiniStack locks only the latter, and both rebuild
    the list of messages. A message that was sent in between is lost. Here every change holds the lock, and removals happen in place, so that
    a plain append from elsewhere (SNS, EventBridge) is safe as well."""
    sqs._queues_lock = threading.RLock()
    for action, handler in list(sqs._HANDLERS.items()):
        if action == "ReceiveMessage":
            continue  # waits; the parts of it that change the queue are locked
        sqs._HANDLERS[action] = _locked(handler)
    sqs._act_send_message = sqs._HANDLERS["SendMessage"]


def _remove(queue: dict, unwanted) -> list:
    """Takes messages out of the queue without replacing its list."""
    messages, removed = queue["messages"], []
    for index in range(len(messages) - 1, -1, -1):
        if unwanted(messages[index]):
            removed.append(messages.pop(index))
    removed.reverse()
    return removed


def _expire_retained(queue: dict) -> None:
    oldest = time.time() - int(queue["attributes"].get("MessageRetentionPeriod", "345600"))
    _remove(queue, lambda message: message.get("enqueued_at", message.get("sent_at", oldest + 1)) <= oldest)


def _dlq_sweep(queue: dict) -> None:
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    dead_letters = sqs._queue_by_arn(policy.get("deadLetterTargetArn", ""))
    if dead_letters is None:
        return
    now, most = time.time(), int(policy["maxReceiveCount"])
    for message in _remove(queue, lambda message: message["receive_count"] >= most and message["visible_at"] <= now):
        moved = {**message, "receipt_handle": None, "visible_at": now, "sys": dict(message.get("sys", {}))}
        moved["sys"].setdefault("DeadLetterQueueSourceArn", queue["attributes"]["QueueArn"])
        # "For FIFO queues, the enqueue timestamp resets when the message is moved"; a standard queue keeps it.
        if dead_letters.get("is_fifo"):
            moved["enqueued_at"] = now
        dead_letters["messages"].append(moved)
        sqs.esm_wake.set()


def _delete_for_mapping(queue_url: str, handles: set) -> None:
    with sqs._queues_lock:
        _remove(sqs._get_q(queue_url), lambda message: message.get("receipt_handle") in handles)


def _delete_message(data: dict, url: str) -> dict:
    """A message that is gone already, or was received again since, is no error: "Amazon SQS can delete a message from a queue even if ..."."""
    handle = data.get("ReceiptHandle")
    if not handle:
        raise sqs._Err("MissingParameter", "The request must contain the parameter ReceiptHandle.")
    _remove(sqs._get_q(data.get("QueueUrl", url)), lambda message: message["receipt_handle"] == handle)
    return {}


def _delete_message_batch(data: dict, url: str) -> dict:
    entries = data.get("Entries", [])
    sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
    for entry in entries:
        _delete_message({"QueueUrl": data.get("QueueUrl", url), "ReceiptHandle": entry.get("ReceiptHandle")}, url)
    return {"Successful": [{"Id": entry.get("Id", "")} for entry in entries], "Failed": []}


def _refusing_dead_letters(handler):
    def checked(data: dict, url: str) -> dict:
        policy = (data.get("Attributes") or {}).get("RedrivePolicy")
        if policy:
            name = data.get("QueueName") or sqs._get_q(data.get("QueueUrl", url))["name"]
            refuse_dead_letters(name, str(policy))
        return handler(data, url)

    return checked


def refuse_dead_letters(source_name: str, policy: str) -> None:
    try:
        target = sqs._queue_by_arn(json.loads(policy).get("deadLetterTargetArn", ""))
    except (ValueError, AttributeError):
        return  # malformed: MiniStack's own check says so
    if target is None:
        return

    def refuse(reason: str) -> None:
        message = f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}"
        raise sqs._Err("InvalidParameterValue", message)

    if bool(target["is_fifo"]) != source_name.endswith(".fifo"):
        refuse("Dead-letter queue must be same type of queue as the source.")
    allow = json.loads(target["attributes"].get("RedriveAllowPolicy") or "{}")
    permission = allow.get("redrivePermission", "allowAll")
    source_arn = ":".join([*target["attributes"]["QueueArn"].split(":")[:-1], source_name])
    if permission == "denyAll" or (permission == "byQueue" and source_arn not in allow.get("sourceQueueArns", [])):
        refuse(f"The dead-letter queue's RedriveAllowPolicy doesn't let {source_arn} use it.")


def sources_of(dead_letter_arn: str) -> list:
    """Queues whose RedrivePolicy names this one."""
    return [
        queue
        for queue in list(sqs._queues.values())
        if json.loads(queue["attributes"].get("RedrivePolicy") or "{}").get("deadLetterTargetArn") == dead_letter_arn
    ]


def _list_dead_letter_source_queues(data: dict, url: str) -> dict:
    arn = sqs._get_q(data.get("QueueUrl", url))["attributes"]["QueueArn"]
    urls = [sqs._externalize_url(queue["url"]) for queue in sources_of(arn)]
    start, most = int(data.get("NextToken") or 0), int(data.get("MaxResults") or MAXIMUM_SOURCES)
    page = {"queueUrls": urls[start : start + most]}
    if data.get("MaxResults") and start + most < len(urls):
        page["NextToken"] = str(start + most)
    return page
