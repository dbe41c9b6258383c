"""The access log of an HTTP API's stage, and the JSON filter patterns that one is asked with; MiniStack 1.5.33 keeps the setting, writes nothing, and takes every such pattern for all.

API Gateway guide, "Customize HTTP API access logs": a variable without a value is `-`. CloudWatch Logs guide, "Filter pattern syntax": of JSON patterns only what runbooks ask with, `=` and
`!=` of a field and a text, joined by `&&`.

Can go when MiniStack writes it and filters it.
"""

import json
import re
import time
import uuid

from ministack.services import apigateway, cloudwatch_logs

_TERM = re.compile(r'\(?\s*\$\.(\w+)\s*(=|!=)\s*"([^"]*)"\s*\)?')
_ERROR = re.compile(rb"<Code>(.*?)</Code>\s*<Message>(.*?)</Message>", re.S)


def install() -> None:
    execute, compiled = apigateway._handle_execute_in_scope, cloudwatch_logs._compile_filter_pattern

    async def logged(api_id, stage, path, method, headers, body, *args, **kwargs):
        answer = await execute(api_id, stage, path, method, headers, body, *args, **kwargs)
        settings = apigateway._stages.get(api_id, {}).get(stage, {}).get("accessLogSettings") or {}
        if settings.get("destinationArn") and settings.get("format") and method != "OPTIONS":
            route = apigateway._match_route(api_id, method, "/" + path.lstrip("/")) or {}
            _write(settings, _context(answer, route.get("routeKey")))
        return answer

    apigateway._handle_execute_in_scope = logged
    cloudwatch_logs._compile_filter_pattern = lambda raw: _json_pattern(raw) or compiled(raw)


def _context(answer: tuple, route: str | None) -> dict[str, str]:
    status, _, body = answer[:3]
    found = _ERROR.search(body if isinstance(body, bytes) else str(body).encode()) if status >= 400 else None
    return {
        "requestId": str(uuid.uuid4()),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "routeKey": route or "-",
        "status": str(status),
        "integrationErrorMessage": b": ".join(found.groups()).decode() if found else "-",
        "authorizer.error": "Unauthorized" if status == 401 else "-",
        "identity.sourceIp": "127.0.0.1",
    }


def _write(settings: dict, context: dict[str, str]) -> None:
    group = settings["destinationArn"].split(":log-group:")[-1].removesuffix(":*")
    # The format is JSON: what a value brings along must not end its string.
    value = lambda match: json.dumps(context.get(match[1], "-"))[1:-1]
    message = re.sub(r"\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)", value, settings["format"])
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": "access"})
    event = {"timestamp": int(time.time() * 1000), "message": message}
    cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": "access", "logEvents": [event]})


def _json_pattern(raw: str):
    """A matcher of `{ ($.route = "POST /orders") && ($.status != "200") }`; nothing for any other pattern."""
    text = (raw or "").strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    terms = [_TERM.fullmatch(term.strip()) for term in text[1:-1].split("&&")]
    if not all(terms):
        return None

    def matches(message: str) -> bool:
        try:
            event = json.loads(message)
        except ValueError:
            return False
        if not isinstance(event, dict):
            return False
        return all(name in event and (str(event[name]) == wanted) == (sign == "=") for name, sign, wanted in (term.groups() for term in terms))

    return matches
