"""The tests of tests/unit/storage/test_reach.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_reach import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
