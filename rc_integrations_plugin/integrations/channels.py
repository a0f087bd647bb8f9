"""The rooms that an integration is saved with."""

MOST_CHANNELS = 100


def split_channels(csv: str) -> tuple[str, ...]:
    """Return the parts of a comma-separated list, also the empty ones, so that they are noticed."""
    return tuple(part.strip() for part in csv.split(","))


def starts_properly(channel: str) -> bool:
    """Return whether it is written as a room (`#`) or a person (`@`)."""
    return channel.startswith(("#", "@"))
