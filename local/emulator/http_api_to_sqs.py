"""An HTTP API's first-class integration `SQS-SendMessage`; MiniStack 1.5.33 takes it, forgets it and answers 502.

API Gateway guide, "Integration subtype reference": QueueUrl and MessageBody are required; DelaySeconds, MessageAttributes, MessageDeduplicationId,
MessageGroupId and Region are optional. The caller gets SQS's own answer, XML, with SQS's status.

Can go when MiniStack sends to SQS itself.
"""

import json

from ministack.services import apigateway, sqs

SUBTYPE = "SQS-SendMessage"
_KEPT = ("integrationSubtype", "credentialsArn")
_PARAMETERS = ("DelaySeconds", "MessageDeduplicationId", "MessageGroupId")


def install() -> None:
    create, update, invoke = apigateway._create_integration, apigateway._update_integration, apigateway._invoke_lambda_proxy

    def keeping(handle, api_id: str, integration_id: str | None, data: dict):
        response = handle(api_id, data) if integration_id is None else handle(api_id, integration_id, data)
        if response[0] < 300:
            found = integration_id or json.loads(response[2])["integrationId"]
            integration = apigateway._integrations[api_id][found]
            integration.update({key: data[key] for key in _KEPT if key in data})
            return apigateway._apigw_response(integration, response[0])
        return response

    async def invoke_integration(integration, api_id, stage, path, method, headers, body, query_params, *args, **kwargs):
        if integration.get("integrationSubtype") == SUBTYPE:
            path_parameters = args[1] if len(args) > 1 else kwargs.get("path_params")
            return _send(integration, headers, body, query_params, path_parameters)
        return await invoke(integration, api_id, stage, path, method, headers, body, query_params, *args, **kwargs)

    apigateway._create_integration = lambda api_id, data: keeping(create, api_id, None, data)
    apigateway._update_integration = lambda api_id, integration_id, data: keeping(update, api_id, integration_id, data)
    apigateway._invoke_lambda_proxy = invoke_integration


def _send(integration: dict, headers: dict, body, query_params, path_parameters) -> tuple:
    text = body.decode("utf-8", errors="replace") if isinstance(body, bytes) else (body or "")

    def value(expression):
        if expression == "$request.body":
            return text
        if str(expression).startswith("$request.body."):
            return _field(text, expression.removeprefix("$request.body."))
        return apigateway._resolve_mapping_value(
            expression,
            request_headers=headers,
            request_query=query_params or {},
            path_params=path_parameters or {},
            context_vars={},
            stage_vars={},
        )

    parameters = integration.get("requestParameters") or {}
    message = {"QueueUrl": value(parameters.get("QueueUrl")), "MessageBody": value(parameters.get("MessageBody"))}
    for name in _PARAMETERS:
        if name in parameters and (given := value(parameters[name])) is not None:
            message[name] = given
    if "MessageAttributes" in parameters:
        message["MessageAttributes"] = json.loads(value(parameters["MessageAttributes"]))
    try:
        return sqs._to_xml("SendMessage", sqs._act_send_message(message, message["QueueUrl"]))
    except sqs._Err as error:
        return sqs._xml_err_resp(error.code, error.message, error.status)


def _field(text: str, path: str):
    """`$request.body.name`: a field of a JSON body; nothing where the body has none."""
    try:
        value = json.loads(text)
        for name in path.split("."):
            value = value[name]
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return value if isinstance(value, str) else json.dumps(value)
