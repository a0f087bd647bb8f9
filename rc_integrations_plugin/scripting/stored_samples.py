"""Samples of a script's work as one JSON object: as docs/script-tests.md has them in files."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rc_integrations_plugin.scripting.bench import held_still, read_answers
from rc_integrations_plugin.scripting.protocol import Script, Trial, TrialCall
from rc_integrations_plugin.scripting.sample_files import (
    METHOD,
    SampleFault,
    fill_request,
    read_call,
)

_KEYS: Mapping[str, type] = MappingProxyType(
    {
        "request": dict,
        "argument": object,
        "expected": dict,
        "http": list,
        "before": list,
        "options": dict,
    }
)
_OPTIONS: Mapping[str, type | tuple[type, ...]] = MappingProxyType(
    {"method": str, "now": (str, int, float), "random": (int, float)}
)
_EXPECTED = frozenset({"ok", "type", "result", "error", "console", "http", "store"})
_MOST_CALLS = 20


def read_stored_sample(
    document: Any, script: Script, *, usual_method: str = METHOD
) -> tuple[Trial, Mapping[str, Any]]:
    """Return the calls of a sample and what must come of the last one.

    Args:
        document: the sample.
        script: is called; a sample with `now` or `random` holds them still for it.
        usual_method: where the sample names none.

    Raises:
        SampleFault: it cannot be run.
    """
    sample = _check(document)
    options = sample.get("options", {})
    method = options.get("method", usual_method)
    before = [read_call(item, "before") for item in sample.get("before", ())]
    if len(before) > _MOST_CALLS:
        raise SampleFault(f"before must not have more than {_MOST_CALLS} calls")
    try:
        still = held_still(options.get("now"), options.get("random"))
        answers = tuple(read_answers(sample.get("http", [])))
    except ValueError as error:
        raise SampleFault(str(error)) from None
    calls = [TrialCall(method=name, argument=argument) for name, argument in before]
    calls.append(TrialCall(method=method, argument=_argument(sample, method)))
    held = Script(
        integration_id=script.integration_id,
        name=script.name,
        version=script.version,
        source=script.source,
        skip_transpile=script.skip_transpile,
        compiled=script.compiled,
        held_still=still,
    )
    return Trial(script=held, calls=tuple(calls), answers=answers), sample["expected"]


def _check(document: Any) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise SampleFault("a test must be an object")
    _check_types(document, _KEYS, "key")
    _check_types(document.get("options", {}), _OPTIONS, "option")
    if "request" in document and "argument" in document:
        raise SampleFault("it has both request and argument")
    expected = document.get("expected")
    if not expected:
        raise SampleFault("expected must say what must come of it")
    if unknown := set(expected) - _EXPECTED:
        raise SampleFault(f"expected: there is nothing named {min(unknown)} to compare")
    return document


def _check_types(
    document: Mapping[str, Any], kinds: Mapping[str, type | tuple[type, ...]], what: str
) -> None:
    for key, value in document.items():
        kind = kinds.get(key)
        if kind is None:
            raise SampleFault(f"there is no {what} {key}; there are {', '.join(kinds)}")
        is_flag = isinstance(value, bool) and kind is not object
        if not isinstance(value, kind) or is_flag:
            raise SampleFault(f"{key} has a value of the wrong type")


def _argument(sample: Mapping[str, Any], method: str) -> Any:
    if "argument" in sample:
        return sample["argument"]
    if method != METHOD:
        raise SampleFault(f"argument must be what {method} is given")
    return {"request": fill_request(sample.get("request", {}))}
