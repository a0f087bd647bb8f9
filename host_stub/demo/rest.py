"""A minimal client of the server's REST API."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from host_stub.demo.errors import DemoBroke

_SECONDS = 10.0


class Refused(DemoBroke):
    """The server answered with an error."""


class RestClient:
    """Calls `/api/v1` of one server, as one user once logged in."""

    def __init__(self, address: str) -> None:
        self._netloc = urlsplit(address).netloc
        self._login: dict[str, str] = {}

    def is_ready(self) -> bool:
        """Return whether the server answers yet."""
        try:
            self._request("GET", "/api/info", None, seconds=0.3)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def log_in(self, username: str, password: str) -> None:
        """Make the following calls as this user.

        Raises:
            Refused: the password is wrong.
        """
        answer = self.post("login", {"user": username, "password": password})
        data = answer["data"]
        self._login = {"X-Auth-Token": data["authToken"], "X-User-Id": data["userId"]}

    def get(self, method: str, **query: str) -> dict[str, Any]:
        """Call a method that reads.

        Raises:
            Refused: the server answered with an error.
        """
        return self._call("GET", f"/api/v1/{method}?{urlencode(query)}", None)

    def post(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call a method that changes something.

        Raises:
            Refused: the server answered with an error.
        """
        return self._call("POST", f"/api/v1/{method}", body)

    def put(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call a method that replaces something.

        Raises:
            Refused: the server answered with an error.
        """
        return self._call("PUT", f"/api/v1/{method}", body)

    def find_integration(self, integration_id: str) -> dict[str, Any] | None:
        """Return an integration, or None if it is gone."""
        try:
            answer = self.get("integrations.get", integrationId=integration_id)
        except Refused:
            return None
        found: dict[str, Any] = answer["integration"]
        return found

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        try:
            status, text = self._request(method, path, body, seconds=_SECONDS)
            answer: dict[str, Any] = json.loads(text)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DemoBroke(f"The web server does not answer {path}: {error}") from error
        if status != 200:
            reason = answer.get("error") or answer.get("message")
            raise Refused(f"The web server refused {path} with status {status}: {reason}")
        return answer

    def _request(
        self, method: str, path: str, body: dict[str, Any] | None, *, seconds: float
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._netloc, timeout=seconds)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            sent = json.dumps(body) if body is not None else None
            connection.request(method, path, sent, headers | self._login)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
