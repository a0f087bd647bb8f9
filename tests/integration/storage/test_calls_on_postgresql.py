"""The tests of tests/unit/storage/test_calls.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_calls import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
