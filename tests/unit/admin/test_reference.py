"""The page that describes the API."""

import re

from flask import Flask

from rc_integrations_plugin.openapi.description import describe_api
from rc_integrations_plugin.openapi.reference import read_calls
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
