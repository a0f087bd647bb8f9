"""The tests of tests/unit/storage/test_deliveries.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_deliveries import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
