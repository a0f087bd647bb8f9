"""The tests of tests/unit/storage/test_failing.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_failing import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
