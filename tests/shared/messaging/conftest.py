"""What the tests of the event backbone share."""

import sys

import pytest

# The fault tests may have imported them first.
SHARED = ("tests.shared.messaging.promises", "tests.shared.messaging.house")
pytest.register_assert_rewrite(*(name for name in SHARED if name not in sys.modules))
