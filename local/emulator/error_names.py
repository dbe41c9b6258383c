"""The name of a thrown error as `errorType`, which Step Functions' Catch and Retry go by; MiniStack 1.5.33 says Runtime.HandlerError for all.

Can go when MiniStack hands on the error's name.
"""

import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_last = threading.local()

# In MiniStack's own Node bootstrap, where the outcome of an invocation is written.
_WITHOUT_NAME = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
_WITH_NAME = 'status: "error", error: String(err.message || err), errorType: err.name, trace: err.stack || ""'
_WITHOUT_NAME_SYNC = 'status: "error", error: e.message, trace: e.stack'
_WITH_NAME_SYNC = 'status: "error", error: e.message, errorType: e.name, trace: e.stack'


def install() -> None:
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for before, after in ((_WITHOUT_NAME, _WITH_NAME), (_WITHOUT_NAME_SYNC, _WITH_NAME_SYNC)):
        if before not in script:
            raise RuntimeError("MiniStack's Node bootstrap has changed: error names need another look")
        script = script.replace(before, after)
    lambda_runtime._NODEJS_WORKER_SCRIPT = script

    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_noting_error(self, *args, **kwargs):
        _last.response = response = invoke(self, *args, **kwargs)
        return response

    def execute_with_error_name(func, event, request_id):
        _last.response = {}
        result = execute(func, event, request_id)
        if result.get("error") and isinstance(result.get("body"), dict):
            result["body"].update(_named(_last.response))
        return result

    lambda_runtime.Worker.invoke = invoke_noting_error
    lambda_svc._execute_function_warm = execute_with_error_name


def _named(response: dict) -> dict:
    if response.get("errorType"):
        return {"errorType": response["errorType"], "trace": response.get("trace", "").splitlines()}
    if response.get("error") == "Worker process died":
        return {"errorType": "Runtime.ExitError", "errorMessage": "Error: Runtime exited"}
    return {}
