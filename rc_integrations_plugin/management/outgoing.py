"""Making and changing outgoing integrations."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.integrations.permissions import Manager
from rc_integrations_plugin.integrations.records import OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_id
from rc_integrations_plugin.management import checks, freezing, outgoing_checks
from rc_integrations_plugin.management.channels import Saver, find_listened, find_target
from rc_integrations_plugin.management.owners import settle
from rc_integrations_plugin.management.saved import (
    Saved,
    editor_of,
    find_outgoing,
    of_version,
    replace_with,
    require_some_scope,
    time_after,
)
from rc_integrations_plugin.management.script_checks import ScriptCheck
from rc_integrations_plugin.outgoing.matching import EVENTS_WITH_TRIGGER_WORDS
from rc_integrations_plugin.schemas.outgoing_form import GENERATE, OutgoingForm
from rc_integrations_plugin.services import Services

_NO_USER = "Invalid user (did you delete the `rocket.cat` user?)"
_AS_GIVEN = (
    "name",
    "enabled",
    "username",
    "trigger_words",
    "trigger_word_anywhere",
    "token",
    "target_room",
    "run_on_edits",
    "impersonate_user",
    "alias",
    "avatar",
    "emoji",
    "retry_failed_calls",
    "retry_on",
    "timeout_seconds",
    "headers",
    "basic_auth",
    "script_enabled",
    "script",
    "script_engine",
    "skip_transpile",
)


def create_outgoing(
    services: Services,
    manager: Manager,
    form: OutgoingForm,
    *,
    tests: Sequence[Mapping[str, Any]] = (),
) -> Saved[OutgoingIntegration]:
    """Store a new outgoing integration and return it.

    Args:
        services: where it is stored.
        manager: who makes it.
        form: what he wants.
        tests: those that its script must pass, described; they are not stored.

    Raises:
        ApiError: the user may not, or something in the form cannot be.
    """
    require_some_scope(manager, method="addOutgoingIntegration")
    freezing.check_new_script(services.settings, form.script)
    now = datetime.now(UTC)
    blank = OutgoingIntegration(
        id=new_id(),
        name=form.name,
        enabled=form.enabled,
        event=EventName.MESSAGE_SENT,
        urls=(),
        username="",
        user_id="",
        channels=(),
        created_at=now,
        created_by=editor_of(manager.user),
        updated_at=now,
    )
    saved = _filled(services, manager, blank, _read(blank, form, manager), form)
    new = settle(services.host, manager, None, saved.integration)
    check = ScriptCheck(services, manager, is_forced=form.force_script is True, tests=tests)
    broken = check.broken_by(None, new)
    services.integrations.add(new, broken_tests=broken)
    return dataclasses.replace(saved, integration=new, broken_tests=broken)


def update_outgoing(
    services: Services,
    manager: Manager,
    form: OutgoingForm,
    *,
    version: datetime | None = None,
    tests: Sequence[Mapping[str, Any]] | None = None,
) -> Saved[OutgoingIntegration]:
    """Change an outgoing integration and return it; all of the form is stored, or nothing.

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
    require_some_scope(manager, method="updateOutgoingIntegration")
    check = ScriptCheck(services, manager, is_forced=form.force_script is True, tests=tests)
    starts_anew = False

    def change(old: OutgoingIntegration) -> Saved[OutgoingIntegration]:
        nonlocal starts_anew
        saved = _changed(services, manager, old, form)
        new = saved.integration
        starts_anew = new.enabled and (not old.enabled or new.urls != old.urls)
        return dataclasses.replace(saved, broken_tests=check.broken_by(old, new))

    saved = replace_with(
        services,
        find=lambda: of_version(
            find_outgoing(services, manager, form.integration_id, form.target_url), version
        ),
        change=change,
    )
    if starts_anew:
        _start_anew(services, saved.integration.id)
    return saved


def _start_anew(services: Services, integration_id: str) -> None:
    """Let nothing wait for how its receiver did before."""
    services.circuits.forget(integration_id)
    if services.deliveries.hasten(integration_id, now=datetime.now(UTC)):
        services.wake_up.ring()


def _changed(
    services: Services, manager: Manager, old: OutgoingIntegration, form: OutgoingForm
) -> Saved[OutgoingIntegration]:
    wanted = _read(old, form, manager)
    outgoing_checks.check_token(form.token)
    wanted = freezing.keep_script(services.settings, old, wanted)
    saved = _filled(services, manager, old, wanted, form)
    new = dataclasses.replace(
        saved.integration,
        disabled_reason=None if form.enabled else old.disabled_reason,
        updated_at=time_after(old.updated_at),
        updated_by=editor_of(manager.user),
    )
    settled = settle(services.host, manager, old, new)
    return dataclasses.replace(saved, integration=settled)


def _filled(
    services: Services,
    manager: Manager,
    old: OutgoingIntegration,
    wanted: OutgoingIntegration,
    form: OutgoingForm,
) -> Saved[OutgoingIntegration]:
    """Return the wanted integration with what the server adds to it."""
    secret = None
    if form.signing_secret is not None:
        secret = outgoing_checks.read_signing_secret(form.signing_secret, generate=GENERATE)
        wanted = dataclasses.replace(wanted, signing_secret=secret)
    # it may be switched off also when its room or user is gone
    looks_up = wanted.enabled or _places(wanted) != _places(old)
    user_id = _find_user(services, old, wanted) if looks_up else old.user_id
    frozen = freezing.is_frozen(services.settings)
    compiled = checks.compile_changed(services.scripts, old, wanted, frozen=frozen)
    new = dataclasses.replace(
        wanted,
        user_id=user_id,
        script_compiled=compiled.script_compiled,
        script_error=compiled.script_error,
        **(_find_places(services, manager, old, wanted) if looks_up else {}),
    )
    return Saved(new, compiled.findings, secret)


def _places(integration: OutgoingIntegration) -> tuple[Any, ...]:
    return (integration.username, integration.channels, integration.target_room)


def _find_user(services: Services, old: OutgoingIntegration, wanted: OutgoingIntegration) -> str:
    user = checks.find_post_as(
        services.host,
        wanted.username,
        code="error-invalid-user",
        reason=_NO_USER,
        known_id=old.user_id if wanted.username == old.username else None,
    )
    return user.id


def _find_places(
    services: Services, manager: Manager, old: OutgoingIntegration, wanted: OutgoingIntegration
) -> Mapping[str, Any]:
    """Return the ids of the rooms and persons that are named."""
    saver = Saver(services.host, manager, old.channel_ids)
    listened = find_listened(saver, wanted.channels)
    target = find_target(saver, wanted.target_room)
    return {
        "listens_to": listened.listens_to,
        "channel_ids": {**listened.channel_ids, **target},
    }


def _read(old: OutgoingIntegration, form: OutgoingForm, manager: Manager) -> OutgoingIntegration:
    """Return the integration as the form wants it, in what takes no look at the server."""
    event = old.event if form.event is None else outgoing_checks.read_event(form.event)
    wanted = dataclasses.replace(old, **_removed(form), **_given(form), event=event)
    checks.require_username(wanted.username)
    outgoing_checks.check_target_room(wanted.target_room, event)
    urls = outgoing_checks.read_urls(old.urls if form.urls is None else form.urls)
    csv = ",".join(old.channels) if form.channel is None else form.channel
    channels = outgoing_checks.read_channels(csv, event, chosen_by=manager)
    checks.check_avatar(form.avatar)
    outgoing_checks.check_headers(form.headers or {})
    if form.basic_auth is not None:
        outgoing_checks.check_basic_auth(form.basic_auth)
    return dataclasses.replace(
        wanted,
        urls=urls,
        channels=channels,
        target_room=(wanted.target_room or "").strip() or None,
        trigger_words=wanted.trigger_words if event in EVENTS_WITH_TRIGGER_WORDS else (),
        **_retries(form),
    )


def _given(form: OutgoingForm) -> Mapping[str, Any]:
    """Return the fields that are stored as they were given, without those that were not."""
    values = {name: getattr(form, name) for name in _AS_GIVEN}
    return {name: value for name, value in values.items() if value is not None}


def _removed(form: OutgoingForm) -> Mapping[str, Any]:
    return {name: {} if name == "headers" else None for name in form.removed}


def _retries(form: OutgoingForm) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    if form.retry_count is not None:
        values["retry_count"] = outgoing_checks.read_retry_count(form.retry_count)
    if form.retry_delay is not None:
        values["retry_delay"] = outgoing_checks.read_retry_delay(form.retry_delay)
    if form.calls_at_once is not None:
        values["calls_at_once"] = int(form.calls_at_once)
    return values
