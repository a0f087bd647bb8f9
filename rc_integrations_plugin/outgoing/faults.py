"""Faults of our own, told to the log without the values that were at hand."""

import logging
import traceback


def log_fault(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log what happened, with the traceback's places and code.

    Not with the error's own text: a database's or a host's may quote tokens, scripts and messages.
    """
    logger.error("%s:\n%s", what, "".join(_describe(error)))


def _describe(error: BaseException) -> list[str]:
    lines: list[str] = []
    found: BaseException | None = error
    seen = set()
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        lines += [*traceback.format_tb(found.__traceback__), f"{type(found).__qualname__}\n"]
        found = found.__cause__ or found.__context__
    return lines
