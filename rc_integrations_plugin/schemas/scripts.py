"""What calls about tests of scripts and versions of scripts take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import post_load

from rc_integrations_plugin.schemas.fields import (
    Flag,
    OpenSchema,
    StrictSchema,
    Text,
    Whole,
    about,
    load,
)
from rc_integrations_plugin.schemas.json_fields import Data, WholeNumber
from rc_integrations_plugin.schemas.queries import ID_LONGEST, Paged, Paging, read_paging

_LARGEST = 2**31 - 1
_ID: Mapping[str, Any] = {
    "required": True,
    "data_key": "integrationId",
    "most": ID_LONGEST,
    **about("The integration's id."),
}
_TEST_ID: Mapping[str, Any] = {"data_key": "testId", "most": ID_LONGEST}


class PartsParameters(Paged):
    """The query of `integrations.listTests` and `integrations.listScriptVersions`."""

    integration_id = Text(**_ID)


class VersionParameters(OpenSchema):
    """The query of `integrations.getScriptVersion`."""

    integration_id = Text(**_ID)
    version = Whole(required=True, **about("The number of the version."))
    compare_to = Whole(
        load_default=None,
        data_key="compareTo",
        **about("The number of another one: the answer tells what differs from it to this one."),
    )


class OfIntegration(StrictSchema):
    """The body of `integrations.runTests`."""

    integration_id = Text(**_ID)


class KeepTest(OfIntegration):
    """The body of `integrations.keepTest`."""

    test_id = Text(**_TEST_ID, **about("Of the test that is changed; without it a new one is."))
    name = Text(
        required=True,
        most=1000,
        **about("No other test of the integration has it; at most 200 characters.", examples=["x"]),
    )
    test = Data(
        dict,
        required=True,
        **about("`request` or `argument`, `expected`, and if need be `http`, `before`, `options`."),
    )

    @post_load
    def make(self, data: dict[str, Any], **_options: Any) -> "WantedTest":
        """Return what was said."""
        return WantedTest(**data)


class RemoveTest(OfIntegration):
    """The body of `integrations.removeTest`."""

    test_id = Text(required=True, **_TEST_ID, **about("The `_id` of the test."))


class RollBackScript(OfIntegration):
    """The body of `integrations.rollBackScript`."""

    version = WholeNumber(
        required=True, least=1, most=_LARGEST, **about("The number of the version.")
    )
    force_script = Flag(
        load_default=False,
        data_key="forceScript",
        **about("Store the script also where it breaks tests that are kept with it."),
    )


@dataclass(frozen=True)
class PartsQuery:
    """Which tests or versions of an integration are wanted."""

    paging: Paging
    integration_id: str


@dataclass(frozen=True)
class VersionQuery:
    """Which version of a script is wanted."""

    integration_id: str
    version: int
    compare_to: int | None


@dataclass(frozen=True, kw_only=True)
class WantedTest:
    """A test as somebody wants it."""

    integration_id: str
    name: str
    test: Mapping[str, Any] = field(repr=False)
    test_id: str | None = None
    """None is a new one."""


@dataclass(frozen=True)
class RollBack:
    """Which version of a script shall be the script again."""

    integration_id: str
    version: int
    force_script: bool


_PARTS, _VERSION, _OF = PartsParameters(), VersionParameters(), OfIntegration()
_KEEP, _REMOVE, _BACK = KeepTest(), RemoveTest(), RollBackScript()


def read_parts_query(query: Mapping[str, str]) -> PartsQuery:
    """Return what the query of `listTests` or `listScriptVersions` says."""
    data = load(_PARTS, query)
    return PartsQuery(read_paging(data), data["integration_id"])


def read_version_query(query: Mapping[str, str]) -> VersionQuery:
    """Return what the query of `integrations.getScriptVersion` says."""
    return VersionQuery(**load(_VERSION, query))


def read_run(body: Any) -> str:
    """Return the id of the integration whose tests shall run."""
    integration_id: str = load(_OF, body)["integration_id"]
    return integration_id


def read_kept_test(body: Any) -> WantedTest:
    """Return the test that the body of `integrations.keepTest` describes."""
    wanted: WantedTest = load(_KEEP, body)
    return wanted


def read_removed_test(body: Any) -> tuple[str, str]:
    """Return the ids that the body of `integrations.removeTest` names: integration, test."""
    data = load(_REMOVE, body)
    return data["integration_id"], data["test_id"]


def read_roll_back(body: Any) -> RollBack:
    """Return what the body of `integrations.rollBackScript` says."""
    return RollBack(**load(_BACK, body))
