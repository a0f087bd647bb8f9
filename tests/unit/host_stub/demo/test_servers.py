import pytest

from host_stub.demo.errors import CannotStart
from host_stub.demo.servers import listen, listen_here, web_address

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 -- what a user may ask for


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), (EVERY_ADDRESS, "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")],
)
def test_the_address_can_be_opened_on_this_machine(host: str, shown: str) -> None:
    try:
        listener = listen(host, 0)
    except CannotStart:
        assert ":" in host
        pytest.skip("this machine has no IPv6")
    with listener:
        assert web_address(listener) == f"http://{shown}:{listener.getsockname()[1]}"


@pytest.mark.parametrize("host", ["", " ", "no such host", "a" * 300, "exa mple.invalid"])
def test_a_host_that_does_not_exist_is_named(host: str) -> None:
    with pytest.raises(CannotStart, match="No such address: --host"):
        listen(host, 0)


def test_a_port_that_is_free_is_had_again() -> None:
    with listen_here(0) as first:
        port = first.getsockname()[1]
        with listen_here(port) as second:
            assert second.getsockname()[1] != port
    with listen_here(port) as third:
        assert third.getsockname() == ("127.0.0.1", port)
