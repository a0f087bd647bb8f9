"""The page that describes the API."""

import dataclasses
import re

import pytest
from flask import Flask

from rc_integrations_plugin.openapi.description import describe_api
from rc_integrations_plugin.openapi.reference import read_calls
from rc_integrations_plugin.services import EXTENSION, Services
from tests.unit.admin.conftest import Visitor

DOCS = "/api/v1/integrations.docs"


def test_everybody_may_read_it(stranger: Visitor) -> None:
    answer = stranger.client.get(DOCS)

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "Set-Cookie" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_it_is_the_same_for_everybody(stranger: Visitor, admin: Visitor) -> None:
    one = stranger.client.get(DOCS)
    other = admin.client.get(DOCS, headers=admin.headers)

    assert one.data == other.data


def test_each_operation_has_its_place_and_each_link_leads_somewhere(stranger: Visitor) -> None:
    page = stranger.client.get(DOCS).text

    places = re.findall(r'id="([^"]+)"', page)
    assert len(set(places)) == len(places)
    for call in read_calls(describe_api("")):
        assert call.id in places
        assert call.path in page
    assert {
        target for target in re.findall(r'href="#([^"]+)"', page) if target not in places
    } == set()


def test_fields_codes_and_examples_are_shown(stranger: Visitor) -> None:
    page = stranger.client.get(DOCS).text

    assert "overrideDestinationChannelEnabled" in page
    assert "error-user-lacks-message-impersonate-permission" in page
    assert "Build 512 passed" in page
    assert "at most 1000 characters" in page


def test_what_stands_in_a_body_is_shown_below_it() -> None:
    bodies = {call.id: [one.name for one in call.bodies] for call in read_calls(describe_api(""))}

    assert bodies["tryIntegration"] == [
        "TryIntegration",
        "CallSample",
        "EventSample",
        "AnswerSample",
    ]
    assert bodies["subscribe"] == ["Subscribe", "SubscriptionData"]


def test_it_and_the_list_of_integrations_lead_to_each_other(
    app: Flask, stranger: Visitor, admin: Visitor
) -> None:
    assert f'href="{DOCS}"' in admin.text()
    page = stranger.client.get(DOCS).text
    assert 'href="/admin/integrations"' in page
    assert 'href="/api/v1/integrations.openapi"' in page


def test_paths_are_right_below_a_prefix(app: Flask) -> None:
    page = app.test_client().get(DOCS, environ_overrides={"SCRIPT_NAME": "/chat"}).text

    assert 'href="/chat/api/v1/integrations.openapi"' in page


@pytest.mark.parametrize("path", [DOCS, "/api/v1/integrations.openapi"])
def test_a_browser_keeps_it_and_is_told_whether_it_is_still_good(
    stranger: Visitor, path: str
) -> None:
    first = stranger.client.get(path)
    headers = {"If-None-Match": first.headers["ETag"]}

    again = stranger.client.get(path, headers=headers)
    below_a_prefix = stranger.client.get(
        path, headers=headers, environ_overrides={"SCRIPT_NAME": "/chat"}
    )

    assert first.headers["Cache-Control"] == "private, max-age=3600"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert below_a_prefix.status_code == 200


def test_a_page_in_the_look_of_the_chat_server_is_asked_for_again(
    app: Flask, stranger: Visitor
) -> None:
    """It may say who looks at it."""
    services: Services = app.extensions[EXTENSION]
    look = dataclasses.replace(services.settings, base_template="rc_integrations_admin/base.html")
    app.extensions[EXTENSION] = dataclasses.replace(services, settings=look)

    answer = stranger.client.get(DOCS)

    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = stranger.client.get(DOCS, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
