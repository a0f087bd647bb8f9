"""The sample scripts of `tests/compat/scripts`, each with the request it gets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

COMPAT = Path(__file__).parent / "compat"
CASES = COMPAT / "scripts"
PATH = "/hooks/67b451c857422a89b02e2ec9/0123456789abcdef"


@dataclass(frozen=True, kw_only=True)
class ScriptCase:
    """One script and the calls that it gets: `calls` times the same."""

    source: str
    method: str
    argument: Any
    calls: int
    http: tuple[Mapping[str, Any], ...]
    expected: Mapping[str, Any]


def case_names() -> list[str]:
    """Return the names of all cases."""
    return sorted(path.parent.name for path in CASES.glob("*/request.json"))


def load_case(name: str) -> ScriptCase:
    """Read a case; its script may be that of another one."""
    folder = CASES / name
    request = json.loads((folder / "request.json").read_text())
    http, expected = folder / "http.json", folder / "expected.json"
    method = request.get("method", "process_incoming_request")
    return ScriptCase(
        source=(CASES / request.get("script", name) / "script.js").read_text(),
        method=method,
        argument=ARGUMENTS[method](request),
        calls=request.get("calls", 1),
        http=tuple(json.loads(http.read_text())) if http.exists() else (),
        expected=json.loads(expected.read_text()) if expected.exists() else {},
    )


def _incoming(request: Mapping[str, Any]) -> dict[str, Any]:
    raw = (
        (COMPAT / "payloads" / request["payload"]).read_text()
        if "payload" in request
        else json.dumps(request["content"])
    )
    content = json.loads(raw)
    if "form" in request:
        raw = urlencode({request["form"]: raw})
    query = request.get("query", {})
    search = f"?{urlencode(query)}" if query else ""
    return {
        "request": {
            "url": {
                "hash": "",
                "search": search,
                "query": query,
                "pathname": PATH,
                "path": PATH + search,
            },
            "url_raw": PATH + search,
            "url_params": {"integrationId": PATH.split("/")[2], "token": PATH.split("/")[3]},
            "content": content,
            "content_raw": raw,
            "headers": {"content-type": "application/json", **request.get("headers", {})},
            "body": content,
            "user": {"_id": "C38WSSzrGd2NCjzqJ", "name": "Rocket Cat", "username": "rocket.cat"},
        }
    }


def _outgoing(request: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        "token": "0123456789abcdef",
        "bot": False,
        "channel_id": "GENERAL",
        "channel_name": "general",
        "message_id": "Dz8zc5H3aX8Bp6LtK",
        "timestamp": "2024-05-01T12:00:00.000Z",
        "user_id": "C38WSSzrGd2NCjzqJ",
        "user_name": "rocket.cat",
        **request.get("data", {}),
    }
    return {
        "request": {
            "params": {},
            "method": "POST",
            "url": request.get("url", "https://api.example.com/hook"),
            "data": data,
            "headers": {"User-Agent": "Mozilla/5.0"},
        }
    }


def _response(request: Mapping[str, Any]) -> dict[str, Any]:
    response = request["response"]
    content = response["content"]
    return {
        **_outgoing(request),
        "response": {
            "error": None,
            "status_code": response.get("status_code", 200),
            "content": content,
            "content_raw": content if isinstance(content, str) else json.dumps(content),
            "headers": {"content-type": "application/json"},
        },
    }


ARGUMENTS = {
    "process_incoming_request": _incoming,
    "prepare_outgoing_request": _outgoing,
    "process_outgoing_response": _response,
}
