"""The description is OpenAPI 3.1, whole, and made of what really checks the calls."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from rc_integrations_plugin.openapi.description import OPERATIONS, describe_api
from rc_integrations_plugin.openapi.hook_body import FIELDS
from tests.callers import Server
from tests.unit.openapi.validating import operations

DOCS = Path(__file__).parents[3] / "docs"
OURS = ("rc_integrations_api.", "rc_integrations_subscriptions.", "rc_integrations_hooks.")
# what answers 404 for URLs that are no hook's
CATCH_ALL = "refuse_url"


def routes(app: Flask) -> dict[str, set[str]]:
    """Return the methods of each path of the API, as OpenAPI writes it."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(OURS) and not rule.endpoint.endswith(CATCH_ALL):
            path = re.sub("<_?([a-z_]+)>", lambda match: f"{{{camel(match[1])}}}", rule.rule)
            found.setdefault(path, set()).update(rule.methods or ())
    return found


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def test_it_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1.")

    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_every_route_is_described_and_nothing_else(app: Flask, description: dict[str, Any]) -> None:
    described = {path: set(item) - {"parameters"} for path, item in description["paths"].items()}

    implicit = {"HEAD", "OPTIONS"}
    of_hooks = {path: methods - implicit for path, methods in routes(app).items()}
    # these are 405 whatever the integration says
    for path in ("/hooks/{integrationId}/{token}", "/hooks/{integrationId}/{userId}/{token}"):
        of_hooks[path] -= {"PUT", "PATCH", "DELETE"}
    assert {
        path: {method.upper() for method in methods} for path, methods in described.items()
    } == of_hooks


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_of_hooks_that_is_not_described_is_refused(server: Server, method: str) -> None:
    hook = server.caller("admin").create(allowGet=True)

    answer = server.app.test_client().open(f"/hooks/{hook['_id']}/{hook['token']}", method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, GET, OPTIONS"


@pytest.mark.parametrize(
    "schema",
    [body for operation in OPERATIONS for body in operation.bodies],
    ids=lambda one: one.__name__,
)
def test_each_field_that_is_checked_is_described(description: dict[str, Any], schema: Any) -> None:
    described = description["components"]["schemas"][schema.__name__]
    fields = {field.data_key or name: field for name, field in schema().fields.items()}

    assert set(described["properties"]) == set(fields)
    needed = {name for name, field in fields.items() if field.required}
    assert set(described["required"]) == needed
    assert all(one["description"] for one in described["properties"].values())


def test_each_operation_and_parameter_says_what_it_is_for(description: dict[str, Any]) -> None:
    found = operations(description)

    assert all(operation["summary"] for operation in found.values())
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)
    assert all(
        parameter["description"]
        for operation in found.values()
        for parameter in operation.get("parameters", [])
    )


def test_each_error_code_of_the_description_is_explained() -> None:
    codes = {code for operation in OPERATIONS for code in operation.codes}
    explained = set(re.findall(r"^\| `([^`]+)` \|", (DOCS / "errors.md").read_text(), re.MULTILINE))

    assert codes - explained == set()


def test_each_code_of_the_management_api_is_in_some_operation() -> None:
    section = (DOCS / "errors.md").read_text().split("## Management API")[1].split("\n## ")[0]
    explained = set(re.findall(r"^\| `([^`]+)` \| 400 \|", section, re.MULTILINE))
    codes = {code for operation in OPERATIONS for code in operation.codes}

    # the first is the usual code of the tree of errors, in place of the other stands a text
    assert explained - codes == {"error-invalid-params", "error-integration-not-found"}


def test_the_fields_of_a_message_are_those_of_the_documentation() -> None:
    section = (DOCS / "messages.md").read_text().split("## Fields")[1].split("\n## ")[0]
    documented = {
        name
        for line in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
        for name in re.findall(r"`([A-Za-z_]+)`", line)
    }

    assert set(FIELDS) == documented


def test_it_is_served_to_everybody_and_tells_nothing_of_the_server(
    server: Server, description: dict[str, Any]
) -> None:
    hook = server.caller("admin").create(name="Top secret")

    answer = server.app.test_client().get("/api/v1/integrations.openapi")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json == description
    assert hook["token"] not in answer.text
    assert "Top secret" not in answer.text


def test_it_says_where_the_server_s_paths_begin() -> None:
    assert describe_api("/chat")["servers"] == [{"url": "/chat"}]
    assert describe_api("")["servers"] == [{"url": "/"}]


def test_two_descriptions_are_alike() -> None:
    assert json.dumps(describe_api("")) == json.dumps(describe_api(""))
