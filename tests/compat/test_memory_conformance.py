import pytest

from rc_integrations_plugin.testing import HostConformance
from tests.conformance.memory_world import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


class TestMemoryHost(HostConformance):
    pass
