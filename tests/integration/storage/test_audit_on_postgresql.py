"""The tests of tests/unit/storage/test_audit.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_audit import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
