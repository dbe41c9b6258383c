"""A record of every invocation, at /_spillway/invocations, and of those under way, at /_spillway/running: what the pages count and the benchmarks measure.

AWS shows the same as Lambda metrics, minutes later. It stays: no emulator needs to have it.
"""

import json
import threading
import time
from collections import deque
from urllib.parse import parse_qs

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from event_source_mapping import failed_messages
from stream_mappings import first_failed, sequence_number

KEPT = 50_000

_ended: deque = deque(maxlen=KEPT)
_running: dict = {}
_answered = threading.local()


def install() -> None:
    dispatch, drain = lambda_svc._execute_function_dispatch, lambda_runtime.Worker._drain_stderr_bounded

    def drain_noting_time(self, *args, **kwargs):
        # MiniStack now waits up to 50 ms for log lines; on AWS nobody does.
        _answered.at = time.time()
        return drain(self, *args, **kwargs)

    def dispatch_noting(func, config, event, request_id, started):
        _answered.at = None
        _running[request_id] = {
            "functionName": config.get("FunctionName", ""),
            "requestId": request_id,
            "startedAt": round(started * 1000),
            "records": len(_records(event)),
        }
        try:
            result = dispatch(func, config, event, request_id, started)
        finally:
            _running.pop(request_id, None)
        ended = _answered.at or time.time()
        _ended.append(_invocation(config, event, request_id, started, ended, result))
        return result

    lambda_runtime.Worker._drain_stderr_bounded = drain_noting_time
    lambda_svc._execute_function_dispatch = dispatch_noting


def _invocation(config: dict, event, request_id: str, started: float, ended: float, result: dict) -> dict:
    records = _records(event)
    body = result.get("body")
    outcome = "ok"
    if result.get("error"):
        timed_out = isinstance(body, dict) and body.get("errorType") == "Sandbox.Timedout"
        outcome = "timeout" if timed_out else "error"
    return {
        "functionName": config.get("FunctionName", ""),
        "requestId": request_id,
        "startedAt": round(started * 1000),
        "durationMs": round((ended - started) * 1000),
        "outcome": outcome,
        "records": len(records),
        "failedRecords": _failed(body, records) if outcome == "ok" else len(records),
    }


def _failed(answer, records: list) -> int:
    """Those that come again: of a queue the ones that are named, of a stream all from the first that is named."""
    if records and sequence_number(records[0]):
        return len(records) - first_failed(answer, records)
    return len(failed_messages(answer, [record.get("messageId") for record in records]))


def _records(event) -> list:
    records = event.get("Records") if isinstance(event, dict) else None
    return [record for record in records if isinstance(record, dict)] if isinstance(records, list) else []


def _since(milliseconds: float) -> list:
    return [each for each in list(_ended) if each["startedAt"] + each["durationMs"] >= milliseconds]


async def answer(scope, send) -> None:
    query = parse_qs(scope["query_string"].decode())
    if scope["path"] == "/_spillway/invocations":
        status, body = 200, _since(float(query.get("since", ["0"])[0]))
    elif scope["path"] == "/_spillway/running":
        status, body = 200, list(_running.values())
    else:
        status, body = 404, {"error": f"there is nothing at {scope['path']}"}
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
