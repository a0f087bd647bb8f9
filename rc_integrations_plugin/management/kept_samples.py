"""Calls that were tried, as tests that are kept with an integration."""

from collections.abc import Sequence
from typing import Any

from rc_integrations_plugin.integrations.masks import MASK, Mask
from rc_integrations_plugin.management.trying import MadeCall
from rc_integrations_plugin.outgoing.steps import PROCESS
from rc_integrations_plugin.scripting.bench import fault_document
from rc_integrations_plugin.scripting.sample_files import METHOD


def kept_sample(made: Sequence[MadeCall], number: int) -> dict[str, Any]:
    """Return a sample of a call that was tried, whose present result must come of it again.

    Args:
        made: the calls of one instance, in order.
        number: which of them; those before it come first in the sample too.
    """
    call = made[number]
    run = call.run
    expected: dict[str, Any] = {"type": run.value_type, "result": run.value}
    if run.fault is not None:
        fault = fault_document(run.fault)
        expected = {"error": {key: fault[key] for key in ("kind", "name", "message", "line")}}
    sample: dict[str, Any] = {"argument": call.argument, "expected": expected}
    if number:
        sample["before"] = [[one.method, one.argument] for one in made[:number]]
    if call.method != METHOD:
        sample["options"] = {"method": call.method}
    return sample


def secret_headers(made: Sequence[MadeCall], number: int) -> list[str]:
    """Return the names of headers of a call, or an answer, whose values no test may keep.

    They were typed: recorded ones are `***`. Tests are exported, and a header that was masked only
    afterwards would not make the script do what it did.
    """
    call = made[number]
    part = call.argument["response" if call.method == PROCESS else "request"]
    headers = {name: value for name, value in part.get("headers", {}).items() if value}
    masked = Mask().headers({name.lower(): value for name, value in headers.items()})
    return [
        name
        for name, value in headers.items()
        if masked[name.lower()] == MASK and MASK not in value
    ]
