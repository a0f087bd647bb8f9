"""What is tried with much data: its beginning is shown, and the form keeps all of it."""

import json
import re

from flask import Flask

from rc_integrations_plugin.admin.pretty import LONGEST
from rc_integrations_plugin.scripting.protocol import ScriptRun
from rc_integrations_plugin.services import Services
from tests.factories import make_incoming, make_outgoing
from tests.fakes import ScriptedRunner
from tests.unit.admin.conftest import Visitor

LONG = "x" * 1_000_000


def left_out(page: str) -> list[int]:
    found = re.findall(r"([\d,]+) more characters are left out here", page)
    return [int(number.replace(",", "")) for number in found]


def test_a_long_result_is_cut_and_the_form_is_not(
    app: Flask, services: Services, admin: Visitor, scripted: ScriptedRunner
) -> None:
    with app.app_context():
        cat = services.host.find_users("rocket.cat")[0]
    hook = make_incoming(user_id=cat.id)
    services.integrations.add(hook)
    scripted.answer = lambda _argument: ScriptRun(
        value={"error": {"said": LONG}}, value_type="object"
    )
    sent = {
        "do": "run",
        "try_method": "POST",
        "try_contentType": "application/json",
        "try_body": json.dumps({"text": LONG.upper()}),
        "script": "class Script {}",
        "try_run": "yes",
    }

    page = admin.submit(f"/{hook.id}/try", sent).text

    assert LONG.upper() in page
    assert "x" * (LONGEST + 1) not in page
    assert "x" * (LONGEST - 100) in page
    numbers = left_out(page)
    assert len(numbers) == 3
    assert all(0 < number - (len(LONG) - LONGEST) < 100 for number in numbers)


def test_a_short_one_is_whole(app: Flask, services: Services, admin: Visitor) -> None:
    with app.app_context():
        cat = services.host.find_users("rocket.cat")[0]
    bridge = make_outgoing(user_id=cat.id)
    services.integrations.add(bridge)
    data = json.dumps({"text": "x" * 1000})
    sent = {"do": "run", "try_data": data, "try_url": bridge.urls[0]}

    page = admin.submit(f"/{bridge.id}/try", sent).text

    assert page.count("x" * 1000) == 2
    assert left_out(page) == []
