"""A chat server for the management pages, and people who look at them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.callers import Caller, Server
from tests.databases import restore_server

PREFIX = "/admin/integrations"


@dataclass
class Visitor:
    """Somebody with a browser: it keeps cookies and says where its requests come from."""

    client: FlaskClient
    headers: dict[str, str]
    id: str
    username: str

    def get(self, path: str = "", **query: Any) -> TestResponse:
        return self.client.get(PREFIX + path, query_string=query, headers=self.headers)

    def text(self, path: str = "", **query: Any) -> str:
        """Return a page that must be shown."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def page_token(self) -> str:
        """Return the token that a page got just now."""
        found = re.search(r'data-csrf="([^"]+)"', self.text())
        assert found
        return found[1]

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send what a script of our page sends; a header that is empty is left out."""
        sent = {
            **self.headers,
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
            "X-CSRF-Token": headers.pop("token", None) or self.page_token(),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        shown = {name: value for name, value in sent.items() if value}
        return self.client.post(PREFIX + path, json=body or {}, headers=shown)

    def submit(self, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
        """Send a form as a browser without scripts does."""
        token = headers.pop("token", None) or self.page_token()
        sent = {
            **self.headers,
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        form = {**fields, "csrf_token": token}
        return self.client.post(PREFIX + path, data=form, headers=sent)


def visitor(caller: Caller) -> Visitor:
    return Visitor(caller.app.test_client(), caller.headers, caller.id, caller.username)


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


@pytest.fixture
def server(app: Flask, server_database: Path) -> Server:
    restore_server(app, server_database)
    return Server(app)


@pytest.fixture
def admin(server: Server) -> Visitor:
    """Holds all four permissions."""
    return visitor(server.caller("admin"))


@pytest.fixture
def stranger(app: Flask, server: Server) -> Visitor:
    """Not logged in."""
    return Visitor(app.test_client(), {}, "", "")
