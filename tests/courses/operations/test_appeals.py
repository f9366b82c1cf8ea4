"""A trainee appeals against an entry of the own ledger; who runs the class corrects it and says so, once (R14, R48)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.courses.domain.appeal import AppealState
from services.courses.domain.errors import AnswerMissing, AppealDecided, AppealOpen, NotCorrectedYet, NothingToCorrect, TooManyAppeals
from services.courses.operations.appeals import decide_appeal, file_appeal
from services.courses.operations.corrections import correct_attendance
from services.courses.operations.sheets import Entry
from services.courses.queries.appeals import own_appeals
from services.courses.storage.appeals import appeal
from shared.contracts.enrollment import PERSON_MERGED
from shared.domain import Malformed, NotFound
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import AttendanceStatus, Role
from tests.conftest import actor
from tests.courses.conftest import Cohort, place

ABSENT, PRESENT = AttendanceStatus.ABSENT, AttendanceStatus.PRESENT


def absent(cohort):
    """The first session, in which the first person was marked absent."""
    first = cohort.sessions()[0]
    cohort.hold(first)
    cohort.record(first, {cohort.ids[0]: ABSENT})
    return first


def file(cohort, session, number=0, text="当天在场，组长可以证明", by=None):
    trainee = by or actor(Role.TRAINEE, person_id=cohort.people[number]["person_id"])
    return cohort.service.work(file_appeal, session.id, cohort.ids[number], text=text, by=trainee)


def decide(cohort, appeal_id, *, granted=True, answer="", by=None):
    cohort.service.work(decide_appeal, appeal_id, granted=granted, answer=answer, by=by)


def correct(cohort, session, status=PRESENT):
    cohort.service.work(correct_attendance, session.id, Entry(cohort.ids[0], status), reason="核实在场")


def state(cohort, appeal_id):
    return cohort.service.look(appeal, appeal_id).state


def test_an_appeal_is_granted_by_the_correction_it_asked_for(make_cohort):
    cohort = make_cohort(4)
    session = absent(cohort)
    appeal_id = file(cohort, session)
    with pytest.raises(NotCorrectedYet):
        decide(cohort, appeal_id)
    assert state(cohort, appeal_id) == AppealState.OPEN
    correct(cohort, session)
    decide(cohort, appeal_id)
    (own,) = cohort.service.look(own_appeals, cohort.people[0]["person_id"])
    assert (own.state, own.status, own.decided_by) == (AppealState.GRANTED, PRESENT, "测试")


def test_a_correction_made_before_the_appeal_does_not_grant_it(make_cohort):
    cohort = make_cohort(4)
    session = absent(cohort)
    correct(cohort, session, AttendanceStatus.LATE)
    appeal_id = file(cohort, session)
    with pytest.raises(NotCorrectedYet):
        decide(cohort, appeal_id)


def test_a_refusal_says_why_and_leaves_the_ledger_as_it_is(make_cohort):
    cohort = make_cohort(4)
    session = absent(cohort)
    appeal_id = file(cohort, session)
    with pytest.raises(AnswerMissing):
        decide(cohort, appeal_id, granted=False, answer=" ")
    decide(cohort, appeal_id, granted=False, answer="签到表无签名")
    (own,) = cohort.service.look(own_appeals, cohort.people[0]["person_id"])
    assert (own.state, own.status, own.answer) == (AppealState.REFUSED, ABSENT, "签到表无签名")
    with pytest.raises(AppealDecided):
        decide(cohort, appeal_id, granted=False, answer="又一次")
    file(cohort, session)


def test_r45_only_the_trainee_appeals_and_only_against_the_own_entries(make_cohort):
    cohort = make_cohort(4)
    session = absent(cohort)
    own, other = (cohort.people[number]["person_id"] for number in (0, 1))
    for by in (actor(Role.TRAINEE, person_id=other), actor(Role.TRAINEE), actor(Role.ORGANIZER, person_id=own)):
        with pytest.raises(NotFound):
            file(cohort, session, by=by)
    file(cohort, session)
    assert cohort.service.look(own_appeals, other) == []


def test_r45_only_who_runs_the_class_decides(make_cohort):
    cohort = make_cohort(4)
    session = absent(cohort)
    appeal_id = file(cohort, session)
    correct(cohort, session)
    person = cohort.people[0]
    strangers = [actor(Role.CLASS_TEACHER, cohort_ids=frozenset({uuid4()}))]
    strangers += [
        actor(role, person_id=person["person_id"], county_code=person["county_code"], school_id=person["school_id"])
        for role in Role
        if role not in (Role.ORGANIZER, Role.CLASS_TEACHER)
    ]
    for by in strangers:
        with pytest.raises(NotFound):
            decide(cohort, appeal_id, by=by)
    decide(cohort, appeal_id, by=actor(Role.CLASS_TEACHER, cohort_ids=frozenset({cohort.id})))
    assert state(cohort, appeal_id) == AppealState.GRANTED


def test_one_open_appeal_for_an_entry_and_a_handful_in_all(make_cohort):
    cohort = make_cohort(2)
    cohort.teach()
    sessions = cohort.sessions()
    file(cohort, sessions[0])
    with pytest.raises(AppealOpen):
        file(cohort, sessions[0])
    for session in sessions[1:5]:
        file(cohort, session)
    with pytest.raises(TooManyAppeals):
        file(cohort, sessions[5])
    file(cohort, sessions[5], number=1)


def test_an_appeal_needs_an_entry_and_a_few_words(make_cohort):
    cohort = make_cohort(2)
    session = absent(cohort)
    with pytest.raises(NothingToCorrect):
        file(cohort, cohort.sessions()[1])
    for text in ("  ", "字" * 501):
        with pytest.raises(Malformed):
            file(cohort, session, text=text)


def test_every_step_is_audited_under_the_entry_without_its_words(make_cohort):
    cohort = make_cohort(2)
    session = absent(cohort)
    decide(cohort, file(cohort, session), granted=False, answer="签到表无签名")
    rows = cohort.service.look(lambda c: c.execute(select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action.startswith("appeal"))).all())
    assert [row.action for row in rows] == ["appeal.filed", "appeal.decided"]
    assert {row.subject for row in rows} == {f"session/{session.id}/enrollment/{cohort.ids[0]}"}
    assert not [row for row in rows if "组长" in row.facts or "签名" in row.facts]


def test_r7_after_a_merge_the_person_still_appeals(make_cohort):
    cohort = make_cohort(2)
    session = absent(cohort)
    merged, kept = cohort.people[0]["person_id"], uuid4()
    cohort.service.deliver(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": merged})
    file(cohort, session)
    assert len(cohort.service.look(own_appeals, kept)) == len(cohort.service.look(own_appeals, merged)) == 1


def test_of_two_who_decide_at_once_the_second_is_told(make_service, both_databases):
    cohort = Cohort(make_service("courses", both_databases), [place(number) for number in (1, 2)]).confirm()
    session = absent(cohort)
    together = threading.Barrier(4)

    def call(work):
        together.wait()
        try:
            return work()
        except (AppealOpen, AppealDecided) as refused:
            return type(refused)

    with ThreadPoolExecutor(4) as pool:
        filed = list(pool.map(call, [lambda: file(cohort, session)] * 4))
        (appeal_id,) = [each for each in filed if each is not AppealOpen]
        correct(cohort, session)
        yes, no = lambda: decide(cohort, appeal_id), lambda: decide(cohort, appeal_id, granted=False, answer="无签名")
        decided = list(pool.map(call, [yes, no, yes, no]))
    assert decided.count(None) == 1
    assert decided.count(AppealDecided) == 3
