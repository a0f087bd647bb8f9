"""The tests of tests/unit/storage/test_circuits.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_circuits import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
