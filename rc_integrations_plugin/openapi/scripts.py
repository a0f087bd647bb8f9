"""Tests that are kept with scripts, and versions of scripts: answers, and the operations."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from rc_integrations_plugin.integrations.script_diff import LineKind
from rc_integrations_plugin.openapi.answers import Page, Success
from rc_integrations_plugin.openapi.either import Either
from rc_integrations_plugin.openapi.integrations import (
    Editor,
    IncomingIntegration,
    OutgoingIntegration,
    needed,
)
from rc_integrations_plugin.openapi.management import UPDATING_CODES
from rc_integrations_plugin.openapi.operation import (
    ENTRY_ID,
    INTEGRATION_ID,
    LISTING,
    PARAMS,
    PREFIX,
    REMOVING,
    RUNNING,
    Operation,
)
from rc_integrations_plugin.schemas.fields import StrictSchema, about
from rc_integrations_plugin.schemas.scripts import (
    KeepTest,
    OfIntegration,
    PartsParameters,
    RemoveTest,
    RollBackScript,
    VersionParameters,
)

TESTS, VERSIONS = "Tests of scripts", "Versions of scripts"
_NULL: Mapping[str, Any] = {"allow_none": True}


class StoredTest(StrictSchema):
    """A test that is kept with an integration."""

    id = fields.String(data_key="_id", **needed())
    name = fields.String(**needed())
    test = fields.Dict(**needed("A sample call, and what must come of it."))
    created_at = fields.DateTime(data_key="_createdAt", **needed())
    created_by = fields.Nested(Editor(), data_key="_createdBy", **needed())


class TestList(Page):
    """A part of the tests of an integration, the oldest first."""

    tests = fields.List(fields.Nested(StoredTest()), required=True)


class OneTest(Success):
    """One test."""

    test = fields.Nested(StoredTest(), required=True)


class CheckedTest(StrictSchema):
    """What came of a test."""

    id = fields.String(data_key="_id", **needed())
    name = fields.String(**needed())
    passed = fields.Boolean(**needed())
    differences = fields.List(fields.String(), **needed("What was not as it must be."))


class TestRun(Success):
    """What came of the tests of an integration."""

    tests = fields.List(fields.Nested(CheckedTest()), required=True)
    passed = fields.Integer(**needed("How many passed."))
    failed = fields.Integer(**needed("How many did not."))


class ScriptVersion(StrictSchema):
    """A script that an integration has, or had."""

    version = fields.Integer(**needed("Its number; the first is 1."))
    saved_at = fields.DateTime(data_key="savedAt", **needed())
    saved_by = fields.Nested(Editor(), data_key="savedBy", **needed())
    characters = fields.Integer(**needed("How long it is."))
    current = fields.Boolean(**needed("Whether it is the script now."))


class WholeVersion(ScriptVersion):
    """A script that an integration has, or had, with its text."""

    script = fields.String(**needed())


class VersionList(Page):
    """A part of the scripts that an integration had, the newest first."""

    versions = fields.List(fields.Nested(ScriptVersion()), required=True)


class DifferenceLine(StrictSchema):
    """A line of a script, and its number in each version."""

    kind = fields.String(
        validate=validate.OneOf(list(LineKind)),
        **needed("`gap` stands for lines that are the same in both."),
    )
    old = fields.Integer(**_NULL, **needed())
    new = fields.Integer(**_NULL, **needed())
    text = fields.String(**needed())


class Difference(StrictSchema):
    """What differs from one version to another; no lines where nothing does."""

    old = fields.Integer(**needed("The number of the one."))
    new = fields.Integer(**needed("The number of the other."))
    cut = fields.Boolean(**needed("There is more that differs."))
    lines = fields.List(fields.Nested(DifferenceLine()), **needed())


class OneVersion(Success):
    """A version of a script."""

    version = fields.Nested(WholeVersion(), required=True)
    difference = fields.Nested(Difference(), **about("With `compareTo`."))


class RolledBack(Success):
    """The integration with its old script."""

    integration = Either(IncomingIntegration, OutgoingIntegration, required=True)
    version = fields.Integer(**needed("The number that the script has now."))


_ONE: Mapping[str, Any] = {"integrationId": INTEGRATION_ID}
_TEST: Mapping[str, Any] = {
    **_ONE,
    "name": "disk-full",
    "test": {
        "request": {"content": {"title": "Disk full"}},
        "expected": {"type": "object", "result": {"content": {"text": "*Disk full*"}}},
    },
}
OPERATIONS: Sequence[Operation] = (
    Operation(
        method="get",
        path=f"{PREFIX}listTests",
        id="listTests",
        summary="List the tests of an integration",
        tag=TESTS,
        query=PartsParameters,
        query_examples=_ONE,
        answer=TestList,
        codes=(PARAMS,),
        errors=LISTING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}keepTest",
        id="keepTest",
        summary="Keep a test",
        description=(
            "An update whose script breaks it is refused from then on. Whether the present one"
            " passes it is not asked. With `testId` a test is changed as a whole."
        ),
        tag=TESTS,
        bodies=(KeepTest,),
        body_examples={"one": _TEST},
        answer=OneTest,
        codes=(PARAMS,),
        errors=REMOVING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}removeTest",
        id="removeTest",
        summary="Remove a test",
        description="The answer has what was removed.",
        tag=TESTS,
        bodies=(RemoveTest,),
        body_examples={"one": {**_ONE, "testId": ENTRY_ID}},
        answer=OneTest,
        codes=(PARAMS,),
        errors=REMOVING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}runTests",
        id="runTests",
        summary="Run the tests of an integration",
        description="With its stored script, each on an instance of its own.",
        tag=TESTS,
        bodies=(OfIntegration,),
        body_examples={"one": _ONE},
        answer=TestRun,
        codes=(PARAMS,),
        errors=RUNNING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}listScriptVersions",
        id="listScriptVersions",
        summary="List the scripts that an integration had",
        description="The last 50 are kept.",
        tag=VERSIONS,
        query=PartsParameters,
        query_examples=_ONE,
        answer=VersionList,
        codes=(PARAMS,),
        errors=LISTING,
    ),
    Operation(
        method="get",
        path=f"{PREFIX}getScriptVersion",
        id="getScriptVersion",
        summary="Show a version of a script",
        tag=VERSIONS,
        query=VersionParameters,
        query_examples={**_ONE, "version": 1},
        answer=OneVersion,
        codes=(PARAMS,),
        errors=LISTING,
    ),
    Operation(
        method="post",
        path=f"{PREFIX}rollBackScript",
        id="rollBackScript",
        summary="Make an old version the script again",
        description="It is stored as the next version, with all checks of an update.",
        tag=VERSIONS,
        bodies=(RollBackScript,),
        body_examples={"one": {**_ONE, "version": 1}},
        answer=RolledBack,
        codes=UPDATING_CODES,
        errors=RUNNING,
    ),
)
