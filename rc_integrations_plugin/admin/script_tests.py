"""The tests that live with an integration's script: list, run, add, change and delete."""

import json
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from rc_integrations_plugin.admin.pretty import pretty_json
from rc_integrations_plugin.admin.rendering import NAME, render
from rc_integrations_plugin.admin.viewers import Viewer, current_viewer, find_managed
from rc_integrations_plugin.errors import IntegrationsError, InvalidParams
from rc_integrations_plugin.integrations.records import IncomingIntegration, OutgoingIntegration
from rc_integrations_plugin.management import script_checks, script_tests
from rc_integrations_plugin.management.script_checks import CheckedTest
from rc_integrations_plugin.outgoing.steps import PREPARE
from rc_integrations_plugin.services import Services, current_services

Integration = IncomingIntegration | OutgoingIntegration
_EXAMPLES = {
    True: {
        "request": {"content": {"title": "Disk full"}},
        "expected": {"type": "object", "result": {"content": {"text": "*Disk full*"}}},
    },
    False: {
        "argument": {"request": {"url": "https://example.com/", "data": {"text": "hello"}}},
        "expected": {"type": "object", "result": {"url": "https://example.com/hello"}},
        "options": {"method": PREPARE},
    },
}


def add_routes(blueprint: Blueprint) -> None:
    """Add the pages of tests."""
    blueprint.get("/<integration_id>/tests")(show_tests)
    blueprint.post("/<integration_id>/tests")(add_test)
    blueprint.post("/<integration_id>/tests/run")(run_tests)
    blueprint.get("/<integration_id>/tests/<test_id>")(show_test)
    blueprint.post("/<integration_id>/tests/<test_id>")(save_test)
    blueprint.post("/<integration_id>/tests/<test_id>/delete")(delete_test)


def show_tests(integration_id: str) -> ResponseReturnValue:
    """Show the tests of an integration."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    return _page(services, viewer, found, notice=request.args.get("done", ""))


def add_test(integration_id: str) -> ResponseReturnValue:
    """Keep a test, or show what was typed with what is wrong with it."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    name, text = request.form.get("name", ""), request.form.get("sample", "")
    try:
        sample = _read(text)
        script_tests.add_test(services, viewer.manager_of(found), found, name, sample)
    except IntegrationsError as error:
        typed = {"name": name, "sample": text}
        return _page(services, viewer, found, failed=error.reason, typed=typed), 400
    return _show(found.id, "test-kept")


def run_tests(integration_id: str) -> ResponseReturnValue:
    """Run the tests with the stored script, and show what came of each."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    tests = script_tests.list_tests(services, viewer.manager_of(found), found)
    try:
        checked = script_checks.run_tests(services, found, tests, by=viewer.user.id)
    except IntegrationsError as error:
        return _page(services, viewer, found, failed=error.reason), error.status
    return _page(services, viewer, found, checked=checked)


def show_test(integration_id: str, test_id: str) -> ResponseReturnValue:
    """Show a test to change it."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    test = script_tests.load_test(services, viewer.manager_of(found), found, test_id)
    typed = {"name": test.name, "sample": pretty_json(test.sample)}
    return render("test.html", viewer, integration=found, test=test, typed=typed)


def save_test(integration_id: str, test_id: str) -> ResponseReturnValue:
    """Change a test, or show what was typed with what is wrong with it."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    manager = viewer.manager_of(found)
    test = script_tests.load_test(services, manager, found, test_id)
    name, text = request.form.get("name", ""), request.form.get("sample", "")
    try:
        script_tests.replace_test(services, manager, found, test.id, name, _read(text))
    except IntegrationsError as error:
        typed = {"name": name, "sample": text}
        page = render(
            "test.html", viewer, integration=found, test=test, typed=typed, failed=error.reason
        )
        return page, 400
    return _show(found.id, "test-kept")


def delete_test(integration_id: str, test_id: str) -> ResponseReturnValue:
    """Delete a test."""
    services = current_services()
    viewer = current_viewer(services)
    found = find_managed(services, viewer, integration_id)
    script_tests.remove_test(services, viewer.manager_of(found), found, test_id)
    return _show(found.id, "test-deleted")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidParams(f"The test is not JSON: {error.msg} ({place})") from None
    except (ValueError, RecursionError):
        raise InvalidParams("The test is not JSON") from None


def _page(
    services: Services,
    viewer: Viewer,
    found: Integration,
    *,
    checked: list[CheckedTest] | None = None,
    typed: dict[str, str] | None = None,
    **shown: Any,
) -> str:
    tests = script_tests.list_tests(services, viewer.manager_of(found), found)
    example = pretty_json(_EXAMPLES[isinstance(found, IncomingIntegration)])
    return render(
        "tests.html",
        viewer,
        integration=found,
        tests=tests,
        checked=None if checked is None else {one.test.id: one for one in checked},
        typed=typed or {"name": "", "sample": example},
        is_typed=typed is not None,
        most=script_tests.MOST_TESTS,
        **shown,
    )


def _show(integration_id: str, done: str) -> ResponseReturnValue:
    wanted = url_for(f"{NAME}.show_tests", integration_id=integration_id, done=done)
    return redirect(wanted, 303)
