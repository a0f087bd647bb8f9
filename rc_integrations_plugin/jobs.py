"""What RQ runs: thin functions, named by strings where they are queued.

A worker runs them in its own process, inside the host's app context (see cli.py).
"""

from datetime import UTC, datetime, timedelta

from rc_integrations_plugin.services import current_services

_CENTURY = 36_500


def run_script(order_id: str) -> None:
    """Start to run a script for a web process that waits for its result."""
    current_services().order_server.serve(order_id)


def prune_history() -> int:
    """Delete calls that are too old or too many and return how many those were."""
    services = current_services()
    settings = services.settings
    # "for ever" may be more days than the calendar has
    days = min(settings.history_days, _CENTURY)
    return services.calls.prune(
        older_than=datetime.now(UTC) - timedelta(days=days),
        keep_at_most=settings.history_rows,
    )
