"""The tests of tests/unit/storage/test_outgoing_integrations.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_outgoing_integrations import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
