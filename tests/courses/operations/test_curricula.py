"""R10, R11: an edited plan holds for cohorts confirmed afterwards; running ones keep theirs."""

from dataclasses import replace

import pytest

from services.courses.domain.shipped_curricula import shipped_curriculum
from services.courses.operations.curricula import edit_curriculum
from services.courses.storage.curricula import curricula, curriculum
from shared.contracts.courses import TRAINING_COMPLETED
from shared.domain import Malformed
from shared.vocabulary import Category, Delivery

SHIPPED = shipped_curriculum(Category.PUBLIC_SCHOOL, Delivery.OFFLINE)


def test_the_shipped_plans_are_in_force_until_edited(courses):
    assert len(courses.look(curricula)) == 6
    assert courses.look(curriculum, Category.PUBLIC_SCHOOL, Delivery.OFFLINE) == SHIPPED


def test_an_edited_plan_holds_for_later_cohorts_and_leaves_running_ones_alone(courses, make_cohort):
    before = make_cohort(1)
    edited = replace(SHIPPED, units=(*SHIPPED.units[:3], *SHIPPED.units[4:]), evaluation_required=False)
    courses.work(edit_curriculum, edited)
    assert courses.look(curriculum, Category.PUBLIC_SCHOOL, Delivery.OFFLINE) == edited
    after = make_cohort(1)
    assert (len(before.sessions()), len(after.sessions())) == (10, 9)
    for cohort in (before, after):
        cohort.teach()
        cohort.settle(evaluations=False)
    assert [event["data"]["enrollment_id"] for event in courses.outbox(TRAINING_COMPLETED)] == [str(after.ids[0])]


def test_a_plan_that_cannot_be_taught_is_refused_whole(courses):
    with pytest.raises(Malformed):
        courses.work(edit_curriculum, replace(SHIPPED, units=SHIPPED.units[::-1]))
    assert courses.look(curriculum, Category.PUBLIC_SCHOOL, Delivery.OFFLINE) == SHIPPED
