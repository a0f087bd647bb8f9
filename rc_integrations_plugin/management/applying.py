"""Doing what a plan says: by the same ways that the API goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rc_integrations_plugin.host.port import User
from rc_integrations_plugin.integrations.permissions import Manager, read_manager
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.integrations.tokens import new_token
from rc_integrations_plugin.management import switching
from rc_integrations_plugin.management.descriptions import DEFAULTS, SECRET_FIELDS, Entry, to_body
from rc_integrations_plugin.management.incoming import create_incoming, update_incoming
from rc_integrations_plugin.management.outgoing import create_outgoing, update_outgoing
from rc_integrations_plugin.management.planning import Change
from rc_integrations_plugin.management.saved import Integration, Saved
from rc_integrations_plugin.management.script_tests import set_tests
from rc_integrations_plugin.schemas.incoming import read_changed_incoming, read_new_incoming
from rc_integrations_plugin.schemas.outgoing import read_changed_outgoing, read_new_outgoing
from rc_integrations_plugin.services import Services

_NEEDED = ("enabled", "channel", "scriptEnabled")
"""By `integrations.update`, whatever changes."""


@dataclass(frozen=True)
class Applied:
    """What came of a change."""

    integration: Integration
    secrets: dict[str, str] = field(repr=False)
    """Those that were made for it now, by the API's names: nothing shows them again."""
    broken_tests: tuple[str, ...] = ()
    """Names of the tests that its script breaks: it was stored all the same."""


def apply_change(
    services: Services, user: User, change: Change, *, is_forced: bool = False
) -> Applied:
    """Make, change or remove an integration.

    Args:
        services: where it is stored.
        user: who wants it.
        change: what is to be done.
        is_forced: whether a script that breaks its tests is stored too.

    Raises:
        ApiError: the user may not, something in the description cannot be, or somebody else changed
            the integration since the plan was made.
    """
    manager = read_manager(services.host, user, change.type)
    match change.entry, change.old:
        case Entry() as entry, None:
            applied = _create(services, manager, entry, is_forced=is_forced)
            if entry.tests:
                set_tests(services, manager, applied.integration, entry.tests)
            return applied
        case Entry() as entry, old if old is not None:
            return _update(services, manager, change, entry, old, is_forced=is_forced)
        case None, old if old is not None:
            return Applied(switching.remove(services, user, old.id), {})
    raise AssertionError("a change is about something")


def _create(services: Services, manager: Manager, entry: Entry, *, is_forced: bool) -> Applied:
    body, tests = to_body(entry), entry.tests or ()
    if entry.type is IntegrationType.INCOMING:
        form = replace(read_new_incoming(body), force_script=is_forced)
        new = create_incoming(services, manager, form, tests=tests)
        return Applied(new.integration, {"token": new.integration.token}, new.broken_tests)
    given = entry.given.body()
    secrets = {}
    if entry.fields["token"] and "token" not in given:
        secrets["token"] = body["token"] = new_token()
    if entry.fields["signingSecret"]:
        body["signingSecret"] = True
    new_form = replace(read_new_outgoing(body | given), force_script=is_forced)
    saved = create_outgoing(services, manager, new_form, tests=tests)
    return Applied(saved.integration, secrets | _made(saved, given), saved.broken_tests)


def _update(
    services: Services,
    manager: Manager,
    change: Change,
    entry: Entry,
    old: Integration,
    *,
    is_forced: bool,
) -> Applied:
    tests = (entry.tests or ()) if "tests" in change.differences else None
    applied = _replace(services, manager, change, entry, old, tests, is_forced=is_forced)
    if tests is not None:
        set_tests(services, manager, applied.integration, tests)
    return applied


def _replace(  # noqa: PLR0913 - all that is known of a change
    services: Services,
    manager: Manager,
    change: Change,
    entry: Entry,
    old: Integration,
    tests: Sequence[Mapping[str, Any]] | None,
    *,
    is_forced: bool,
) -> Applied:
    whole = to_body(entry)
    changed = set(change.differences)
    plain = changed & set(DEFAULTS[entry.type]) - set(SECRET_FIELDS)
    body = {name: whole.get(name) for name in (*_NEEDED, *plain)}
    body |= {"type": entry.type.value, "integrationId": old.id, "name": entry.name}
    body["forceScript"] = is_forced
    if not isinstance(old, OutgoingIntegration):
        form = read_changed_incoming(body)
        new = update_incoming(services, manager, form, version=old.updated_at, tests=tests)
        return Applied(new.integration, {}, new.broken_tests)
    secrets = _change_secrets(body, changed, entry, old)
    changed_form = read_changed_outgoing(body)
    saved = update_outgoing(services, manager, changed_form, version=old.updated_at, tests=tests)
    secrets |= _made(saved, entry.given.body())
    return Applied(saved.integration, secrets, saved.broken_tests)


def _change_secrets(
    body: dict[str, Any], changed: set[str], entry: Entry, old: OutgoingIntegration
) -> dict[str, str]:
    """Put into a body what changes of the secrets, and return those that are made now."""
    given, secrets = entry.given.body(), {}
    if "token" in changed and "token" not in given:
        secrets["token"] = body["token"] = new_token()
    if "signingSecret" in changed:
        body["signingSecret"] = entry.fields["signingSecret"]
    if "basicAuth" in changed:
        body["basicAuth"] = None
    body |= {name: given[name] for name in changed & set(given)}
    if any(name.partition(" ")[0] in {"header", "headers"} for name in changed):
        wanted = set(entry.fields["headers"])
        kept = {name: text for name, text in old.headers.items() if name in wanted}
        body["headers"] = kept | given.get("headers", {})
    return secrets


def _made(saved: Saved[OutgoingIntegration], given: Mapping[str, Any]) -> dict[str, str]:
    """Return the signing secret, if the server made it now."""
    if saved.signing_secret is None or "signingSecret" in given:
        return {}
    return {"signingSecret": saved.signing_secret}
