"""What RQ runs: thin functions, named by strings where they are queued.

A worker runs them in its own process, inside the host's app context (see cli.py).
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from redis.exceptions import RedisError
from rq import get_current_job

from rc_integrations_plugin.delivery.rq_wakeup import Bell
from rc_integrations_plugin.outgoing.dispatch import current_dispatcher
from rc_integrations_plugin.services import current_services

DELIVER_SECONDS = 20.0
"""Then other jobs get their turn, and the next one goes on."""
_CENTURY = 36_500


def run_script(order_id: str) -> None:
    """Start to run a script for a web process that waits for its result."""
    current_services().order_server.serve(order_id)


def deliver_due() -> None:
    """Make the calls that are due; what is left then is for the next job."""
    job = get_current_job()
    bell = None if job is None else Bell(job.connection)
    # while Redis is away, the workers look by themselves
    with suppress(RedisError):
        if bell is not None:
            bell.hush()
    is_left = current_dispatcher().work(DELIVER_SECONDS)
    with suppress(RedisError):
        if is_left and bell is not None:
            bell.ring()


def prune_history() -> int:
    """Delete calls, attempts and audit rows that are too old or too many; return their number."""
    services = current_services()
    settings = services.settings
    older_than = _days_ago(settings.history_days)
    deleted = sum(
        store.prune(older_than=older_than, keep_at_most=settings.history_rows)
        for store in (services.calls, services.deliveries)
    )
    return deleted + services.audit.prune(older_than=_days_ago(settings.audit_days))


def _days_ago(days: int) -> datetime:
    # "for ever" may be more days than the calendar has
    return datetime.now(UTC) - timedelta(days=min(days, _CENTURY))
