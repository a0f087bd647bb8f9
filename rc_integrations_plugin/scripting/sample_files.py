"""Samples of a script's work as files: what is called, and what must come of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

METHOD = "process_incoming_request"
EXPECTED = "expected.json"
_INPUTS = ("request.json", "argument.json")
_OPTIONS: Mapping[str, type | tuple[type, ...]] = {
    "method": str,
    "now": (str, int, float),
    "random": (int, float),
    "timezone": str,
    "skipTranspile": bool,
}


class SampleFault(ValueError):
    """A file is missing, cannot be read, or is not what it should be."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One call of a script."""

    source: str
    method: str
    argument: Any
    before: Sequence[tuple[str, Any]]
    http: Sequence[Mapping[str, Any]]
    options: Mapping[str, Any]
    expected: Mapping[str, Any] | None
    """None if nothing was written down yet."""


def find_folders(root: Path) -> list[Path]:
    """Return the folders at any depth that hold a sample, in order."""
    found = {path.parent for name in (EXPECTED, *_INPUTS) for path in root.rglob(name)}
    return sorted(folder for folder in found if folder.is_dir())


def read_sample(folder: Path, root: Path) -> Sample:
    """Return the sample in a folder.

    Raises:
        SampleFault: it cannot be run.
    """
    script = _nearest(folder, root, "script.js")
    if script is None:
        raise SampleFault(f"there is no script.js in {folder}, nor above it")
    options = _read_options(_nearest(folder, root, "options.json"))
    http = _nearest(folder, root, "http.json")
    expected = folder / EXPECTED
    return Sample(
        source=read_text(script),
        method=options.pop("method", METHOD),
        argument=_read_argument(folder),
        before=read_calls(folder / "before.json") if (folder / "before.json").exists() else (),
        http=read_list(http) if http else (),
        options=options,
        expected=_read_object(expected) if expected.exists() else None,
    )


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises:
        SampleFault: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SampleFault(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SampleFault(f"{path} is not UTF-8") from None


def read_json(path: Path) -> Any:
    """Return what a JSON file holds.

    Raises:
        SampleFault: it cannot be read.
    """
    return parse_json(read_text(path), name=str(path))


def parse_json(text: str, *, name: str) -> Any:
    """Return what a JSON text says.

    Raises:
        SampleFault: it is none; with the name.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SampleFault(f"{name} is not JSON: {error.msg} ({place})") from None
    except RecursionError:
        raise SampleFault(f"{name} is nested too deeply") from None


def read_list(path: Path) -> list[Any]:
    """Return the list in a JSON file.

    Raises:
        SampleFault: there is none.
    """
    value = read_json(path)
    if not isinstance(value, list):
        raise SampleFault(f"{path} must be a list")
    return value


def read_calls(path: Path) -> Sequence[tuple[str, Any]]:
    """Return the calls in a JSON file, as pairs of method and argument.

    Raises:
        SampleFault: it holds something else.
    """
    return [read_call(item, str(path)) for item in read_list(path)]


def read_call(item: Any, name: str) -> tuple[str, Any]:
    """Return a call as a pair of method and argument.

    Raises:
        SampleFault: it is none; with the name of what should hold calls.
    """
    match item:
        case [str(method), argument]:
            return method, argument
        case {"method": str(method), **rest} if rest.keys() <= {"argument"}:
            return method, rest.get("argument")
    raise SampleFault(f'{name} must be a list of ["method", argument]')


def _read_argument(folder: Path) -> Any:
    request, argument = (folder / name for name in _INPUTS)
    if argument.exists():
        if request.exists():
            raise SampleFault(f"{folder} has both request.json and argument.json")
        return read_json(argument)
    return {"request": fill_request(_read_object(request) if request.exists() else {})}


def fill_request(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request of `process_incoming_request`, usual where nothing is given."""
    content = parts.get("content", {})
    path = "/hooks/integration/token"
    raw = f"http://localhost{path}"
    url = {"hash": "", "search": "", "query": {}, "pathname": path, "path": raw}
    given_url = parts.get("url")
    usual = {
        "url_raw": raw,
        "url_params": {"integrationId": "integration", "token": "token"},
        "content": content,
        "content_raw": json.dumps(content, ensure_ascii=False),
        "headers": {"host": "localhost", "content-type": "application/json"},
        "body": content,
        "user": {"_id": "rocket.cat", "name": "Rocket.Cat", "username": "rocket.cat"},
    }
    whole_url = {**url, **given_url} if isinstance(given_url, dict) else url
    return {**usual, **parts, "url": whole_url}


def _read_options(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    options = _read_object(path)
    for name, value in options.items():
        kind = _OPTIONS.get(name)
        if kind is None:
            raise SampleFault(f"{path}: there is no option {name}; there are {', '.join(_OPTIONS)}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise SampleFault(f"{path}: {name} has a value of the wrong type")
    if "skipTranspile" in options:
        options["skip_transpile"] = options.pop("skipTranspile")
    return options


def _read_object(path: Path) -> dict[str, Any]:
    value = read_json(path)
    if not isinstance(value, dict):
        raise SampleFault(f"{path} must be an object")
    return value


def _nearest(folder: Path, root: Path, name: str) -> Path | None:
    """Return the file of a name in a folder, or else in the nearest above it, up to the root."""
    return next((path for path in _upwards(folder, root, name) if path.is_file()), None)


def _upwards(folder: Path, root: Path, name: str) -> Iterator[Path]:
    yield folder / name
    while folder not in {root, folder.parent}:
        folder = folder.parent
        yield folder / name
