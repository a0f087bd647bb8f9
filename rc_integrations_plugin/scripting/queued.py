"""Runs scripts on workers: the `ScriptRunner` of web machines that run no JavaScript."""

from dataclasses import replace
from typing import Any

from redis.exceptions import RedisError

from rc_integrations_plugin.errors import ScriptsUnavailable
from rc_integrations_plugin.scripting.arguments import check_source, encode_argument
from rc_integrations_plugin.scripting.documents import (
    CallOrder,
    Order,
    Outcome,
    ReviewOrder,
    TrialOrder,
    encode_order,
    read_outcome,
)
from rc_integrations_plugin.scripting.orders import Orders
from rc_integrations_plugin.scripting.protocol import (
    Script,
    ScriptFault,
    ScriptReview,
    ScriptRun,
    Trial,
    TrialReport,
)
from rc_integrations_plugin.scripting.trials import WAITING, seconds_of
from rc_integrations_plugin.settings import Settings

_CALLS_IN_ONE_ORDER = 8
"""At most: waiting for another call of the same script (twice its time), reading the script (three
times) and a call, where either may take half as long again until its process is killed."""
_START_SECONDS = 30
"""For a worker whose script processes have to be started first."""


class RqScriptRunner:
    """Lets workers run scripts, by jobs of RQ, and waits for the result."""

    def __init__(self, settings: Settings, orders: Orders) -> None:
        self._settings = settings
        self._orders = orders

    def check(self, source: str, *, skip_transpile: bool = False) -> ScriptFault | None:
        """Let a worker compile the source."""
        fault = check_source(source, max_bytes=self._settings.script_input_bytes)
        if fault is not None:
            return fault
        order = ReviewOrder(source=source, skip_transpile=skip_transpile, with_findings=False)
        outcome = self._order(order)
        if isinstance(outcome, ScriptFault | None):
            return outcome
        raise _no_sense()

    def review(self, source: str, *, skip_transpile: bool = False) -> ScriptReview:
        """Let a worker compile and read the source."""
        fault = check_source(source, max_bytes=self._settings.script_input_bytes)
        if fault is not None:
            return ScriptReview(fault=fault)
        order = ReviewOrder(source=source, skip_transpile=skip_transpile, with_findings=True)
        outcome = self._order(order)
        if isinstance(outcome, ScriptReview):
            return outcome
        raise _no_sense()

    def call(self, script: Script, method: str, argument: Any) -> ScriptRun:
        """Let a worker call a method of the script's instance there."""
        text = encode_argument(argument, max_bytes=self._settings.script_input_bytes)
        if isinstance(text, ScriptFault):
            return ScriptRun(fault=text)
        outcome = self._order(CallOrder(script=script, method=method, argument=text))
        if isinstance(outcome, ScriptRun):
            return outcome
        raise _no_sense()

    def try_out(self, trial: Trial) -> TrialReport:
        """Let a worker make the calls, all of one instance."""
        limit = self._settings.script_input_bytes
        for call in trial.calls:
            text = encode_argument(call.argument, max_bytes=limit)
            if isinstance(text, ScriptFault):
                return TrialReport(runs=(ScriptRun(fault=text),), requests=((),))
        # whoever waits for the result does not wait longer than without workers
        seconds = seconds_of(trial, self._settings)
        waiting = min(self._settings.script_wait_seconds, seconds / WAITING)
        running = self._settings.script_trial_seconds / WAITING + seconds - waiting
        order = TrialOrder(trial=replace(trial, seconds=seconds - waiting))
        outcome = self._order(order, waiting=waiting, running=running)
        if isinstance(outcome, TrialReport):
            return outcome
        raise _no_sense()

    def close(self) -> None:
        """Close the connections to Redis."""
        self._orders.close()

    def _order(
        self, order: Order, *, waiting: float | None = None, running: float | None = None
    ) -> Outcome:
        """Return what came of an order.

        Args:
            order: what is to be run.
            waiting: how many seconds it may wait for a worker.
            running: how many it may take there.
        """
        try:
            outcome = read_outcome(self._wait_for(encode_order(order), waiting, running))
        except RedisError as error:
            raise ScriptsUnavailable("Redis, which leads to the workers, is away") from error
        except ValueError as error:
            raise _no_sense() from error
        if isinstance(outcome, ScriptsUnavailable):
            raise outcome
        return outcome

    def _wait_for(self, order: bytes, waiting: float | None, running: float | None) -> bytes:
        settings = self._settings
        if waiting is None:
            waiting = settings.script_wait_seconds
        if running is None:
            one = settings.script_call_seconds * _CALLS_IN_ONE_ORDER
            running = one + settings.script_http_seconds
        order_id = self._orders.place(order, seconds=waiting)
        return self._orders.wait(
            order_id,
            seconds_to_start=waiting,
            seconds=waiting + running + _START_SECONDS,
        )


def _no_sense() -> ScriptsUnavailable:
    return ScriptsUnavailable("The worker's answer makes no sense; is it of the same version?")
