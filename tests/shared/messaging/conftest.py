"""What the tests of the event backbone share."""

import pytest

pytest.register_assert_rewrite("tests.shared.messaging.promises", "tests.shared.messaging.house")
