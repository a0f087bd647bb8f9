"""What went wrong in the database, for those who know nothing of databases."""

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError as NoConnection,
)


def may_pass(error: BaseException) -> bool:
    """Return whether the same may succeed later: the database is locked, away or restarting."""
    if isinstance(error, OperationalError | InterfaceError | NoConnection):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
