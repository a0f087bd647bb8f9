"""Calls of hooks are counted in a real Redis."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from host_stub.demo.servers import redis_command
from rc_integrations_plugin.rate_limit import RateLimiter

pytestmark = pytest.mark.integration


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "r"
    with subprocess.Popen(redis_command(path, tmp_path), stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 10
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"unix://{path}"
        process.terminate()


@pytest.fixture
def limiter(redis_url: str) -> Iterator[RateLimiter]:
    limiter = RateLimiter(calls=2, seconds=60, redis_url=redis_url)
    yield limiter
    limiter.close()


def test_processes_share_a_budget(
    redis_url: str, limiter: RateLimiter, caplog: pytest.LogCaptureFixture
) -> None:
    other = RateLimiter(calls=2, seconds=60, redis_url=redis_url)

    counted = [limiter.count("a"), other.count("a"), limiter.count("a"), other.count("a")]
    other.close()

    assert [allowance.granted for allowance in counted] == [True, True, False, False]
    assert [allowance.first_refusal for allowance in counted] == [False, False, True, False]
    assert [allowance.remaining for allowance in counted] == [1, 0, 0, 0]
    assert caplog.text == ""


def test_a_window_ends(redis_url: str) -> None:
    limiter = RateLimiter(calls=1, seconds=1, redis_url=redis_url)
    first = limiter.count("a")
    deadline = time.monotonic() + 10

    while not (later := limiter.count("a")).granted and time.monotonic() < deadline:
        time.sleep(0.05)
    limiter.close()

    assert later.granted
    assert later.reset_at > first.reset_at


def test_what_is_counted_goes_away_by_itself(redis_url: str, limiter: RateLimiter) -> None:
    limiter.count("a", "b")

    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("*")
        assert 0 < connection.ttl(key) <= 60
