"""The checks as a pytest suite."""

import pytest

from rc_integrations_plugin.testing import (
    document_checks,
    event_checks,
    message_checks,
    posting_checks,
    refusal_checks,
    room_checks,
    search_checks,
    server_checks,
    transaction_checks,
    user_checks,
)
from rc_integrations_plugin.testing.checks import Check, NotConformant, checks_in
from rc_integrations_plugin.testing.world import Unsupported, World

CHECKS: tuple[Check, ...] = tuple(
    each
    for module in (
        server_checks,
        user_checks,
        room_checks,
        posting_checks,
        message_checks,
        refusal_checks,
        transaction_checks,
        event_checks,
        document_checks,
        search_checks,
    )
    for each in checks_in(module)
)


class HostConformance:
    """Inherit from this in a test file, beside a fixture `world`: all checks run against it.

        @pytest.fixture(scope="module")
        def world():
            return OurWorld(create_app())


        class TestOurServer(HostConformance):
            pass

    `pytest -rs` also shows what was skipped, and the reason that the world gives.
    """

    @pytest.mark.parametrize("promise", CHECKS, ids=lambda each: f"{each.member}: {each.title}")
    def test_host(self, world: World, promise: Check) -> None:
        """Hold the host to one promise of the port."""
        __tracebackhide__ = True
        report = ""
        try:
            promise.run(world)
        except Unsupported as reason:
            pytest.skip(str(reason))
        except NotConformant as broken:
            if broken.__cause__ is not None:
                raise
            report = str(broken)
        if report:
            # not inside `except`, where pytest would print it twice
            pytest.fail(report, pytrace=False)
