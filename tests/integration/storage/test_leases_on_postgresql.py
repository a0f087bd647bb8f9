"""The tests of tests/unit/storage/test_leases.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_leases import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
