"""Making and changing incoming integrations."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import IncomingIntegration
from rc_integrations_plugin.integrations.tokens import new_id, new_token
from rc_integrations_plugin.management import checks, freezing
from rc_integrations_plugin.management.channels import Saver, check_rooms
from rc_integrations_plugin.management.owners import settle
from rc_integrations_plugin.management.saved import (
    Saved,
    editor_of,
    find_incoming,
    of_version,
    replace_with,
    require_some_scope,
    time_after,
)
from rc_integrations_plugin.management.script_checks import ScriptCheck
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.services import Services


def create_incoming(
    services: Services,
    manager: Manager,
    form: IncomingForm,
    *,
    tests: Sequence[Mapping[str, Any]] = (),
) -> Saved[IncomingIntegration]:
    """Store a new incoming integration and return it.

    Args:
        services: where it is stored.
        manager: who makes it.
        form: what he wants.
        tests: those that its script must pass, described; they are not stored.

    Raises:
        ApiError: the user may not, or something in the form cannot be.
    """
    require_some_scope(manager, method="addIncomingIntegration")
    channels = checks.read_channels(form.channel)
    checks.check_avatar(form.avatar)
    checks.require_username(form.username)
    freezing.check_new_script(services.settings, form.script)
    user = _post_as_of_new(services, form.username or "")
    compiled = checks.compile_script(
        services.scripts,
        form.script,
        enabled=form.script_enabled,
        skip_transpile=form.skip_transpile is True,
    )
    channel_ids = check_rooms(Saver(services.host, manager, {}), channels)
    now = datetime.now(UTC)
    integration = IncomingIntegration(
        id=new_id(),
        token=new_token(),
        channels=channels,
        channel_ids=channel_ids,
        user_id=user.id,
        username=form.username or "",
        created_at=now,
        created_by=editor_of(manager.user),
        updated_at=now,
        script_compiled=compiled.script_compiled,
        script_error=compiled.script_error,
        **_given(form),
    )
    integration = settle(services.host, manager, None, integration)
    check = ScriptCheck(services, manager, is_forced=form.force_script is True, tests=tests)
    broken = check.broken_by(None, integration)
    services.integrations.add(integration, broken_tests=broken)
    return Saved(integration, compiled.findings, broken_tests=broken)


def update_incoming(
    services: Services,
    manager: Manager,
    form: IncomingForm,
    *,
    version: datetime | None = None,
    tests: Sequence[Mapping[str, Any]] | None = None,
) -> Saved[IncomingIntegration]:
    """Change an incoming integration and return it; all of the form is stored, or nothing.

    Args:
        services: where it is stored.
        manager: who changes it.
        form: what he wants.
        version: the `updated_at` that he has seen; None changes whatever is there.
        tests: those that its script must pass, described; None for those that it has.

    Raises:
        ApiError: the user may not, or something in the form cannot be.
        ChangedMeanwhile: it is not the version that he has seen.
    """
    require_some_scope(manager, method="updateIncomingIntegration")
    check = ScriptCheck(services, manager, is_forced=form.force_script is True, tests=tests)

    def change(old: IncomingIntegration) -> Saved[IncomingIntegration]:
        saved = _changed(services, manager, old, form)
        return dataclasses.replace(saved, broken_tests=check.broken_by(old, saved.integration))

    return replace_with(
        services,
        find=lambda: of_version(
            find_incoming(services, manager, form.integration_id or ""), version
        ),
        change=change,
    )


def _changed(
    services: Services, manager: Manager, old: IncomingIntegration, form: IncomingForm
) -> Saved[IncomingIntegration]:
    channels = checks.read_channels(form.channel)
    checks.check_avatar(form.avatar)
    wanted = dataclasses.replace(old, channels=channels, **_given(form))
    wanted = freezing.keep_script(services.settings, old, wanted)
    frozen = freezing.is_frozen(services.settings)
    compiled = checks.compile_changed(services.scripts, old, wanted, frozen=frozen)
    channel_ids = check_rooms(Saver(services.host, manager, old.channel_ids), channels)
    post_as: Mapping[str, Any] = (
        {} if form.username is None else _new_post_as(services, old, form.username)
    )
    new = dataclasses.replace(
        wanted,
        channel_ids=channel_ids,
        script_compiled=compiled.script_compiled,
        script_error=compiled.script_error,
        disabled_reason=None if wanted.enabled else old.disabled_reason,
        updated_at=time_after(old.updated_at),
        updated_by=editor_of(manager.user),
        **post_as,
    )
    return Saved(settle(services.host, manager, old, new), compiled.findings)


def _post_as_of_new(services: Services, username: str) -> User:
    user = checks.find_post_as(
        services.host, username, code="error-invalid-user", reason="Invalid user"
    )
    checks.check_may_impersonate(services.host, user)
    return user


def _new_post_as(services: Services, old: IncomingIntegration, username: str) -> Mapping[str, Any]:
    user = checks.find_post_as(
        services.host,
        username,
        code="error-invalid-post-as-user",
        reason="Invalid Post As User",
        known_id=old.user_id if username == old.username else None,
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
