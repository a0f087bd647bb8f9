import logging

import pytest

from rc_integrations_plugin.outgoing.faults import log_fault

SECRET = "s3" + "cret"


def fail() -> None:
    nothing: dict[str, str] = {}
    try:
        nothing.pop(SECRET)
    except KeyError as error:
        raise ValueError(SECRET) from error


def test_places_and_names_of_all_errors_are_told_and_no_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        fail()
    except ValueError as error:
        log_fault(logging.getLogger("test"), "It failed", error)

    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage().startswith("It failed:\n")
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert "in fail" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_that_is_its_own_cause_comes_to_an_end(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError()
    error.__context__ = KeyError()
    error.__context__.__context__ = error

    log_fault(logging.getLogger("test"), "It failed", error)

    assert caplog.text.count("ValueError") == 1
