"""The `Output` of a Parallel state in JSONata; MiniStack 1.5.33 hands on the bare list of what the branches answered.

Can go when MiniStack applies it, as it does for a Task.
"""

from ministack.services import stepfunctions


def install() -> None:
    run = stepfunctions._run_parallel_branches

    def run_with_output(state_def, raw_input, execution, ctx):
        result, following = run(state_def, raw_input, execution, ctx)
        if stepfunctions._state_query_language(state_def, ctx) == "JSONata":
            result = stepfunctions._apply_jsonata_output(state_def, raw_input, ctx, result=result, default=result)
        return result, following

    stepfunctions._run_parallel_branches = run_with_output
