from datetime import UTC, datetime, timedelta

import pytest

from rc_integrations_plugin.delivery.retry import (
    RetryDelay,
    RetryPolicy,
    next_delay,
    read_retry_after,
)
from tests.factories import NOON


def seconds(delay: RetryDelay, attempts: int) -> list[float]:
    policy = RetryPolicy(retries=attempts, delay=delay)
    waits = [next_delay(policy, attempt=attempt) for attempt in range(attempts)]
    return [wait.total_seconds() for wait in waits if wait is not None]


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (RetryDelay.POWERS_OF_TEN, [0.1, 1, 10, 100, 1000, 10_000, 100_000]),
        (RetryDelay.POWERS_OF_TWO, [2, 4, 8, 16, 32, 64, 128]),
        (RetryDelay.INCREMENTS_OF_TWO, [2, 4, 6, 8, 10, 12, 14]),
    ],
)
def test_each_formula_gives_its_documented_waits(delay: RetryDelay, expected: list[float]) -> None:
    assert seconds(delay, 7) == expected


def test_the_ninth_retry_waits_as_long_as_history_is_kept_and_does_not_come_at_once() -> None:
    waits = seconds(RetryDelay.POWERS_OF_TEN, 9)

    assert waits[-2:] == [1_000_000, 30 * 24 * 60 * 60]


@pytest.mark.parametrize("delay", RetryDelay)
@pytest.mark.parametrize("attempt", [30, 1000, 10**9, 10**15])
def test_no_number_of_attempts_is_too_large(delay: RetryDelay, attempt: int) -> None:
    wait = next_delay(RetryPolicy(retries=attempt + 1, delay=delay), attempt=attempt)

    assert wait is not None
    assert wait <= timedelta(days=30)


@pytest.mark.parametrize(("attempt", "goes_on"), [(0, True), (2, True), (3, False), (4, False)])
def test_three_retries_make_four_calls(attempt: int, *, goes_on: bool) -> None:
    policy = RetryPolicy(retries=3, delay=RetryDelay.POWERS_OF_TEN)

    assert (next_delay(policy, attempt=attempt) is not None) is goes_on


@pytest.mark.parametrize(("chance", "expected"), [(0.0, 10.0), (0.5, 10.5), (1.0, 11.0)])
def test_chance_makes_a_wait_up_to_a_tenth_longer_and_never_shorter(
    chance: float, expected: float
) -> None:
    policy = RetryPolicy(retries=9, delay=RetryDelay.POWERS_OF_TEN)

    assert next_delay(policy, attempt=2, chance=chance) == timedelta(seconds=expected)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        pytest.param(timedelta(seconds=3), 10, id="shorter than the formula: the formula"),
        pytest.param(timedelta(seconds=30), 30, id="longer"),
        pytest.param(timedelta(days=400), 24 * 60 * 60, id="a day at most"),
        pytest.param(timedelta(0), 10, id="none"),
    ],
)
def test_a_receiver_can_put_the_next_call_off(wish: timedelta, expected: float) -> None:
    policy = RetryPolicy(retries=9, delay=RetryDelay.POWERS_OF_TEN)

    assert next_delay(policy, attempt=2, wish=wish) == timedelta(seconds=expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("1.5", timedelta(seconds=1.5)),
        ("0", timedelta(0)),
        ("Sun, 01 Mar 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sunday, 01-Mar-26 12:01:00 GMT", timedelta(minutes=1)),
        ("Sun Mar  1 12:01:00 2026", timedelta(minutes=1)),
        ("Sun, 01 Mar 2026 13:01:00 +0100", timedelta(minutes=1)),
        pytest.param("Sun, 01 Mar 2026 11:00:00 GMT", timedelta(0), id="past"),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        pytest.param("\u0663", None, id="a digit of another script"),
        pytest.param("9" * 5000, None, id="huge"),
        ("Sun, 01 Mar 99999 12:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Sun, 01 Mar 2026 12:00:00 +99999999999", None),
        ("\x00", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: timedelta | None) -> None:
    assert read_retry_after(value, now=NOON) == expected


def test_the_longest_seconds_are_a_time() -> None:
    wish = read_retry_after("9" * 12, now=datetime(1, 1, 1, tzinfo=UTC))

    assert wish is not None
    assert wish > timedelta(days=10_000_000)
