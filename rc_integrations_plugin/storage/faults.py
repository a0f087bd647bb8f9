"""What went wrong in the database, for those who know nothing of databases."""

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError as NoConnection,
)

_READS_ONLY = "25006"
"""What PostgreSQL says while another server takes over from it."""


def may_pass(error: BaseException) -> bool:
    """Return whether the same may succeed later: the database is locked, away or restarting."""
    if isinstance(error, OperationalError | InterfaceError | NoConnection):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) == _READS_ONLY
