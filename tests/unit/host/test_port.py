from host_stub import signals
from host_stub.adapter import ChatHost
from rc_integrations_plugin.host.port import Capability, Host
from rc_integrations_plugin.host.signals import SIGNALS


def as_host(host: ChatHost) -> Host:
    """Return it unchanged: mypy proves here that the stub's adapter fills the port."""
    return host


def test_the_stub_has_each_member_of_the_port(host: ChatHost) -> None:
    wanted = {name for name in vars(Host) if not name.startswith("_")}

    assert {name for name in wanted if not hasattr(as_host(host), name)} == set()
    assert len(wanted) > 15


def test_the_stub_names_only_capabilities_that_there_are(host: ChatHost) -> None:
    assert host.capabilities <= {capability.value for capability in Capability}


def test_the_stub_has_each_signal() -> None:
    assert set(SIGNALS) <= {value for value in vars(signals).values() if isinstance(value, str)}
