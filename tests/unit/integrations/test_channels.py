import pytest

from rc_integrations_plugin.integrations.channels import split_channels, starts_properly


@pytest.mark.parametrize(
    ("csv", "channels"),
    [
        ("#a", ("#a",)),
        (" #a , @b ", ("#a", "@b")),
        ("#a,", ("#a", "")),
        (",", ("", "")),
    ],
)
def test_a_list_is_split_and_trimmed(csv: str, channels: tuple[str, ...]) -> None:
    assert split_channels(csv) == channels


@pytest.mark.parametrize("channel", ["#general", "@john", "#!room:$#id"])
def test_rooms_and_persons_start_properly(channel: str) -> None:
    assert starts_properly(channel)


@pytest.mark.parametrize("channel", ["", "general", " #general", "all_public_channels"])
def test_everything_else_does_not(channel: str) -> None:
    assert not starts_properly(channel)
