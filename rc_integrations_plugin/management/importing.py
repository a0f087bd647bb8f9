"""Taking integrations over from Rocket.Chat, with their ids and tokens.

Whoever calls a hook, or is called, notices nothing. What cannot work here is switched off, with the
reasons: its rooms and users may come later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from rc_integrations_plugin.errors import ApiError, IntegrationsError
from rc_integrations_plugin.host.events import EventName
from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.channels import split_channels
from rc_integrations_plugin.integrations.permissions import Manager, Operator, Scope, read_manager
from rc_integrations_plugin.integrations.records import (
    Editor,
    IncomingIntegration,
    OutgoingIntegration,
)
from rc_integrations_plugin.management import checks, freezing, outgoing_checks
from rc_integrations_plugin.management.channels import (
    Saver,
    check_rooms,
    find_listened,
    find_target,
)
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.schemas.incoming import IncomingForm
from rc_integrations_plugin.schemas.outgoing_form import OutgoingForm
from rc_integrations_plugin.schemas.rocketchat import Exported
from rc_integrations_plugin.services import Services

_SCRIPT_FIELDS = ("script", "script_enabled", "script_engine", "skip_transpile")
_FIELDS = ("name", "alias", "avatar", "emoji", *_SCRIPT_FIELDS)
_INCOMING_FIELDS = (*_FIELDS, "override_destination")
_OUTGOING_FIELDS = (
    *_FIELDS,
    *("username", "trigger_words", "trigger_word_anywhere", "target_room", "run_on_edits"),
    *("impersonate_user", "retry_failed_calls"),
)
_LONGEST_REASON = 1000


@dataclass(frozen=True)
class Imported:
    """An integration as it is stored here, and what in it cannot work."""

    integration: Integration
    reasons: tuple[str, ...]


@dataclass
class _Hurdles:
    """Collects why something cannot work, and goes on."""

    reasons: list[str] = field(default_factory=list)

    def pass_by(self, work: Callable[[], Any], about: str, otherwise: Any = None) -> Any:
        """Return what the work returns; where it is refused, note that and return another value."""
        try:
            return work()
        except IntegrationsError as error:
            self.reasons.append(f"{about}: {error.reason}")
            return otherwise


def build_imported(services: Services, user: User, exported: Exported) -> Imported:
    """Return what to store of an integration of another server.

    Raises:
        ApiError: the user may not manage all integrations of the type, or scripts are frozen.
    """
    manager = read_manager(services.host, user, exported.type)
    if manager.scope is not Scope.ALL:
        raise ApiError("Only who may manage all integrations can import", code="not_authorized")
    form = exported.form
    freezing.check_new_script(services.settings, form.script)
    hurdles = _Hurdles()
    hurdles.pass_by(lambda: checks.check_avatar(form.avatar), "avatar")
    if isinstance(form, OutgoingForm):
        fields = _outgoing_fields(services, manager, exported, form, hurdles)
    else:
        fields = _incoming_fields(services, manager, exported, form, hurdles)
    now = datetime.now(UTC)
    fields |= {
        "id": exported.id,
        "enabled": form.enabled and not hurdles.reasons,
        "disabled_reason": _disabled_reason(form.enabled, hurdles.reasons),
        "created_at": exported.created_at or now,
        "created_by": _creator(services, exported),
        "updated_at": now,
    }
    if isinstance(form, OutgoingForm):
        return Imported(OutgoingIntegration(**fields), tuple(hurdles.reasons))
    return Imported(IncomingIntegration(**fields), tuple(hurdles.reasons))


def _disabled_reason(was_enabled: object, reasons: list[str]) -> str | None:
    if not (was_enabled and reasons):
        return None
    return f"Imported from Rocket.Chat: {'; '.join(reasons)}"[:_LONGEST_REASON]


def _incoming_fields(
    services: Services,
    manager: Manager,
    exported: Exported,
    form: IncomingForm,
    hurdles: _Hurdles,
) -> dict[str, Any]:
    channels = tuple(name for name in split_channels(form.channel) if name)
    hurdles.pass_by(lambda: checks.read_channels(form.channel), "channel")
    saver = Saver(services.host, manager, {})
    channel_ids: dict[str, str] = {}
    for channel in channels:
        channel_ids |= hurdles.pass_by(
            partial(check_rooms, saver, [channel]), f"channel {channel}", {}
        )
    user_id = _find_user(services, exported, form.username or "", hurdles, impersonates=True)
    return {
        **_given(form, _INCOMING_FIELDS),
        **_script(services, form, hurdles),
        "token": exported.token,
        "username": form.username or "",
        "user_id": user_id,
        "channels": channels,
        "channel_ids": channel_ids,
    }


def _outgoing_fields(
    services: Services,
    manager: Manager,
    exported: Exported,
    form: OutgoingForm,
    hurdles: _Hurdles,
) -> dict[str, Any]:
    event = outgoing_checks.read_event(form.event or "")
    urls = tuple(url.strip() for url in form.urls or () if url.strip())
    return {
        **_given(form, _OUTGOING_FIELDS),
        **_script(services, form, hurdles),
        **_places(services, manager, event, form, hurdles),
        "token": exported.token,
        "event": event,
        "urls": hurdles.pass_by(lambda: outgoing_checks.read_urls(urls), "urls", urls),
        "username": form.username or "",
        "user_id": _find_user(services, exported, form.username or "", hurdles),
        "retry_count": outgoing_checks.read_retry_count(form.retry_count or 0),
        "retry_delay": (form.retry_delay or "powers-of-ten").strip().lower(),
    }


def _places(
    services: Services,
    manager: Manager,
    event: EventName,
    form: OutgoingForm,
    hurdles: _Hurdles,
) -> dict[str, Any]:
    csv, target = form.channel or "", (form.target_room or "").strip() or None
    saver = Saver(services.host, manager, {})
    written = tuple(name for name in split_channels(csv) if name)
    channels = hurdles.pass_by(
        lambda: outgoing_checks.read_channels(csv, event, chosen_by=manager), "channel", written
    )
    hurdles.pass_by(lambda: outgoing_checks.check_target_room(target, event), "targetRoom")
    listens_to: list[str] = []
    channel_ids: dict[str, str] = {}
    for channel in channels:
        found = hurdles.pass_by(partial(find_listened, saver, [channel]), f"channel {channel}")
        if found is not None:
            listens_to += found.listens_to
            channel_ids |= found.channel_ids
    channel_ids |= hurdles.pass_by(lambda: find_target(saver, target), f"targetRoom {target}", {})
    return {
        "channels": channels,
        "listens_to": tuple(dict.fromkeys(listens_to)),
        "channel_ids": channel_ids,
        "target_room": target,
    }


def _find_user(
    services: Services,
    exported: Exported,
    username: str,
    hurdles: _Hurdles,
    *,
    impersonates: bool = False,
) -> str:
    about = f"username {username}"
    hurdles.pass_by(lambda: checks.require_username(username), "username")
    if not username.strip():
        return exported.user_id
    found: User | None = hurdles.pass_by(
        lambda: checks.find_post_as(
            services.host,
            username,
            code="error-invalid-user",
            reason="Invalid user",
            known_id=exported.user_id or None,
        ),
        about,
    )
    if found is None:
        return exported.user_id
    if impersonates:
        hurdles.pass_by(lambda: checks.check_may_impersonate(services.host, found), about)
    return found.id


def _script(
    services: Services, form: IncomingForm | OutgoingForm, hurdles: _Hurdles
) -> Mapping[str, Any]:
    compiled = hurdles.pass_by(
        lambda: checks.compile_script(
            services.scripts,
            form.script,
            enabled=form.script_enabled,
            skip_transpile=form.skip_transpile is True,
        ),
        "script",
        checks.Compiled(),
    )
    return {
        "script_compiled": compiled.script_compiled,
        "script_error": compiled.script_error,
    }


def _given(form: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(form, name)) is not None}


def _creator(services: Services, exported: Exported) -> Editor:
    """Return who made it, if he has an account here: only then it is his own."""
    found = services.host.find_users(exported.creator) if exported.creator else ()
    same = [user for user in found if user.id == exported.creator_id] or list(found)
    if len(same) == 1 and same[0].username == exported.creator:
        return Editor(same[0].id, exported.creator)
    return Editor(Operator().id, exported.creator or Operator().username)


def is_same(here: Integration, imported: Integration) -> bool:
    """Return whether what has this id here is what would be imported: calls go on working."""
    return type(here) is type(imported) and here.token == imported.token
