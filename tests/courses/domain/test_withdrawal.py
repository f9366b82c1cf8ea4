"""R15: more than a seventh missed is withdrawn, in integers."""

import pytest

from services.courses.domain.withdrawal import leave_left, must_withdraw

VECTORS = [(24, 3, False), (24, 4, True), (28, 4, False), (28, 5, True), (32, 4, False), (32, 5, True)]
VECTORS += [(40, 5, False), (40, 6, True), (56, 8, False), (56, 9, True)]


@pytest.mark.parametrize(("total", "missed", "withdrawn"), VECTORS)
def test_r15_leave_of_more_than_a_seventh_withdraws(total, missed, withdrawn):
    assert must_withdraw(missed * 4, 0, total * 4) is withdrawn


def test_r15_a_quarter_hour_above_the_seventh_is_enough():
    assert not must_withdraw(16, 0, 112)
    assert must_withdraw(17, 0, 112)


def test_r15_two_unexcused_days_alone_are_enough_even_in_a_long_class():
    long_class = 30 * 32
    assert not must_withdraw(64, 48, long_class)
    assert must_withdraw(64, 64, long_class)


def test_r15_tells_what_may_still_be_missed():
    assert leave_left(0, 160) == 22
    assert leave_left(16, 160) == 6
    assert leave_left(32, 160) == 0
