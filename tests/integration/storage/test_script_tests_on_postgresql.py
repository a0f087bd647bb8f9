"""The tests of tests/unit/storage/test_script_tests.py, on PostgreSQL."""

import pytest

from tests.unit.storage.test_script_tests import *  # noqa: F403 -- all of them

pytestmark = pytest.mark.integration
