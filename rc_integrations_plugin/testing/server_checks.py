"""What the host says about itself: capabilities, refusals, address, limit, signals."""

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from blinker import Namespace

from rc_integrations_plugin.host.port import Capability
from rc_integrations_plugin.testing.checks import check, expect, fail
from rc_integrations_plugin.testing.stage import Stage

_LONGEST_TRIED = 200_000


@check("Host.capabilities")
def is_a_set_of_known_names(stage: Stage) -> None:
    """The plugin asks `Capability.X in host.capabilities` for each message.

    A name that it does not know is a spelling mistake; what it stands for would never be used.
    """
    claimed = stage.host.capabilities
    expect(isinstance(claimed, AbstractSet), f"{type(claimed).__name__} instead of a set")
    known = {str(capability) for capability in Capability}
    unknown = {str(name) for name in claimed} - known
    expect(not unknown, f"unknown: {sorted(unknown)}; known are {sorted(known)}")


@check("Host.refusals")
def are_exceptions_of_the_server(stage: Stage) -> None:
    """The plugin turns exactly these into an answer for the sender.

    A builtin class among them would hide programming faults as refusals.
    """
    refusals = stage.host.refusals
    expect(isinstance(refusals, tuple), f"{refusals!r} instead of a tuple of classes")
    expect(refusals, "no class at all: how does the host say no?")
    for refusal in refusals:
        expect(Exception in getattr(refusal, "__mro__", ()), f"{refusal!r} is no exception class")
        expect(refusal.__module__ != "builtins", f"{refusal.__name__} is Python's own, too broad")


@check("Host.site_url")
def is_an_address_without_a_slash_at_the_end(stage: Stage) -> None:
    """The plugin puts `/hooks/...` behind it in the addresses that people copy."""
    site_url = stage.host.site_url
    expect(isinstance(site_url, str), f"{site_url!r} is not a str")
    parts = urlsplit(site_url)
    expect(parts.scheme in {"http", "https"} and parts.hostname, f"{site_url!r} is no web address")
    expect(not site_url.endswith("/"), f"{site_url!r} ends in a slash")
    expect(not parts.query and not parts.fragment, f"{site_url!r} has a query or a fragment")


@check("Host.message_size_limit")
def is_a_positive_number(stage: Stage) -> None:
    """The plugin refuses a longer text before it asks the host, with a reason for the sender."""
    limit = stage.host.message_size_limit
    expect(type(limit) is int and limit > 0, f"{limit!r} instead of an int above 0")


@check("Host.message_size_limit")
def is_how_long_a_text_may_really_be(stage: Stage) -> None:
    """A text of this many UTF-16 code units is taken, whatever its letters.

    The plugin has told the sender that it fits. Count `len(text.encode("utf-16-le")) // 2`.
    """
    author = stage.author()
    room = stage.channel(author)
    units = min(stage.host.message_size_limit, _LONGEST_TRIED)
    for letters, text in {
        "x": "x" * units,
        "é": "é" * units,
        "😀 (two units each)": "😀" * (units // 2),
    }.items():
        try:
            stage.post(stage.draft(text), room=room, as_user=author)
        except stage.host.refusals as refusal:
            fail(f"{units} units of {letters} were refused: {refusal}")
        stored = stage.stored_texts(room)[-1]
        expect(stored == text, f"of {units} units of {letters}, {len(stored)} letters were kept")


@check("Host.signals")
def is_one_lasting_namespace(stage: Stage) -> None:
    """The plugin connects once, at start-up, to `host.signals.signal(name)`.

    Another namespace later means that nothing ever arrives.
    """
    signals = stage.host.signals
    expect(isinstance(signals, Namespace), f"{type(signals).__name__} instead of blinker.Namespace")
    expect(stage.host.signals is signals, "each access gives another namespace")
