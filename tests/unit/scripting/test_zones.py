"""Time zones that are read before the process of a script can open no file."""

from datetime import UTC, datetime

import pytest

from rc_integrations_plugin.scripting.zones import Zones


@pytest.fixture(scope="module")
def zones() -> Zones:
    return Zones(rule="UTC0")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("america/new_york", "America/New_York"),
        ("Etc/UTC", "UTC"),
        ("gmt", "UTC"),
        ("Mars/Base", None),
        ("", None),
        ("../etc/passwd", None),
    ],
)
def test_a_zone_is_found_by_its_name(zones: Zones, name: str, found: str | None) -> None:
    assert zones.find(name) == found


@pytest.mark.parametrize(
    ("name", "at", "minutes"),
    [
        ("Europe/Berlin", datetime(2024, 1, 1, tzinfo=UTC), 60),
        ("Europe/Berlin", datetime(2024, 7, 1, tzinfo=UTC), 120),
        ("Asia/Kolkata", datetime(2024, 7, 1, tzinfo=UTC), 330),
        ("UTC", datetime(2024, 7, 1, tzinfo=UTC), 0),
        ("Mars/Base", datetime(2024, 7, 1, tzinfo=UTC), 0),
    ],
)
def test_a_zone_is_ahead_of_utc(zones: Zones, name: str, at: datetime, minutes: int) -> None:
    assert zones.offset_minutes(name, at.timestamp() * 1000) == minutes


@pytest.mark.parametrize("milliseconds", [-8.64e15, 8.64e15])
def test_times_beyond_the_calendar_have_an_offset(zones: Zones, milliseconds: float) -> None:
    assert abs(zones.offset_minutes("Europe/Berlin", milliseconds)) < 24 * 60


@pytest.mark.parametrize(
    ("rule", "own"),
    [
        ("UTC0", "UTC"),
        (":/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        (":/elsewhere/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
    ],
)
def test_the_rule_tells_the_own_zone(rule: str, own: str) -> None:
    assert Zones(rule=rule).own == own
