"""The checks as a pytest suite."""

import pytest

from rc_integrations_plugin.testing import (
    document_checks,
    event_checks,
    posting_checks,
    refusal_checks,
    room_checks,
    server_checks,
    transaction_checks,
    user_checks,
)
from rc_integrations_plugin.testing.checks import Check, checks_in
from rc_integrations_plugin.testing.world import Unsupported, World

CHECKS: tuple[Check, ...] = tuple(
    each
    for module in (
        server_checks,
        user_checks,
        room_checks,
        posting_checks,
        refusal_checks,
        transaction_checks,
        event_checks,
        document_checks,
    )
    for each in checks_in(module)
)


class HostConformance:
    """Inherit from this in a test file and give the `world` fixture; all checks run against it.

        class TestOurServer(HostConformance):
            @pytest.fixture
            def world(self, tmp_path):
                return OurWorld(create_app(tmp_path))

    `pytest -rs` also shows what was skipped, and the reason that the world gives.
    """

    @pytest.fixture
    def world(self) -> World:
        """Return the chat server under test."""
        pytest.fail("Override the fixture `world`: it returns your subclass of World")

    @pytest.mark.parametrize("promise", CHECKS, ids=lambda each: f"{each.member}: {each.title}")
    def test_host(self, world: World, promise: Check) -> None:
        """Hold the host to one promise of the port."""
        __tracebackhide__ = True
        try:
            promise.run(world)
        except Unsupported as reason:
            pytest.skip(str(reason))
