"""Times that people and programs write. Values only."""

from datetime import UTC, datetime


def read_time(text: str) -> datetime:
    """Return the time that a text in ISO 8601 means, in UTC, which counts where it names no zone.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("the year is out of range") from error
