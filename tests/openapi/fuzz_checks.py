"""Two checks of the house's own, which schemathesis makes beside all of its own."""

from typing import Any

import schemathesis

# What a description can exclude. Whoever keeps to it hears only of what is not so.
SHAPES = {
    "blank",
    "does_not_match_any_choice",
    "empty",
    "invalid",
    "invalid_choice",
    "max_length",
    "max_value",
    "min_length",
    "min_value",
    "mistyped",
    "not_a_dict",
    "not_a_list",
    "null",
    "parse_error",
    "repeated",
    "required",
    "unknown",
}


@schemathesis.check
def what_is_refused_for_its_shape_is_described(ctx: Any, response: Any, case: Any) -> None:
    """A body that keeps to the description is at most refused for what it means."""
    if response.status_code != 400 or not case.meta.generation.mode.is_positive:
        return
    errors = response.json().get("errors", [{"pointer": "#", "code": response.json()["code"]}])
    told = [f"{error['pointer']}: {error['code']}" for error in errors if error["code"] in SHAPES]
    assert told == [], f"The description allows what was refused: {', '.join(told)}"


@schemathesis.check
class EveryOperationIsReached:
    """The rest would prove little of an operation that never did what it is for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.reached: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        self.asked.add(case.operation.label)
        if response.status_code < 300:
            self.reached.add(case.operation.label)

    def after_run(self, ctx: Any) -> None:
        missed = sorted(self.asked - self.reached)
        assert missed == [], f"Never answered with success: {', '.join(missed)}"
