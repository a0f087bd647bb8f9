"""A request that may change something comes from one of our pages, or is refused."""

import pytest
from flask import Flask

from rc_integrations_plugin.admin.csrf import COOKIE, is_same_origin, read_origin
from rc_integrations_plugin.services import Services
from tests.callers import Server
from tests.factories import make_incoming
from tests.unit.admin.conftest import Visitor, visitor

OWN = {read_origin("https://chat.example"), read_origin("http://localhost:3000/")}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://chat.example"},
        {"Origin": "https://chat.example"},
        {"Origin": "https://CHAT.example:443"},
        {"Origin": "http://localhost:3000"},
        {"Referer": "https://chat.example/admin/integrations?q=1"},
    ],
    ids=str,
)
def test_our_own_pages_are_known(headers: dict[str, str]) -> None:
    assert is_same_origin(headers, OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://chat.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://chat.example.evil.example"},
        {"Origin": "https://chat.example@evil.example"},
        {"Origin": "http://chat.example"},
        {"Origin": "https://chat.example:8443"},
        {"Origin": "https://evil.example", "Referer": "https://chat.example/"},
        {"Origin": "https://chat.example:99999"},
        {"Referer": "https://evil.example/https://chat.example/"},
        {"Referer": "about:blank"},
    ],
    ids=str,
)
def test_who_comes_from_elsewhere_or_says_nothing_is_refused(headers: dict[str, str]) -> None:
    assert not is_same_origin(headers, OWN)


@pytest.fixture
def path(services: Services, admin: Visitor) -> str:
    hook = make_incoming(token="s3cret")
    services.integrations.add(hook)
    return f"/{hook.id}/token"


def test_a_request_of_our_page_is_answered(admin: Visitor, path: str) -> None:
    assert admin.post(path).json == {"success": True, "token": "s3cret"}


def test_a_request_from_another_site_is_refused_though_its_token_is_right(
    admin: Visitor, path: str
) -> None:
    answer = admin.post(path, Sec_Fetch_Site="cross-site")

    assert answer.status_code == 403
    assert answer.json == {
        "success": False,
        "error": "The request does not come from a page of this server.",
        "errorType": "error-not-from-page",
    }


def test_an_old_browser_is_known_by_its_origin(admin: Visitor, path: str) -> None:
    assert admin.post(path, Sec_Fetch_Site="", Origin="http://localhost").status_code == 200
    assert admin.post(path, Sec_Fetch_Site="", Origin="http://evil.example").status_code == 403
    assert admin.post(path, Sec_Fetch_Site="").status_code == 403


@pytest.mark.parametrize("token", ["none", "WyJhIl0.aaaaaa.bbbbbbbb", "é", "a" * 10_000])
def test_without_a_good_token_our_own_page_is_refused(
    admin: Visitor, path: str, token: str
) -> None:
    admin.page_token()

    assert admin.post(path, token=token).status_code == 403


def test_the_token_of_somebody_else_is_worth_nothing(
    server: Server, admin: Visitor, path: str
) -> None:
    other = visitor(server.caller("carol", "manage-incoming-integrations"))
    other.client = admin.client

    assert admin.post(path, token=other.page_token()).status_code == 403


def test_a_token_counts_only_in_the_browser_that_got_it(
    app: Flask, admin: Visitor, path: str
) -> None:
    token = admin.page_token()
    elsewhere = Visitor(app.test_client(), admin.headers, admin.id, admin.username)

    assert elsewhere.post(path, token=token).status_code == 403
    elsewhere.page_token()
    assert elsewhere.post(path, token=token).status_code == 403
    assert admin.post(path, token=token).status_code == 200


def test_a_token_is_another_one_with_the_server_s_secret_key(
    app: Flask, admin: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = admin.page_token()

    monkeypatch.setitem(app.config, "SECRET_KEY", "key")

    assert admin.post(path, token=token).status_code == 403
    assert admin.post(path).status_code == 200


def test_a_form_s_field_is_as_good_as_the_header(admin: Visitor, path: str) -> None:
    answer = admin.client.post(
        f"/admin/integrations{path}",
        data={"csrf_token": admin.page_token()},
        headers={**admin.headers, "Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 200


def test_the_cookie_is_for_the_pages_only_and_out_of_reach_of_scripts(admin: Visitor) -> None:
    cookie = admin.get().headers["Set-Cookie"]

    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/admin/integrations" in cookie
    assert "Set-Cookie" not in admin.get().headers


def test_a_stranger_is_told_to_log_in_before_anything_else(stranger: Visitor, path: str) -> None:
    assert stranger.post(path, token="none").status_code == 401
