"""What the files of a sample say, and how an outcome is compared with them."""

import json
from pathlib import Path
from typing import Any

import pytest

from rc_integrations_plugin.scripting.bench import ScriptReport
from rc_integrations_plugin.scripting.sample_files import (
    SampleFault,
    fill_request,
    find_folders,
    read_calls,
    read_sample,
)
from rc_integrations_plugin.scripting.samples import find_differences


def write(folder: Path, **files: Any) -> Path:
    """Write JSON files, and `script` as script.js."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        if name == "script":
            (folder / "script.js").write_text(value)
        else:
            (folder / f"{name}.json").write_text(json.dumps(value))
    return folder


def report(**fields: Any) -> ScriptReport:
    usual: dict[str, Any] = {"ok": True, "type": "object", "result": {}, "error": None}
    return ScriptReport(**usual | fields)


def fault(**fields: Any) -> ScriptReport:
    error: dict[str, Any] = {
        "kind": "exception",
        "name": "TypeError",
        "message": "no",
        "line": 3,
        "stack": "x",
    }
    return report(ok=False, type="undefined", result=None, error=error | fields)


def test_each_folder_with_something_to_call_or_to_expect_is_a_sample(tmp_path: Path) -> None:
    write(tmp_path / "a", expected={})
    write(tmp_path / "b" / "c", request={})
    write(tmp_path / "d", argument=1)
    write(tmp_path / "e", script="", options={})

    assert find_folders(tmp_path) == [tmp_path / "a", tmp_path / "b" / "c", tmp_path / "d"]


def test_the_nearest_script_above_serves_all_samples_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path, script="outer")
    write(tmp_path / "a", script="inner")
    own = write(tmp_path / "a" / "one", request={})
    other = write(tmp_path / "b", request={})

    assert read_sample(own, tmp_path).source == "inner"
    assert read_sample(other, tmp_path).source == "outer"


def test_files_above_the_named_folder_are_not_used(tmp_path: Path) -> None:
    write(tmp_path, script="outside")
    root = write(tmp_path / "samples")
    folder = write(root / "one", request={})

    with pytest.raises(SampleFault, match=r"no script\.js"):
        read_sample(folder, root)


def test_a_sample_is_read_with_all_its_files(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        script="class Script {}",
        argument={"a": 1},
        before=[["first", None], {"method": "second", "argument": 2}, {"method": "third"}],
        http=[{"match": "x", "result": {}}],
        options={"method": "run", "now": "2024-05-01", "random": 0.5, "skipTranspile": True},
        expected={"result": 5},
    )

    sample = read_sample(folder, tmp_path)

    assert sample.method == "run"
    assert sample.argument == {"a": 1}
    assert list(sample.before) == [("first", None), ("second", 2), ("third", None)]
    assert sample.http == [{"match": "x", "result": {}}]
    assert sample.options == {"now": "2024-05-01", "random": 0.5, "skip_transpile": True}
    assert sample.expected == {"result": 5}


def test_a_request_is_filled_up_as_a_hook_would_get_it(tmp_path: Path) -> None:
    request = fill_request({"content": {"text": "ä"}, "url": {"query": {"a": "1"}}})

    assert request["content_raw"] == '{"text": "ä"}'
    assert request["body"] == {"text": "ä"}
    assert request["headers"]["content-type"] == "application/json"
    assert request["url"]["query"] == {"a": "1"}
    assert request["url"]["pathname"].startswith("/hooks/")
    assert request["user"]["username"] == "rocket.cat"


def test_what_a_request_gives_is_kept() -> None:
    given: dict[str, Any] = {"content": None, "content_raw": "a=b", "headers": {}, "body": 5}

    assert fill_request(given).items() >= given.items()


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"request": {}, "argument": {}}, "both"),
        ({"request": []}, "object"),
        ({"argument": 1, "before": {}}, "list"),
        ({"argument": 1, "before": [["one"]]}, "argument"),
        ({"argument": 1, "before": [{"method": "x", "other": 1}]}, "argument"),
        ({"argument": 1, "http": {}}, "list"),
        ({"argument": 1, "options": []}, "object"),
        ({"argument": 1, "options": {"speed": 1}}, "no option speed"),
        ({"argument": 1, "options": {"method": 5}}, "wrong type"),
        ({"argument": 1, "options": {"random": True}}, "wrong type"),
        ({"argument": 1, "options": {"skipTranspile": "yes"}}, "wrong type"),
        ({"argument": 1, "expected": []}, "object"),
    ],
)
def test_files_of_the_wrong_form_are_refused(
    tmp_path: Path, files: dict[str, Any], reason: str
) -> None:
    folder = write(tmp_path, script="", **files)

    with pytest.raises(SampleFault, match=reason):
        read_sample(folder, tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", r"not JSON: .* \(line 1, column 2\)"),
        (b"\xff", "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_json_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "before.json"
    path.write_bytes(content)

    with pytest.raises(SampleFault, match=f"before.json is {reason}"):
        read_calls(path)


HOLDS = {
    "the result": ({"result": {"a": [1, 2]}}, report(result={"a": [1.0, 2]})),
    "the type": ({"type": "undefined"}, report(type="undefined")),
    "nothing in particular": ({}, report()),
    "a part of the error": ({"error": {"name": "TypeError", "line": 3}}, fault()),
    "any failure": ({"ok": False}, fault()),
    "console texts": ({"console": ["a"]}, report(console=[{"level": "log", "text": "a"}])),
    "console levels": (
        {"console": [{"level": "warn", "text": "a"}, "b"]},
        report(console=[{"level": "warn", "text": "a"}, {"level": "log", "text": "b"}]),
    ),
    "a part of a call": ({"http": [{"url": "u"}]}, report(http=[{"url": "u", "method": "GET"}])),
    "no call": ({"http": []}, report()),
    "a part of the store": ({"store": {"a": {"b": 1}}}, report(store={"a": {"b": 1}, "c": 2})),
}


@pytest.mark.parametrize(("expected", "actual"), HOLDS.values(), ids=HOLDS.keys())
def test_what_holds_has_no_differences(expected: dict[str, Any], actual: ScriptReport) -> None:
    assert find_differences(expected, actual) == ()


FAILS = {
    "another result": ({"result": 1}, report(result=2), "result"),
    "true is not 1": ({"result": 1}, report(result=True), "result"),
    "false is not 0": ({"result": {"a": False}}, report(result={"a": 0}), "result"),
    "more in the result": ({"result": {}}, report(result={"a": 1}), "result"),
    "a failure": ({}, fault(), "ok"),
    "a failure in place of a result": ({"result": 1}, fault(), "ok"),
    "success": ({"error": {"name": "TypeError"}}, report(), "ok"),
    "another error": ({"error": {"message": "yes"}}, fault(), "error"),
    "a call too many": ({"http": []}, report(http=[{"url": "u"}]), "http"),
    "a call too few": ({"http": [{"url": "u"}]}, report(), "http"),
    "another call": ({"http": [{"url": "u"}]}, report(http=[{"url": "v"}]), "http"),
    "a line too many": (
        {"console": []},
        report(console=[{"level": "log", "text": "a"}]),
        "console",
    ),
    "a line too few": ({"console": ["a"]}, report(), "console"),
    "nothing in the store": ({"store": {"a": 1}}, report(), "store"),
    "a misspelt key": ({"results": 1}, report(), "results"),
    "the time it took": ({"duration_ms": 1}, report(), "duration_ms"),
}


@pytest.mark.parametrize(("expected", "actual", "key"), FAILS.values(), ids=FAILS.keys())
def test_what_does_not_hold_is_told(
    expected: dict[str, Any], actual: ScriptReport, key: str
) -> None:
    differences = find_differences(expected, actual)

    assert key in differences[0].splitlines()[0]


def test_a_difference_shows_both_sides() -> None:
    (difference,) = find_differences({"result": {"text": "one"}}, report(result={"text": "two"}))

    assert '-  "text": "one"' in difference.splitlines()
    assert '+  "text": "two"' in difference.splitlines()


def test_a_sample_without_an_expectation_says_how_to_get_one() -> None:
    (difference,) = find_differences(None, report())

    assert "--update" in difference
