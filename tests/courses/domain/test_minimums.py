"""R20: the yearly minimum by post, as a dated parameter."""

from dataclasses import replace
from datetime import date

from services.courses.domain.minimums import SHIPPED_MINIMUMS, first_training_due, minimum_for, standing
from shared.vocabulary import Post


def test_r20_a_member_needs_32_hours_and_a_secretary_56_with_a_concentrated_training():
    assert minimum_for(Post.IDEOLOGY_TEACHER, 2023).quarter_hours == 32 * 4
    secretary = minimum_for(Post.SECRETARY, 2023)
    assert (secretary.quarter_hours, secretary.concentrated) == (56 * 4, 1)
    assert not standing(secretary, 2023, 56 * 4, 0).met
    assert not standing(secretary, 2023, 56 * 4 - 1, 1).met
    assert standing(secretary, 2023, 56 * 4, 1).met


def test_r20_a_new_rule_leaves_the_years_before_it_as_they_were():
    newer = [*SHIPPED_MINIMUMS, replace(SHIPPED_MINIMUMS[0], valid_from=date(2024, 7, 1), quarter_hours=160)]
    assert [minimum_for(Post.PARTY_WORKER, year, newer).quarter_hours for year in (2023, 2024, 2025)] == [128, 160, 160]
    assert minimum_for(Post.PARTY_WORKER, 2018, newer) is None


def test_r20_a_new_secretary_is_trained_within_six_months():
    assert first_training_due(date(2023, 3, 15)) == date(2023, 9, 15)
    assert first_training_due(date(2022, 8, 31)) == date(2023, 2, 28)
    assert first_training_due(date(2023, 6, 30)) == date(2023, 12, 30)
