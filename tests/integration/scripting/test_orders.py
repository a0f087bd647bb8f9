"""Orders for scripts in a real Redis: who gets one, and what becomes of it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from redis.exceptions import RedisError

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.documents import (
    CallOrder,
    TrialOrder,
    encode_order,
    encode_outcome,
    read_order,
)
from rc_integrations_plugin.scripting.orders import LEASE_SECONDS, Orders
from rc_integrations_plugin.scripting.protocol import ScriptRun, Trial, TrialCall
from rc_integrations_plugin.scripting.queued import RqScriptRunner
from rc_integrations_plugin.scripting.serving import OrderServer
from rc_integrations_plugin.scripting.switch import CheckingRunner
from rc_integrations_plugin.settings import Settings
from tests.fakes import ScriptedRunner
from tests.redis_servers import running_redis
from tests.script_places import Place, runner_at
from tests.scripts import make_script

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture
def orders(redis_url: str) -> Iterator[Orders]:
    with contextlib.closing(Orders(redis_url)) as orders:
        yield orders


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with contextlib.closing(Redis.from_url(redis_url)) as connection:
        connection.flushall()
        yield connection


def test_an_order_is_taken_once(orders: Orders) -> None:
    order_id = orders.place(b"order", seconds=5)

    assert [orders.take(order_id), orders.take(order_id)] == [b"order", None]
    assert not orders.withdraw(order_id)


def test_an_order_that_was_withdrawn_leaves_nothing(orders: Orders, redis: Redis) -> None:
    order_id = orders.place(b"order", seconds=5)

    assert orders.withdraw(order_id)
    assert redis.keys("*") == [b"rq:queues"]
    assert orders.take(order_id) is None


def test_one_of_taking_and_withdrawing_wins(orders: Orders) -> None:
    with ThreadPoolExecutor(2) as threads:
        for _ in range(100):
            order_id = orders.place(b"order", seconds=5)
            taken = threads.submit(orders.take, order_id)
            withdrawn = threads.submit(orders.withdraw, order_id)

            assert (taken.result() is not None) is not withdrawn.result()


def test_nothing_stays_for_ever(orders: Orders, redis: Redis) -> None:
    waiting, taken, answered = (orders.place(b"order", seconds=5) for _ in range(3))
    orders.take(taken)
    orders.take(answered)
    orders.answer(answered, b"answer")

    limits = {key: redis.ttl(key) for key in redis.keys("*") if waiting.encode() in key}
    limits |= {key: redis.ttl(key) for key in redis.keys("rc-integrations:*")}

    assert len(limits) == 4
    assert all(0 < seconds <= 10 for seconds in limits.values())


def test_an_answer_is_waited_for(orders: Orders) -> None:
    order_id = orders.place(b"order", seconds=5)

    def work() -> None:
        orders.take(order_id)
        time.sleep(0.2)
        orders.answer(order_id, b"answer")

    thread = threading.Thread(target=work)
    thread.start()

    assert orders.wait(order_id, seconds_to_start=5, seconds=5) == b"answer"
    thread.join()


def test_waiting_for_a_worker_ends_in_time(orders: Orders) -> None:
    order_id = orders.place(b"order", seconds=0.3)

    with pytest.raises(ScriptsUnavailable, match="No worker"):
        orders.wait(order_id, seconds_to_start=0.3, seconds=3600)


def test_waiting_ends_soon_after_the_lease(orders: Orders, redis: Redis) -> None:
    order_id = orders.place(b"order", seconds=5)
    orders.take(order_id)
    redis.delete(f"rc-integrations:script-lease:{order_id}")

    with pytest.raises(ScriptsUnavailable, match="has ended"):
        orders.wait(order_id, seconds_to_start=5, seconds=5)


def test_waiting_ends_also_where_a_worker_goes_on_for_ever(orders: Orders) -> None:
    order_id = orders.place(b"order", seconds=5)
    orders.take(order_id)

    with pytest.raises(ScriptsUnavailable, match="too long"):
        orders.wait(order_id, seconds_to_start=0.1, seconds=0.2)


def test_a_lease_is_renewed_while_a_script_runs(orders: Orders, redis_url: str) -> None:
    release = threading.Event()

    def answer(_: object) -> ScriptRun:
        release.wait(20)
        return ScriptRun(value="done")

    runner = ScriptedRunner(answer=answer)
    server = OrderServer(runner, Orders(redis_url), at_once=1)
    client = RqScriptRunner(Settings(script_wait_seconds=1), orders)
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(client.call, make_script("x"), "run", None)
        order_id = waiting_order(redis_url)
        server.serve(order_id)
        threading.Timer(LEASE_SECONDS + 1.5, release.set).start()

        assert call.result().value == "done"
    server.close()


def waiting_order(redis_url: str) -> str:
    """Return the id of the only order that waits."""
    deadline = time.monotonic() + 5
    with contextlib.closing(Redis.from_url(redis_url, decode_responses=True)) as redis:
        while not (keys := redis.keys("rc-integrations:script-order:*")):
            assert time.monotonic() < deadline
    return str(keys[0]).rpartition(":")[2]


def test_a_busy_worker_leaves_orders_to_others(orders: Orders, redis_url: str) -> None:
    release = threading.Event()

    def answer(_: object) -> ScriptRun:
        release.wait(20)
        return ScriptRun()

    server = OrderServer(ScriptedRunner(answer=answer), Orders(redis_url), at_once=1)
    first, second = (orders.place(order(), seconds=5) for _ in range(2))
    server.serve(first)
    blocked = threading.Thread(target=server.serve, args=(second,))
    blocked.start()
    time.sleep(0.2)

    assert orders.withdraw(second)
    release.set()
    blocked.join()
    server.close()
    assert orders.wait(first, seconds_to_start=1, seconds=1)
    assert not orders.withdraw(second)


def order() -> bytes:
    """Return an order to call some script."""
    return encode_order(CallOrder(script=make_script("x"), method="run", argument=b"null"))


def test_a_worker_that_fails_says_so(
    orders: Orders, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> ScriptRun:
        raise RuntimeError("broken")

    server = OrderServer(ScriptedRunner(answer=fail), Orders(redis_url), at_once=2)
    ids = [orders.place(text, seconds=5) for text in (order(), b"nonsense")]
    for order_id in ids:
        server.serve(order_id)

    answers = [orders.wait(order_id, seconds_to_start=5, seconds=5) for order_id in ids]

    server.close()
    assert all(b"could not run the script" in answer for answer in answers)
    assert "broken" in caplog.text


@pytest.mark.parametrize("answer", [b"", b"{}", b'{"run": 1}', encode_outcome(None)])
def test_an_answer_that_makes_no_sense_is_none(
    orders: Orders, redis_url: str, answer: bytes
) -> None:
    client = RqScriptRunner(Settings(), orders)
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(client.call, make_script("x"), "run", None)
        order_id = waiting_order(redis_url)
        orders.take(order_id)
        orders.answer(order_id, answer)

        with pytest.raises(ScriptsUnavailable, match="no sense"):
            call.result()


def test_a_worker_with_scripts_switched_off_refuses_calls_and_checks_all_the_same() -> None:
    with runner_at(Place.RQ, CheckingRunner(ScriptedRunner())) as runner:
        with pytest.raises(ScriptsUnavailable) as caught:
            runner.call(make_script("x"), "run", None)

        assert caught.value.code == "integration-scripts-disabled"
        assert runner.check("syntax error") is not None
        assert runner.check("x") is None


def test_an_unreachable_redis_is_told_at_once() -> None:
    orders = Orders("unix:///nowhere/redis")
    client = RqScriptRunner(Settings(), orders)

    for call in (client.check, client.review):
        with pytest.raises(ScriptsUnavailable, match="Redis"):
            call("x")
    with pytest.raises(RedisError):
        orders.take("x")

    client.close()


def test_a_trial_is_not_waited_for_much_longer_than_it_may_take(redis_url: str) -> None:
    placed: list[TrialOrder] = []

    class Impatient(Orders):
        def place(self, order: bytes, *, seconds: float) -> str:
            read = read_order(order)
            assert isinstance(read, TrialOrder)
            placed.append(read)
            return super().place(order, seconds=seconds)

        def wait(self, order_id: str, *, seconds_to_start: float, seconds: float) -> bytes:
            self.withdraw(order_id)
            raise ScriptsUnavailable(f"{seconds:g}")

    settings = Settings(script_wait_seconds=1, script_call_seconds=2, script_trial_seconds=10)
    calls = (TrialCall(method="run", argument=None),) * 21

    with (
        contextlib.closing(Impatient(redis_url)) as orders,
        pytest.raises(ScriptsUnavailable) as caught,
    ):
        RqScriptRunner(settings, orders).try_out(Trial(script=make_script("x"), calls=calls))

    # what it waits for a worker is taken from its time
    assert placed[0].trial.seconds == 9
    # as long as it waits for a worker, for its turn, and for scripts' processes to start
    assert float(caught.value.reason) == 1 + 2.5 + 9 + 30
