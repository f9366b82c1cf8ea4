"""A trainee says what is wrong with the own data; an organizer decides it once, and what was stated is gone (R43, R44, R48)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.errors import AnswerMissing, ReasonMissing, RequestDecided, RequestOpen
from services.enrollment.domain.words import CorrectionField, RequestState
from services.enrollment.operations import correction_requests as operations
from services.enrollment.operations.duplicates import merge_people
from services.enrollment.operations.intakes import open_cohort
from services.enrollment.operations.quotas import set_grid
from services.enrollment.operations.retention import forget
from services.enrollment.queries import correction_requests as queries
from services.enrollment.storage import people
from services.enrollment.storage.tables import CORRECTION_REQUESTS
from shared.domain import Malformed, NotFound, now
from shared.storage.tables import AUDIT_ENTRIES, OUTBOX
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from tests.conftest import actor
from tests.enrollment.places import A, B, County, resident_id

NEW_PHONE, RIGHT_NUMBER = "13912345678", resident_id(77)


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


@pytest.fixture
def person(county):
    return county.nominate(1).person_id


def ask(county, person_id, field=CorrectionField.PHONE, stated=NEW_PHONE, text="换号了", by=None):
    trainee = by or actor(Role.TRAINEE, person_id=person_id)
    return county.service.work(operations.request_correction, field, stated=stated, text=text, secrets=county.secrets, by=trainee)


def decide(county, request_id, *, done=True, answer="", by=None):
    county.service.work(operations.decide_correction, request_id, done=done, answer=answer, secrets=county.secrets, by=by)


def own(county, person_id):
    return county.service.look(queries.of_person, person_id, county.secrets)


def phone_of(county, person_id):
    return county.service.look(people.secrets_of, person_id, county.secrets)[1]


def row_of(county, request_id):
    return county.service.look(lambda c: c.execute(select(CORRECTION_REQUESTS).where(CORRECTION_REQUESTS.c.id == request_id)).one())


def audited(county):
    rows = county.service.look(lambda c: c.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all())
    return [(row.action, row.subject, row.facts) for row in rows if row.action.startswith(("correction", "person"))]


def test_a_phone_is_corrected_by_the_organizers_yes_and_what_was_stated_is_erased(county, person):
    request_id = ask(county, person)
    (asked,) = own(county, person)
    assert (asked.stated, asked.state, asked.is_open) == ("139****5678", RequestState.OPEN, True)
    decide(county, request_id)
    assert phone_of(county, person) == NEW_PHONE
    assert row_of(county, request_id).stated_cipher is None
    (answered,) = own(county, person)
    assert (answered.state, answered.stated, answered.decided_by) == (RequestState.DONE, "", "测试")


def test_a_refusal_changes_nothing_and_says_why(county, person):
    before, request_id = phone_of(county, person), ask(county, person)
    with pytest.raises(AnswerMissing):
        decide(county, request_id, done=False)
    decide(county, request_id, done=False, answer="号码无法核实")
    assert phone_of(county, person) == before
    assert row_of(county, request_id).stated_cipher is None
    assert own(county, person)[0].answer == "号码无法核实"


def test_what_no_operation_corrects_is_done_with_a_word_on_what_was_done(county, person):
    request_id = ask(county, person, CorrectionField.ID_NUMBER, RIGHT_NUMBER, "末位录错")
    with pytest.raises(AnswerMissing):
        decide(county, request_id)
    decide(county, request_id, answer="已按正确号码重新推荐并合并记录")
    assert own(county, person)[0].state is RequestState.DONE


def test_r43_numbers_stand_nowhere_in_the_open(county, person):
    ask(county, person)
    request_id = ask(county, person, CorrectionField.ID_NUMBER, RIGHT_NUMBER, "末位录错")
    reason = {"reason": "核对证件", "secrets": county.secrets}
    assert county.service.work(operations.show_stated_value, request_id, **reason) == RIGHT_NUMBER
    everything = county.service.look(
        lambda c: [str(row) for table in (CORRECTION_REQUESTS, AUDIT_ENTRIES, OUTBOX) for row in c.execute(select(table))]
    )
    assert everything
    assert not [text for text in everything if NEW_PHONE in text or RIGHT_NUMBER in text or "末位录错" in text]


def test_r43_no_number_goes_into_an_answer(county, person):
    request_id = ask(county, person, CorrectionField.ID_NUMBER, RIGHT_NUMBER, "末位录错")
    with pytest.raises(Malformed):
        decide(county, request_id, answer=f"已改为 {RIGHT_NUMBER}")
    assert row_of(county, request_id).state is RequestState.OPEN


def test_r44_the_stated_number_is_seen_in_full_with_a_reason_that_the_person_reads(county, person):
    request_id = ask(county, person, CorrectionField.ID_NUMBER, RIGHT_NUMBER, "末位录错")
    with pytest.raises(ReasonMissing):
        county.service.work(operations.show_stated_value, request_id, reason=" ", secrets=county.secrets)
    county.service.work(operations.show_stated_value, request_id, reason="核对证件", secrets=county.secrets)
    action, subject, facts = audited(county)[-1]
    assert (action, subject) == ("person.shown_in_full", str(person))
    assert "核对证件" in facts
    decide(county, request_id, answer="已处理")
    with pytest.raises(RequestDecided):
        county.service.work(operations.show_stated_value, request_id, reason="再看", secrets=county.secrets)


def test_every_step_is_audited_under_the_person(county, person):
    decide(county, ask(county, person))
    assert [(action, subject) for action, subject, _facts in audited(county)] == [
        ("correction.requested", str(person)),
        ("correction.decided", str(person)),
    ]


def test_one_open_request_for_each_thing(county, person):
    request_id = ask(county, person)
    with pytest.raises(RequestOpen):
        ask(county, person, stated="13800000000")
    ask(county, person, CorrectionField.OTHER, "", "民族有误")
    decide(county, request_id)
    ask(county, person, stated="13800000000")
    assert len(own(county, person)) == 3


def test_only_a_trainee_asks_and_only_for_the_own_record(county, person):
    other = county.nominate(2).person_id
    ask(county, person)
    assert own(county, other) == []
    for by in (actor(Role.ORGANIZER), actor(Role.SCHOOL_CONTACT, school_id=uuid4()), actor(Role.ORGANIZER, person_id=other)):
        with pytest.raises(NotFound):
            ask(county, other, by=by)
    with pytest.raises(NotFound):
        ask(county, uuid4())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ORGANIZER])
def test_only_organizers_decide_or_see_a_request(county, person, role):
    request_id = ask(county, person)
    by = actor(role, person_id=person, county_code="131081", cohort_ids=frozenset({county.cohort_id}))
    with pytest.raises(NotFound):
        decide(county, request_id, answer="x", by=by)
    with pytest.raises(NotFound):
        county.service.work(operations.show_stated_value, request_id, reason="x", secrets=county.secrets, by=by)
    with pytest.raises(NotFound):
        county.service.look(queries.request, by, request_id, county.secrets)
    assert row_of(county, request_id).state is RequestState.OPEN


@pytest.mark.parametrize(
    ("field", "stated", "text", "wrong"),
    [
        (CorrectionField.PHONE, "12345", "换号了", [("stated", "phone_wrong")]),
        (CorrectionField.PHONE, "()", "换号了", [("stated", "stated_missing")]),
        (CorrectionField.PHONE, "", "", [("stated", "stated_missing"), ("text", "text_missing")]),
        (CorrectionField.ID_NUMBER, RIGHT_NUMBER[:-1] + "?", "录错", [("stated", "id_characters")]),
        (CorrectionField.NAME, "王1", "录错", [("stated", "name_digits")]),
        (CorrectionField.POST, "宇航员", "录错", [("stated", "post_unknown")]),
        (CorrectionField.UNIT, "校" * 101, "调动", [("stated", "text_too_long")]),
        (CorrectionField.UNIT, "139 1234 5678", "调动", [("stated", "number_in_text")]),
        (CorrectionField.OTHER, "", "我的号是139-1234-5678", [("text", "number_in_text")]),
        (CorrectionField.OTHER, "", "１３９１２３４５６７８", [("text", "number_in_text")]),
        (CorrectionField.OTHER, "", RIGHT_NUMBER, [("text", "number_in_text")]),
        (CorrectionField.OTHER, "", "字" * 501, [("text", "text_too_long")]),
    ],
)
def test_a_request_says_what_it_should_be_and_why_and_nothing_else(county, person, field, stated, text, wrong):
    with pytest.raises(Malformed) as refused:
        ask(county, person, field, stated, text)
    assert [(problem.where, problem.code) for problem in refused.value.problems] == wrong
    assert own(county, person) == []


def test_the_database_itself_erases_and_decides_once(county, person):
    request_id = ask(county, person)
    for values in ({"state": RequestState.DONE}, {"state": RequestState.DONE, "decided_at": row_of(county, request_id).asked_at}):
        with pytest.raises(IntegrityError), county.service.database.writing() as connection:
            connection.execute(update(CORRECTION_REQUESTS).values(**values))


def test_r7_after_a_merge_the_person_still_reads_the_answer_and_the_kept_record_is_corrected(county, person):
    second = county.open_intake(2, starts_on=date(2023, 9, 4))
    cohort_id = county.service.work(open_cohort, second, seats=2)
    county.service.work(set_grid, cohort_id, cells={A: 1, B: 1})
    kept = county.nominate(2, cohort_id=cohort_id).person_id
    request_id = ask(county, person)
    county.service.work(merge_people, kept, merged=person, reason="同一人")
    decide(county, request_id)
    assert phone_of(county, kept) == NEW_PHONE
    assert [each.id for each in own(county, kept)] == [request_id]
    assert [each.id for each in own(county, person)] == [request_id]


def at_once(*calls):
    together = threading.Barrier(len(calls))

    def call(work):
        together.wait()
        try:
            return work()
        except (RequestOpen, RequestDecided) as refused:
            return type(refused)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_of_two_organizers_at_once_the_second_is_told(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open()
    person = county.nominate(1).person_id
    asked = at_once(*[lambda: ask(county, person)] * 4)
    assert asked.count(RequestOpen) == 3
    (request_id,) = [each for each in asked if each is not RequestOpen]
    yes, no = lambda: decide(county, request_id), lambda: decide(county, request_id, done=False, answer="无法核实")
    assert sorted(map(str, at_once(yes, no, yes, no))) == sorted(map(str, [None, *[RequestDecided] * 3]))
    assert sum(action == "correction.decided" for action, *_rest in audited(county)) == 1
    is_done = row_of(county, request_id).state is RequestState.DONE
    assert (phone_of(county, person) == NEW_PHONE) is is_done


def test_what_was_said_is_gone_a_year_after_the_decision_and_the_outcome_stays(county, person):
    request_id = ask(county, person, text="手机丢了")
    decide(county, request_id)
    assert "requests" not in county.service.work(forget, days=365, by=SYSTEM)
    with time_machine.travel(now() + timedelta(days=366)):
        assert county.service.work(forget, days=365, by=SYSTEM) == {"requests": 1}
    (kept,) = own(county, person)
    assert (kept.text, kept.answer, kept.state) == ("", "", RequestState.DONE)
