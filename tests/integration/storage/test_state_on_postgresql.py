"""The tests of tests/unit/storage/test_state.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_state import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
