"""The tests of tests/unit/storage/test_schema.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_schema import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
