"""/api/v1/integrations.*: the tests that are kept with scripts, and the versions of scripts."""

from flask import Blueprint, Response

from rc_integrations_plugin.api import answers, requests
from rc_integrations_plugin.api.callers import current_caller
from rc_integrations_plugin.integrations.script_diff import diff_scripts
from rc_integrations_plugin.management import script_tests
from rc_integrations_plugin.management.script_checks import run_tests as run_kept_tests
from rc_integrations_plugin.management.script_test_documents import (
    checked_document,
    test_document,
)
from rc_integrations_plugin.management.script_versions import (
    difference_document,
    list_versions as list_script_versions,
    load_version,
    roll_back,
    version_document,
)
from rc_integrations_plugin.schemas import scripts
from rc_integrations_plugin.schemas.documents import integration_document


def add_routes(blueprint: Blueprint) -> None:
    """Add what is about tests and versions."""
    blueprint.get("/integrations.listTests")(list_tests)
    blueprint.post("/integrations.keepTest")(keep_test)
    blueprint.post("/integrations.removeTest")(remove_test)
    blueprint.post("/integrations.runTests")(run_tests)
    blueprint.get("/integrations.listScriptVersions")(list_versions)
    blueprint.get("/integrations.getScriptVersion")(get_version)
    blueprint.post("/integrations.rollBackScript")(roll_back_script)


def list_tests() -> Response:
    """Show a part of the tests of an integration, the oldest first."""
    caller = current_caller()
    query = scripts.read_parts_query(requests.read_query())
    found, manager = caller.load(query.integration_id)
    tests = script_tests.list_tests(caller.services, manager, found)
    shown = [test_document(one) for one in query.paging.part_of(tests)]
    return answers.page("tests", shown, query.paging, len(tests))


def keep_test() -> Response:
    """Keep a test, or change one."""
    caller = current_caller()
    wanted = scripts.read_kept_test(caller.body())
    found, manager = caller.load(wanted.integration_id)
    if wanted.test_id is None:
        kept = script_tests.add_test(caller.services, manager, found, wanted.name, wanted.test)
    else:
        kept = script_tests.replace_test(
            caller.services, manager, found, wanted.test_id, wanted.name, wanted.test
        )
    return answers.success(test=test_document(kept))


def remove_test() -> Response:
    """Remove a test."""
    caller = current_caller()
    integration_id, test_id = scripts.read_removed_test(caller.body())
    found, manager = caller.load(integration_id)
    removed = script_tests.remove_test(caller.services, manager, found, test_id)
    return answers.success(test=test_document(removed))


def run_tests() -> Response:
    """Run the tests of an integration with its script, and show what came of each."""
    caller = current_caller()
    found, manager = caller.load(scripts.read_run(caller.body()))
    tests = script_tests.list_tests(caller.services, manager, found)
    checked = run_kept_tests(caller.services, found, tests, by=caller.user.id)
    shown = [checked_document(one) for one in checked]
    passed = sum(one["passed"] for one in shown)
    return answers.success(tests=shown, passed=passed, failed=len(shown) - passed)


def list_versions() -> Response:
    """Show a part of the scripts that an integration had, the newest first."""
    caller = current_caller()
    query = scripts.read_parts_query(requests.read_query())
    found, manager = caller.load(query.integration_id)
    versions = list_script_versions(caller.services, manager, found)
    shown = [
        version_document(one, is_current=one is versions[0])
        for one in query.paging.part_of(versions)
    ]
    return answers.page("versions", shown, query.paging, len(versions))


def get_version() -> Response:
    """Show a version with its text, and what differs from another one to it."""
    caller = current_caller()
    query = scripts.read_version_query(requests.read_query())
    found, manager = caller.load(query.integration_id)
    version, text = load_version(caller.services, manager, found, query.version)
    newest = list_script_versions(caller.services, manager, found)[0]
    document = version_document(version, is_current=version.number == newest.number)
    shown = {"version": {**document, "script": text}}
    if query.compare_to is not None:
        other, before = load_version(caller.services, manager, found, query.compare_to)
        difference = diff_scripts(before, text)
        shown["difference"] = difference_document(difference, old=other.number, new=version.number)
    return answers.success(**shown)


def roll_back_script() -> Response:
    """Make an old version the script again, as the next version."""
    caller = current_caller()
    wanted = scripts.read_roll_back(caller.body())
    found, manager = caller.load(wanted.integration_id)
    stored = roll_back(
        caller.services, manager, found, wanted.version, is_forced=wanted.force_script
    )
    version = list_script_versions(caller.services, manager, stored)[0].number
    return answers.success(integration=integration_document(stored), version=version)
