"""Making, changing and removing incoming integrations."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rc_integrations_plugin.api import checks, freezing
from rc_integrations_plugin.errors import ApiError, NothingFound
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import Manager, Scope
from rc_integrations_plugin.integrations.records import Editor, IncomingIntegration
from rc_integrations_plugin.integrations.tokens import new_id, new_token
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.scripting.protocol import Finding
from rc_integrations_plugin.services import Services

_ATTEMPTS = 5
"""How often a change is tried anew because somebody else changed the same integration."""


@dataclass(frozen=True)
class Saved:
    """An integration as it was stored, and what was found in its script, if that was looked at."""

    integration: IncomingIntegration
    findings: tuple[Finding, ...] | None


def create_incoming(services: Services, manager: Manager, form: IncomingForm) -> Saved:
    """Store a new incoming integration and return it.

    Raises:
        ApiError: the user may not, or something in the form cannot be.
    """
    _require_some_scope(manager, method="addIncomingIntegration")
    channels = checks.read_channels(form.channel)
    checks.check_avatar(form.avatar)
    _require_username(form.username)
    freezing.check_new_script(services.settings, form.script)
    user = _post_as_of_new(services, form.username or "")
    compiled = checks.compile_script(
        services.scripts,
        form.script,
        enabled=form.script_enabled,
        skip_transpile=form.skip_transpile is True,
    )
    checks.check_rooms(services.host, channels, chosen_by=manager)
    now = datetime.now(UTC)
    integration = IncomingIntegration(
        id=new_id(),
        token=new_token(),
        channels=channels,
        user_id=user.id,
        username=form.username or "",
        created_at=now,
        created_by=_editor(manager.user),
        updated_at=now,
        script_compiled=compiled.script_compiled,
        script_error=compiled.script_error,
        **_given(form),
    )
    services.integrations.add(integration)
    return Saved(integration, compiled.findings)


def update_incoming(services: Services, manager: Manager, form: IncomingForm) -> Saved:
    """Change an incoming integration and return it; all of the form is stored, or nothing.

    Raises:
        ApiError: the user may not, or something in the form cannot be.
    """
    _require_some_scope(manager, method="updateIncomingIntegration")
    for _ in range(_ATTEMPTS):
        old = find_managed(services, manager, form.integration_id or "")
        saved = _changed(services, manager, old, form)
        if services.integrations.replace(old, saved.integration):
            return saved
    raise ApiError(
        "Somebody else is changing this integration; try again", code="error-integration-changed"
    )


def find_managed(services: Services, manager: Manager, integration_id: str) -> IncomingIntegration:
    """Return an integration that the user may manage.

    Raises:
        NothingFound: there is none; nothing tells whether the id exists.
    """
    found = services.integrations.find(integration_id)
    if found is None or not manager.may_manage(found):
        raise NothingFound("No integration found.")
    return found


def _changed(
    services: Services, manager: Manager, old: IncomingIntegration, form: IncomingForm
) -> Saved:
    channels = checks.read_channels(form.channel)
    checks.check_avatar(form.avatar)
    wanted = dataclasses.replace(old, channels=channels, **_given(form))
    wanted = freezing.keep_script(services.settings, old, wanted)
    compiled = _compile_changed(services, old, wanted)
    checks.check_rooms(services.host, channels, chosen_by=manager)
    post_as: Mapping[str, Any] = (
        {} if form.username is None else _new_post_as(services, form.username)
    )
    new = dataclasses.replace(
        wanted,
        script_compiled=compiled.script_compiled,
        script_error=compiled.script_error,
        # later than before even when the clock went back: it tells versions of a script apart
        updated_at=max(datetime.now(UTC), old.updated_at + timedelta(microseconds=1)),
        updated_by=_editor(manager.user),
        **post_as,
    )
    return Saved(new, compiled.findings)


def _compile_changed(
    services: Services, old: IncomingIntegration, wanted: IncomingIntegration
) -> checks.Compiled:
    if freezing.is_frozen(services.settings):
        return checks.Compiled(old.script_compiled, old.script_error)
    same = (old.script, old.skip_transpile) == (wanted.script, wanted.skip_transpile)
    if same and (old.script_compiled is not None or not wanted.script_enabled):
        return checks.Compiled(old.script_compiled, old.script_error)
    return checks.compile_script(
        services.scripts,
        wanted.script,
        enabled=wanted.script_enabled,
        skip_transpile=wanted.skip_transpile,
    )


def _require_username(username: str | None) -> None:
    if not (username or "").strip():
        raise ApiError("Invalid username", code="error-invalid-username")


def _post_as_of_new(services: Services, username: str) -> User:
    user = checks.find_post_as(
        services.host, username, code="error-invalid-user", reason="Invalid user"
    )
    checks.check_may_impersonate(services.host, user)
    return user


def _new_post_as(services: Services, username: str) -> Mapping[str, Any]:
    user = checks.find_post_as(
        services.host, username, code="error-invalid-post-as-user", reason="Invalid Post As User"
    )
    checks.check_may_impersonate(services.host, user)
    return {"username": username, "user_id": user.id}


_AS_GIVEN = (
    "name",
    "enabled",
    "alias",
    "avatar",
    "emoji",
    "override_destination",
    "allow_get",
    "script_enabled",
    "script",
    "script_engine",
    "skip_transpile",
)


def _given(form: IncomingForm) -> Mapping[str, Any]:
    """Return the fields that are stored as they were given, without those that were not."""
    values = {name: getattr(form, name) for name in _AS_GIVEN}
    return {name: value for name, value in values.items() if value is not None}


def _require_some_scope(manager: Manager, *, method: str) -> None:
    if manager.scope is Scope.NONE:
        raise ApiError("Unauthorized", code="not_authorized", details={"method": method})


def _editor(user: User) -> Editor:
    return Editor(user.id, user.username or "")
