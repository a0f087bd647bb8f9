from collections.abc import Iterator

import pytest

from rc_integrations_plugin.testing import HostConformance
from tests.conformance.stub_world import StubWorld


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StubWorld]:
    world = StubWorld(tmp_path_factory.mktemp("stub"))
    yield world
    world.close()


class TestStub(HostConformance):
    pass
