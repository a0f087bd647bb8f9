"""Who runs a command, how he says what he wants, and how a command ends.

Exit status: 0 all is done, 1 it failed or was refused, 2 the command was given what it cannot use,
3 nothing of what was asked for is there, 4 a description and the server differ.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from rc_integrations_plugin.commands.output import tell_differences
from rc_integrations_plugin.errors import (
    ApiError,
    IntegrationsError,
    NothingFound,
    PermissionMissing,
)
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import (
    Manager,
    Operator,
    Part,
    read_manager,
    type_of,
    visible_parts,
)
from rc_integrations_plugin.integrations.records import IntegrationType
from rc_integrations_plugin.integrations.times import read_time
from rc_integrations_plugin.management.saved import Integration, may_manage_some
from rc_integrations_plugin.management.switching import load_managed
from rc_integrations_plugin.services import Services, current_services

DIFFERENT = 4
"""Exit status: a description and the server differ."""
TYPES: Mapping[str, IntegrationType] = MappingProxyType(
    {"incoming": IntegrationType.INCOMING, "outgoing": IntegrationType.OUTGOING}
)
"""What commands call the two types."""
_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Ended(click.ClickException):
    """A command failed, or somebody refused it."""

    exit_code = 1


class NothingThere(Ended):
    """Nothing of what was asked for is there."""

    exit_code = 3


@dataclass(frozen=True)
class Actor:
    """Somebody with a command line, and what the command works on."""

    services: Services
    user: User

    def find(self, integration_id: str) -> Integration:
        """Return an integration that he may manage.

        Raises:
            NothingFound: there is none.
        """
        return load_managed(self.services, self.user, integration_id)

    def manager(self, kind: IntegrationType) -> Manager:
        """Return what he may manage of a type."""
        return read_manager(self.services.host, self.user, kind)

    def manager_of(self, integration: Integration) -> Manager:
        """Return what he may manage of the type of an integration."""
        return self.manager(type_of(integration))

    @property
    def made_by(self) -> Mapping[IntegrationType, str | Part | None]:
        """What a list shows him, as `IntegrationFilter.made_by` says it."""
        return visible_parts(*map(self.manager, IntegrationType))


def managing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an `Actor` first, the options `--as` and `--json`, and errors of one line."""

    @click.option(
        "--as",
        "acting_user",
        metavar="USER",
        help="Act as this user, with his permissions; without it you may do anything.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @functools.wraps(command)
    def guarded(*arguments: Any, acting_user: str | None, **options: Any) -> None:
        with clear_errors():
            services = current_services()
            try:
                command(read_actor(services, acting_user), *arguments, **options)
            finally:
                # a worker that shall be woken is, before this process ends
                services.wake_up.close()

    # click keeps options on the function in the order of the decorators
    return with_appcontext(guarded)


def read_actor(services: Services, reference: str | None) -> Actor:
    """Return who acts.

    Raises:
        PermissionMissing: he may manage nothing.
    """
    if reference is None:
        return Actor(services, Operator())
    found = [user for user in services.host.find_users(reference) if user.is_active]
    found = [user for user in found if user.id == reference] or found
    if len(found) != 1:
        several = "several active users are called so: give an id" if found else "no such user"
        raise click.BadParameter(several, param_hint="'--as'")
    if not may_manage_some(services, found[0]):
        raise PermissionMissing(f"{reference} may not manage any integrations")
    return Actor(services, found[0])


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the errors that an edge tells into one line and an exit status."""
    try:
        yield
    except NothingFound as error:
        raise NothingThere(error.reason) from error
    except IntegrationsError as error:
        tell_differences(error)
        raise Ended(said(error)) from error
    except SQLAlchemyError as error:
        raise Ended(f"The database cannot be used: {database_reason(error)}") from error


def said(error: IntegrationsError) -> str:
    """Return why something was refused, with the room or person that it is about."""
    details = error.details if isinstance(error, ApiError) else None
    channel = details.get("channel") if details else None
    return error.reason if channel is None else f"{error.reason}: {channel}"


def database_reason(error: SQLAlchemyError) -> str:
    """Return what is wrong with a database, on one line, without a statement and its values."""
    original = getattr(error, "orig", None)
    lines = str(original or type(error).__name__).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Moment(click.ParamType[datetime]):
    """A time: ISO 8601 (in UTC unless it says), or how long ago, such as 90m, 2h or 3d."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the time that a text means."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            ago = _read_duration(text)
            return read_time(text) if ago is None else datetime.now(UTC) - ago
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is neither 2h, 3d ... nor like 2026-03-01T12:00", param, ctx)


class Lasting(click.ParamType[timedelta]):
    """How long something lasts, such as 90m, 2h or 3d."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the duration that a text means."""
        if isinstance(value, timedelta):
            return value
        found = _read_duration(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not like 90m, 2h or 3d", param, ctx)
        return found


def _read_duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    return None if found is None else timedelta(**{_UNITS[found[2]]: int(found[1])})
