"""What a chat server may say about the pages: its base template and its log-in."""

from typing import Any

import jinja2
import pytest
from flask import Flask

from tests.callers import Server
from tests.unit.admin.conftest import visitor

TEMPLATE = """<html><head><title>{% block title %}{% endblock %}</title>
{% block head %}{% endblock %}</head>
<body><nav>The server's own menu</nav>{% block content %}{% endblock %}</body></html>"""


@pytest.fixture
def config(config: dict[str, Any]) -> dict[str, Any]:
    return config | {
        "RC_INTEGRATIONS_BASE_TEMPLATE": "look.html",
        "RC_INTEGRATIONS_LOGIN_URL": "/login?next={next}",
    }


@pytest.fixture
def app(config: dict[str, Any]) -> Any:
    from host_stub.app import create_app  # noqa: PLC0415

    app = create_app(config)
    app.jinja_loader = jinja2.DictLoader({"look.html": TEMPLATE})
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_the_pages_are_a_part_of_the_server_s_own_look(app: Flask) -> None:
    server = Server(app)
    server.fill()

    page = visitor(server.caller("admin")).text()

    assert "The server's own menu" in page
    assert "<title>All \N{EN DASH} Integrations</title>" in page
    assert "admin.css" in page
    assert "page.css" not in page


def test_a_stranger_is_sent_to_the_log_in_and_back(app: Flask) -> None:
    answer = app.test_client().get("/admin/integrations?q=a b&sort=name")

    assert answer.status_code == 302
    wanted = "%2Fadmin%2Fintegrations%3Fq%3Da%2520b%26sort%3Dname"
    assert answer.headers["Location"] == f"/login?next={wanted}"


def test_only_who_wants_a_page_is_sent_there(app: Flask) -> None:
    client = app.test_client()

    assert client.post("/admin/integrations/check-script").status_code == 401
    script = client.get("/admin/integrations", headers={"Accept": "application/json"})
    assert script.status_code == 401
    assert script.json is not None
    assert script.json["errorType"] == "error-not-logged-in"


def test_a_server_below_a_path_keeps_it(app: Flask) -> None:
    client = app.test_client()

    answer = client.get("/admin/integrations", base_url="http://localhost/chat")

    assert answer.headers["Location"] == "/login?next=%2Fchat%2Fadmin%2Fintegrations"
