"""The tests of tests/unit/storage/test_transactions.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_transactions import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
