"""Secrets that a description takes from outside of its file, by names of places. Values only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rc_integrations_plugin.integrations.masks import MASK
from rc_integrations_plugin.integrations.records import OutgoingIntegration

_FIELDS = ("token", "signingSecret", "basicAuth")


class GivenFault(ValueError):
    """What a description says of a secret cannot be understood."""


@dataclass(frozen=True)
class GivenSecret:
    """One secret."""

    place: str
    """Where it is, such as the name of an environment variable; for people."""
    value: str | None = field(repr=False)
    """None: there is nothing in that place."""


@dataclass(frozen=True)
class Given:
    """The secrets of one described integration that come from outside."""

    fields: Mapping[str, GivenSecret] = field(default_factory=dict)
    headers: Mapping[str, GivenSecret] = field(default_factory=dict)
    urls: Sequence[GivenSecret] = ()

    def unset(self) -> Iterator[tuple[str, str]]:
        """Yield what is not there: for what, and in which place."""
        for what, secret in (*self.by_name().items(), *(("urls", one) for one in self.urls)):
            if secret.value is None:
                yield what, secret.place

    def body(self) -> dict[str, Any]:
        """Return those that are there as fields of `integrations.create`."""
        known = {name: one.value for name, one in self.fields.items() if one.value is not None}
        headers = {name: one.value for name, one in self.headers.items() if one.value is not None}
        return {**known, "headers": headers} if headers else dict(known)

    def differences(self, old: OutgoingIntegration) -> dict[str, tuple[str, str]]:
        """Return what of an integration is another one, as it is and will be, nothing of it shown.

        Its keys are the names of fields, and `header X-Key`. URLs are not compared here.
        """
        stored: dict[str, str | None] = {
            "token": old.token,
            "signingSecret": old.signing_secret,
            "basicAuth": old.basic_auth,
            **{f"header {name}": text for name, text in old.headers.items()},
        }
        return {
            name: (MASK if stored.get(name) else "none", f"from {one.place}")
            for name, one in self.by_name().items()
            if one.value is not None and one.value != stored.get(name)
        }

    def by_name(self) -> dict[str, GivenSecret]:
        """Return all but the URLs, by what people call them."""
        headers = {f"header {name}": one for name, one in self.headers.items()}
        return {**self.fields, **headers}

    def show_url(self, url: str, masked: str) -> str:
        """Return a URL for people: the place of one that comes from there, else `masked`."""
        places = {one.value: one.place for one in self.urls}
        return f"from {places[url]}" if url in places else masked


def take_given(data: Mapping[str, Any]) -> tuple[dict[str, Any], Given]:
    """Return a description without the secrets that are given, and these.

    Raises:
        GivenFault: a secret stands in it itself.
    """
    plain = dict(data)
    fields = {name: data[name] for name in _FIELDS if isinstance(data.get(name), GivenSecret)}
    plain |= dict.fromkeys(fields, True)
    headers = data.get("headers")
    if isinstance(headers, dict):
        plain["headers"] = list(headers)
        if not all(one is True or isinstance(one, GivenSecret) for one in headers.values()):
            raise GivenFault(
                "headers must have true or the place of a secret beside each name: secrets do not"
                " belong here"
            )
        headers = {name: one for name, one in headers.items() if isinstance(one, GivenSecret)}
    urls = data.get("urls")
    of_urls = (
        [one for one in urls if isinstance(one, GivenSecret)] if isinstance(urls, list) else []
    )
    if of_urls and isinstance(urls, list):
        values = (one.value if isinstance(one, GivenSecret) else one for one in urls)
        plain["urls"] = [one for one in values if one is not None]
    return plain, Given(fields, headers if isinstance(headers, dict) else {}, of_urls)
