import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from accounts.api.problems import MEDIA_TYPE
from accounts.api.quota import QuotaSpent
from ccgdpr.openapi import described
from tests.openapi.operations import Operation, operations

EVERY = pytest.mark.parametrize("operation", operations(), ids=str)
SCHEMA, DOCS = "/api/v1/schema/", "/api/v1/docs/"


def test_the_description_is_valid_and_nothing_in_it_is_guessed() -> None:
    call_command(
        "spectacular", api_version="v1", validate=True, fail_on_warn=True, file="/dev/null"
    )


def test_the_description_is_openapi_3_1() -> None:
    assert described()["openapi"] == "3.1.0"


def test_anybody_may_read_the_description(client: Client) -> None:
    answer = client.get(SCHEMA, headers={"accept": "application/json"})
    assert answer.json()["paths"].keys() == described()["paths"].keys()


def test_the_description_is_english_whoever_asks(client: Client) -> None:
    polish, english = (
        client.get(SCHEMA, headers={"accept": "application/json", "accept-language": language})
        for language in ("pl", "en")
    )
    assert polish.content == english.content


@EVERY
def test_an_operation_has_a_name_of_its_own(operation: Operation) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation.says["operationId"])


@EVERY
def test_an_operation_stands_under_one_heading(operation: Operation) -> None:
    known = [tag["name"] for tag in described()["tags"]]
    assert [tag for tag in operation.says["tags"] if tag in known] == operation.says["tags"]


@EVERY
def test_an_operation_says_what_it_is_for(operation: Operation) -> None:
    assert operation.says.get("summary") or operation.says.get("description")


@EVERY
def test_each_body_has_an_example(operation: Operation) -> None:
    bare = [name for name, body in operation.bodies if not body.get("examples")]
    assert bare == []


@EVERY
def test_each_example_keeps_to_the_description(operation: Operation) -> None:
    wrong = [
        f"{name}: {example}: {error.json_path}: {error.message}"
        for name, body in operation.contents
        for example, said in body.get("examples", {}).items()
        for error in Draft202012Validator(whole(body["schema"])).iter_errors(said["value"])
    ]
    assert wrong == []


def whole(schema: dict[str, Any]) -> dict[str, Any]:
    """``schema`` with the components that it refers to."""
    return {**schema, "components": described()["components"]}


@EVERY
def test_each_error_is_a_problem(operation: Operation) -> None:
    errors = {c: a["content"] for c, a in operation.says["responses"].items() if c >= "400"}
    assert [code for code, content in errors.items() if list(content) != [MEDIA_TYPE]] == []


@EVERY
def test_a_call_without_a_key_is_foreseen(operation: Operation) -> None:
    assert "401" in operation.says["responses"]
    assert operation.says["security"] == [{"key": []}]


def test_unknown_fields_are_said_to_be_refused() -> None:
    asked = [
        body["schema"]["$ref"].rpartition("/")[2]
        for operation in operations()
        for name, body in operation.bodies
        if name.startswith("request")
    ]
    assert [
        name for name in asked if component(name).get("additionalProperties") is not False
    ] == []


def test_a_spent_quota_is_described_by_its_own_code() -> None:
    said = described()["paths"]["/api/v1/checks/"]["post"]["responses"]["429"]
    (example,) = said["content"][MEDIA_TYPE]["examples"].values()
    assert example["value"]["code"] == QuotaSpent().get_codes()


def component(name: str) -> dict[str, Any]:
    return described()["components"]["schemas"][name]


def test_the_documentation_sets_no_cookie(client: Client) -> None:
    assert not client.get(DOCS).cookies


def test_the_documentation_keeps_the_strict_policy(client: Client) -> None:
    policy = client.get(DOCS)["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
