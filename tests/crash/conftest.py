"""A rig that says what it found."""

import pytest

pytest.register_assert_rewrite("tests.crash.rig")
