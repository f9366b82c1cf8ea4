"""Which codes of an authenticator are taken, and what a session has to pass in which order."""

from datetime import UTC, datetime

import pytest

from services.portal.domain import notice
from services.portal.domain.entry import Step, next_step
from services.portal.domain.second_factor import acceptable_steps

AT = datetime(2023, 5, 8, 9, 0, 10, tzinfo=UTC)
STEP = int(AT.timestamp()) // 30


def test_codes_of_the_present_half_minute_and_its_neighbors_are_taken_since_clocks_differ():
    assert acceptable_steps(AT, 0) == [STEP - 1, STEP, STEP + 1]


@pytest.mark.parametrize(("last", "left"), [(STEP - 1, [STEP, STEP + 1]), (STEP, [STEP + 1]), (STEP + 1, [])])
def test_no_code_is_taken_twice_nor_one_older_than_the_last(last, left):
    assert acceptable_steps(AT, last) == left


def test_the_second_factor_comes_before_the_notice_and_the_notice_before_the_work():
    assert next_step(awaits_second_factor=True, accepted_notice=None) is Step.SECOND_FACTOR
    assert next_step(awaits_second_factor=False, accepted_notice=None) is Step.NOTICE
    assert next_step(awaits_second_factor=False, accepted_notice=notice.VERSION) is None


def test_a_new_wording_of_the_notice_is_asked_for_anew():
    assert next_step(awaits_second_factor=False, accepted_notice=notice.VERSION - 1) is Step.NOTICE
