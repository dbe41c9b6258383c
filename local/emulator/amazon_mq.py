"""Amazon MQ with brokers that run. MiniStack 1.5.33 knows them by name only, has no configurations, and maps no function to a broker.

What is asked of Amazon MQ goes on to the address in SPILLWAY_AMAZON_MQ (local/brokers/amazon-mq.ts), where there is one. A mapping of a broker is kept as any other; local/brokers/poller.ts
feeds its function.

Can go when MiniStack starts brokers and polls them.
"""

import asyncio
import os
import urllib.error
import urllib.request

from ministack.core.arn import parse_arn
from ministack.services import lambda_svc, mq

_KEPT = ("Queues", "SourceAccessConfigurations")


def install() -> None:
    address = os.environ.get("SPILLWAY_AMAZON_MQ")
    if not address:
        return

    async def pass_on(method: str, path: str, headers: dict, body: bytes, query_params: dict) -> tuple:
        return await asyncio.to_thread(_ask, f"{address}{path}", method, body)

    mq.handle_request = pass_on
    validate, create, update = lambda_svc._validate_event_source_arn, lambda_svc._create_esm, lambda_svc._update_esm

    def with_brokers(arn: str):
        return (parse_arn(arn), None) if arn.startswith("arn:aws:mq:") else validate(arn)

    def keeping(data: dict):
        before = set(lambda_svc._esms)
        answer = create(data)
        for mapping in [lambda_svc._esms[uuid] for uuid in set(lambda_svc._esms) - before]:
            if mapping["EventSourceArn"] == data.get("EventSourceArn"):
                mapping.update({key: data[key] for key in _KEPT if key in data})
        return answer

    def changing(uuid: str, data: dict):
        answer = update(uuid, data)
        if uuid in lambda_svc._esms:
            lambda_svc._esms[uuid].update({key: data[key] for key in _KEPT if key in data})
        return answer

    lambda_svc._validate_event_source_arn = with_brokers
    lambda_svc._create_esm = keeping
    lambda_svc._update_esm = changing


def _ask(url: str, method: str, body: bytes) -> tuple:
    request = urllib.request.Request(url, data=body or None, method=method, headers={"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        return error.code, {**error.headers, "x-amzn-errortype": "BadRequestException" if error.code == 400 else "NotFoundException"}, error.read()
