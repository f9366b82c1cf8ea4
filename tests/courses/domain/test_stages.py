"""R10, R11, R13: the modes come in order, and a stage opens when the one before is done."""

from uuid import uuid4

import pytest

from services.courses.domain.errors import ModeOutOfOrder, SeminarRecordMissing
from services.courses.domain.stages import PlannedSession, SessionState, StageState, require_open, require_record, stages
from shared.vocabulary import TeachingMode

LECTURE, ONSITE, SEMINAR, TOUR = TeachingMode


def session(mode, state=SessionState.PLANNED):
    return PlannedSession(uuid4(), mode, state, 16)


def states(sessions, waived=()):
    return [stage.state for stage in stages(sessions, waived)]


def test_r10_at_first_only_the_themed_lectures_are_open():
    sessions = [session(mode) for mode in TeachingMode]
    assert states(sessions) == [StageState.OPEN, StageState.CLOSED, StageState.CLOSED, StageState.CLOSED]
    require_open(LECTURE, sessions)


def test_r10_one_planned_lecture_of_two_keeps_the_onsite_teaching_closed():
    sessions = [session(LECTURE, SessionState.HELD), session(LECTURE), session(ONSITE)]
    with pytest.raises(ModeOutOfOrder) as refused:
        require_open(ONSITE, sessions)
    assert refused.value.facts == {"mode": ONSITE, "earlier": LECTURE, "waiting": 1}


def test_r10_a_cancelled_lecture_holds_nobody_up():
    sessions = [session(LECTURE, SessionState.HELD), session(LECTURE, SessionState.CANCELLED), session(ONSITE)]
    require_open(ONSITE, sessions)
    assert states(sessions)[:2] == [StageState.HELD, StageState.OPEN]


def test_r10_the_tour_waits_for_every_earlier_mode_and_not_only_for_the_last_one():
    sessions = [session(LECTURE), session(ONSITE, SessionState.HELD), session(SEMINAR, SessionState.HELD), session(TOUR)]
    with pytest.raises(ModeOutOfOrder):
        require_open(TOUR, sessions)
    assert states(sessions)[3] == StageState.CLOSED


def test_r11_a_waived_mode_is_shown_as_waived_and_holds_nobody_up():
    sessions = [session(LECTURE, SessionState.HELD), session(SEMINAR)]
    assert states(sessions, {ONSITE, TOUR}) == [StageState.HELD, StageState.WAIVED, StageState.OPEN, StageState.WAIVED]


def test_r13_a_seminar_closes_only_with_a_record():
    with pytest.raises(SeminarRecordMissing):
        require_record(SEMINAR, "  ")
    require_record(SEMINAR, "各组围绕党建引领展开研讨")
    require_record(LECTURE, "")
