from typing import Any

import pytest

from rc_integrations_plugin.errors import SettingsError
from rc_integrations_plugin.settings import ScriptPlace, ScriptsAllowed, Settings


def test_everything_has_a_default() -> None:
    assert Settings.from_mapping({}) == Settings()


def test_what_is_configured_counts() -> None:
    settings = Settings.from_mapping(
        {
            "RC_INTEGRATIONS_HISTORY_DAYS": 7,
            "RC_INTEGRATIONS_AUTO_MIGRATE": False,
            "RC_INTEGRATIONS_REDIS_URL": "unix:///run/redis.sock",
            "RC_INTEGRATIONS_SCRIPT_CALL_SECONDS": 1,
        }
    )

    assert settings.history_days == 7
    assert settings.auto_migrate is False
    assert settings.redis_url == "unix:///run/redis.sock"
    assert settings.script_call_seconds == 1.0


def test_the_hosts_own_settings_do_not_matter() -> None:
    assert Settings.from_mapping({"SECRET_KEY": "x", "HISTORY_DAYS": 7}) == Settings()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("HISTORY_DAY", 7),
        ("history_days", 7),
        ("HISTORY_DAYS", "7"),
        ("HISTORY_DAYS", True),
        ("HISTORY_DAYS", 7.5),
        ("HISTORY_DAYS", 0),
        ("HISTORY_DAYS", -1),
        ("HISTORY_DAYS", None),
        ("AUTO_MIGRATE", 1),
        ("AUTO_MIGRATE", "false"),
        ("REDIS_URL", 6379),
        ("SCRIPT_CALL_SECONDS", "3"),
        ("SCRIPT_CALL_SECONDS", False),
        ("SCRIPT_CALL_SECONDS", 0.0),
        ("SCRIPTS", "of"),
        ("SCRIPTS", "ON"),
        ("SCRIPTS", False),
        ("SCRIPTS", []),
        ("INCOMING_SCRIPTS", "worker"),
        ("INCOMING_SCRIPTS", None),
        ("ALLOWED_NETWORKS", 10),
        ("ALLOWED_NETWORKS", None),
        ("ALLOWED_NETWORKS", ["10.0.0.0/8", 10]),
        ("ALLOWED_NETWORKS", {"10.0.0.0/8": True}),
        ("LOGIN_URL", "login"),
        ("LOGIN_URL", "//elsewhere.example/login"),
        ("LOGIN_URL", "/\\elsewhere.example/login"),
        ("LOGIN_URL", "javascript:alert(1)"),
        ("LOGIN_URL", None),
    ],
)
def test_what_makes_no_sense_stops_the_start_and_is_named(key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_mapping({f"RC_INTEGRATIONS_{key}": value})

    assert f"RC_INTEGRATIONS_{key}" in caught.value.reason


def test_a_choice_is_given_by_its_name() -> None:
    settings = Settings.from_mapping(
        {"RC_INTEGRATIONS_SCRIPTS": "off", "RC_INTEGRATIONS_INCOMING_SCRIPTS": "rq"}
    )

    assert settings.scripts is ScriptsAllowed.OFF
    assert settings.incoming_scripts is ScriptPlace.RQ


def test_a_wrong_choice_is_told_the_right_ones() -> None:
    with pytest.raises(SettingsError, match="one of on, frozen, off"):
        Settings.from_mapping({"RC_INTEGRATIONS_SCRIPTS": "no"})


def test_a_limit_that_is_off_by_default_can_be_switched_off() -> None:
    assert Settings.from_mapping({"RC_INTEGRATIONS_RATE_LIMIT_CALLS": 0}).rate_limit_calls == 0


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ()),
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        (" 10.0.0.0/8, jira.example.com ,", ("10.0.0.0/8", "jira.example.com")),
        (["10.0.0.0/8", "::1"], ("10.0.0.0/8", "::1")),
        (("::1",), ("::1",)),
    ],
)
def test_a_list_may_be_one_text_with_commas(given: Any, read: tuple[str, ...]) -> None:
    settings = Settings.from_mapping({"RC_INTEGRATIONS_ALLOWED_NETWORKS": given})

    assert settings.allowed_networks == read


@pytest.mark.parametrize(("name", "value"), [("SCRIPT_MEMORY_MB", 113), ("SCRIPT_NESTING", 181)])
def test_what_the_engine_of_scripts_cannot_do_is_refused(name: str, value: int) -> None:
    with pytest.raises(SettingsError, match=f"RC_INTEGRATIONS_{name} must be at most {value - 1}"):
        Settings.from_mapping({f"RC_INTEGRATIONS_{name}": value})
