"""Texts that are dates, and dates as texts: as Node.js has them."""

import pytest

from rc_integrations_plugin.scripting.bench import run_script
from rc_integrations_plugin.scripting.protocol import ScriptRunner
from tests.scripts import value_of

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-05-01 12:00:00-0700", "2024-05-01T19:00:00.000Z"),
        ("2024-05-01 12:00:00 +0200", "2024-05-01T10:00:00.000Z"),
        ("2024-05-01T12:00:00.123456789Z", "2024-05-01T12:00:00.123Z"),
        ("Wed, 01 May 2024 12:00:00 +0200", "2024-05-01T10:00:00.000Z"),
        ("Wed May  1 12:00:00 UTC 2024", "2024-05-01T12:00:00.000Z"),
        ("Wed May 1 12:00:00 CEST 2024", None),
        ("Wed May 01 2024 12:00:00 GMT+0200 (CEST)", "2024-05-01T10:00:00.000Z"),
        ("5/1/2024, 12:30:15 PM", "2024-05-01T12:30:15.000Z"),
        ("May 1, 2024 12:00 AM", "2024-05-01T00:00:00.000Z"),
        ("1-May-2024", "2024-05-01T00:00:00.000Z"),
        ("May 1", "2001-05-01T00:00:00.000Z"),
        ("Alert 5", "2001-05-01T00:00:00.000Z"),
        ("Server-3", "2001-03-01T00:00:00.000Z"),
        ("2024-122", None),
        ("2024-00-01", None),
        ("2024-05-01 12:00:00,123", None),
        ("2024-05-01T12:00:00,123Z", None),
        ("May 1 2024 12:00:00:000", "2024-05-01T12:00:00.000Z"),
        ("2024.05.01 12:00", "2024-05-01T12:00:00.000Z"),
        ("12", "2001-12-01T00:00:00.000Z"),
        ("13", None),
        ("31.12.2024", None),
        ("12/31/2024", "2024-12-31T00:00:00.000Z"),
        ("2024-05-01 12:00:00 Europe/Berlin", None),
        ("20240501", None),
        ("1714564800000", None),
        ("2024-05-01T24:00:00", "2024-05-02T00:00:00.000Z"),
        ("2024-05-01T24:00:01", None),
        ("2024-02-30", "2024-03-01T00:00:00.000Z"),
        ("+002024-05-01", "2024-05-01T00:00:00.000Z"),
        ("-000000-01-01", "2001-01-01T00:00:00.000Z"),
        ("12:30", None),
        ("foo 2024", "2024-01-01T00:00:00.000Z"),
        ("foo2024", None),
        ("May 1st, 2024", None),
        ("(May 2) May 1 2024 (now)", "2024-05-01T00:00:00.000Z"),
    ],
)
def test_texts_are_dates_where_they_are_some_in_node(
    runner: ScriptRunner, text: str, date: str | None
) -> None:
    body = "return [new Date(data), new Date(Date.parse(data))]"

    assert value_of(runner, body, text) == [date, date]


def test_dates_say_in_which_zone_they_are() -> None:
    source = (
        "class Script { run() { return [String(new Date(0)), new Date('5/1/2024').getTime()] } }"
    )

    report = run_script(source, "run", None, timezone="Europe/Berlin")

    assert report.result == [
        "Thu Jan 01 1970 01:00:00 GMT+0100 (Central European Standard Time)",
        1714514400000,
    ]
