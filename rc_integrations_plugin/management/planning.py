"""What is to be done so that integrations become as they are described."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rc_integrations_plugin.integrations.masks import MASK
from rc_integrations_plugin.integrations.permissions import type_of
from rc_integrations_plugin.integrations.records import IntegrationType, OutgoingIntegration
from rc_integrations_plugin.integrations.text import quoted_name
from rc_integrations_plugin.management.descriptions import (
    SECRET_FIELDS,
    TYPE_WORDS,
    DescriptionFault,
    Entry,
    describe,
    masked_tests,
    whole_tests,
)
from rc_integrations_plugin.management.saved import Integration
from rc_integrations_plugin.management.secrets import (
    masked_script,
    masked_url,
    missing_secret,
    whole_script,
)

Difference = tuple[Any, Any]
"""What a field is, and what it is to be; secrets masked."""


@dataclass(frozen=True)
class Change:
    """One integration that is not as it is described."""

    action: str
    """One word: `create`, `update` or `remove`."""
    type: IntegrationType
    name: str
    old: Integration | None = None
    """None: it is to be made."""
    entry: Entry | None = None
    """With whole URLs and script. None: it is not described, and shall go."""
    differences: Mapping[str, Difference] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people call the integration."""
        place = "" if self.old is None else f" ({self.old.id})"
        return f"{TYPE_WORDS[self.type]} {quoted_name(self.name)}{place}"


@dataclass(frozen=True)
class Plan:
    """All that is to be done, and what only people can do."""

    changes: Sequence[Change]
    missing: Sequence[tuple[str, str]]
    """Integrations, and secrets of theirs that the description tells of and nobody has set."""
    unknown: Sequence[tuple[str, str, str]]
    """Integrations, secrets of theirs that cannot be compared, and the empty places of these."""
    undescribed: Sequence[Integration]


def make_plan(
    entries: Sequence[Entry],
    existing: Sequence[Integration],
    *,
    prune: bool,
    tests_of: Callable[[Integration], Sequence[Mapping[str, Any]]],
) -> Plan:
    """Return what makes the existing integrations as they are described.

    Args:
        entries: the descriptions.
        existing: those that the one who wants it may manage, the oldest first.
        tests_of: returns the tests of one of them.
        prune: whether those that are not described shall go.

    Raises:
        DescriptionFault: it is not clear which integration a description means, or a secret is
            missing that only the server could know.
    """
    pairs = _match(entries, existing)
    changes: list[Change] = []
    missing: list[tuple[str, str]] = []
    unknown: list[tuple[str, str, str]] = []
    for entry, old in pairs:
        whole = _with_secrets(entry, old)
        differences = _differences(whole, old)
        if old is not None and entry.tests is not None:
            differences |= _test_difference(entry.tests, tests_of(old), old)
        if old is None:
            differences = {"tests": ((), entry.tests)} if entry.tests else {}
            changes.append(Change("create", entry.type, entry.name, None, whole, differences))
        elif differences:
            changes.append(Change("update", entry.type, old.name, old, whole, differences))
        missing += [(entry.title, what) for what in _missing(entry, old)]
        unknown += [(entry.title, what, place) for what, place in entry.given.unset()]
    matched = {old.id for _, old in pairs if old is not None}
    undescribed = [one for one in existing if one.id not in matched]
    if prune:
        changes += [Change("remove", type_of(one), one.name, one) for one in undescribed]
    return Plan(changes, missing, unknown, undescribed)


def _match(
    entries: Sequence[Entry], existing: Sequence[Integration]
) -> list[tuple[Entry, Integration | None]]:
    by_id = {one.id: one for one in existing}
    known = {entry.id for entry in entries if entry.id in by_id}
    free: dict[tuple[IntegrationType, str], list[Integration]] = defaultdict(list)
    for one in existing:
        if one.id not in known:
            free[type_of(one), one.name].append(one)
    nameless = [entry for entry in entries if entry.id not in by_id]
    for key in {(entry.type, entry.name) for entry in nameless}:
        same = sum((entry.type, entry.name) == key for entry in nameless)
        if len(free[key]) > same:
            word = TYPE_WORDS[key[0]]
            name = quoted_name(key[1])
            raise DescriptionFault(f"several {word} integrations are called {name}: give an id")
    pairs: list[tuple[Entry, Integration | None]] = []
    for entry in entries:
        if entry.id in by_id:
            pairs.append((entry, _of_type(by_id[entry.id or ""], entry)))
        else:
            candidates = free[entry.type, entry.name]
            pairs.append((entry, candidates.pop(0) if candidates else None))
    return pairs


def _of_type(found: Integration, entry: Entry) -> Integration:
    if type_of(found) is not entry.type:
        raise DescriptionFault(f"{entry.title}: the id {found.id} belongs to one of the other type")
    return found


def _with_secrets(entry: Entry, old: Integration | None) -> Entry:
    """Return the entry with whole URLs and script: the secrets in them stay as they are."""
    fields = dict(entry.fields)
    fields["script"] = whole_script(fields["script"], old)
    place = missing_secret(fields["script"])
    if place is not None and (old is None or place not in (old.script or "")):
        raise DescriptionFault(f"{entry.title}: script holds {place}, and there is no such secret")
    if "urls" in fields:
        urls = old.urls if isinstance(old, OutgoingIntegration) else ()
        whole = {masked_url(url, old): url for url in urls if old is not None}
        fields["urls"] = tuple(whole.get(url, url) for url in fields["urls"])
        if old is not None and any(one.value is None for one in entry.given.urls):
            fields["urls"] = urls
        if any(MASK in url and url not in urls for url in fields["urls"]):
            raise DescriptionFault(f"{entry.title}: urls hold {MASK} in place of a secret")
    tests = None if entry.tests is None else tuple(whole_tests(entry.tests, old))
    return replace(entry, fields=fields, tests=tests)


def _differences(entry: Entry, old: Integration | None) -> dict[str, Difference]:
    if old is None:
        return {}
    is_now = {"name": old.name, **describe(old)}
    wanted: dict[str, Any] = {"name": entry.name, **entry.fields}
    wanted["script"] = masked_script(wanted["script"], old)
    found = {
        name: (is_now[name], value)
        for name, value in wanted.items()
        if name != "urls" and value != is_now[name] and _can_change(name, is_now[name], value)
    }
    if isinstance(old, OutgoingIntegration):
        found |= _url_difference(entry, old)
        found = {name: pair for name, pair in found.items() if name not in entry.given.fields}
        found |= entry.given.differences(old)
    return found


def _test_difference(
    wanted: Sequence[Mapping[str, Any]], tests: Sequence[Mapping[str, Any]], old: Integration
) -> dict[str, Difference]:
    is_now, will_be = masked_tests(tests, old), masked_tests(wanted, old)
    return {} if is_now == will_be else {"tests": (is_now, will_be)}


def _url_difference(entry: Entry, old: OutgoingIntegration) -> dict[str, Difference]:
    wanted = entry.fields["urls"]
    if wanted == old.urls:
        return {}
    shown = (entry.given.show_url(url, masked_url(url, old)) for url in wanted)
    return {"urls": (describe(old)["urls"], tuple(shown))}


def _can_change(name: str, is_now: Any, wanted: Any) -> bool:
    """Return whether a difference of secrets can be mended here, without knowing any."""
    if name not in SECRET_FIELDS:
        return True
    match name:
        case "token":
            # nothing takes the token of an outgoing integration away
            return not is_now
        case "signingSecret":
            return True
        case "basicAuth":
            return bool(is_now)
    return bool(set(is_now) - set(wanted))


def _missing(entry: Entry, old: Integration | None) -> Iterable[str]:
    """Yield secrets that only people can set."""
    is_now = {} if old is None else describe(old)
    given = entry.given
    if (
        entry.fields.get("basicAuth")
        and "basicAuth" not in given.fields
        and not is_now.get("basicAuth")
    ):
        yield "basicAuth"
    for name in entry.fields.get("headers", ()):
        if name not in given.headers and name not in is_now.get("headers", ()):
            yield f"the header {name}"
