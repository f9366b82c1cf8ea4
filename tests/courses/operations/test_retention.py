"""R48: why somebody was on leave is erased a year after closing; kind and days stay, since hours rest on them."""

import json
from datetime import date, timedelta
from functools import partial

import time_machine
from sqlalchemy import select, text

from services.courses.domain.appeal import AppealState
from services.courses.domain.leave import LeaveKind, Span
from services.courses.operations import retention
from services.courses.operations.appeals import decide_appeal, file_appeal
from services.courses.operations.leaves import request_leave
from services.courses.storage.tables import APPEALS, CLOSED_INTAKES, LEAVES
from shared.contracts.enrollment import INTAKE_CLOSED
from shared.domain import city_date, now
from shared.storage import migrations
from shared.storage.database import Database
from shared.storage.retention import erase
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import HalfDay, Role
from tests.conftest import actor, metadata_of, run_service
from tests.courses.conftest import Cohort, place

MORNING, AFTERNOON = HalfDay
MONDAY, CLOSED = date(2023, 10, 16), date(2023, 10, 21)


def ask(courses, cohort, reason="急性肠胃炎"):
    return courses.work(request_leave, cohort.ids[0], LeaveKind.SICK, Span(MONDAY, MORNING, MONDAY, AFTERNOON), reason=reason)


def close(courses, cohort):
    data = {"intake_id": cohort.intake_id, "cohort_ids": [cohort.id], "closed_on": CLOSED}
    courses.deliver(INTAKE_CLOSED, cohort.intake_id, data)


def forget(courses, days=365, **options):
    return erase(courses.database, partial(retention.forget, days=days), **options)


def leaves(courses):
    with courses.database.reading() as connection:
        return [(row.kind, row.first_day, row.reason) for row in connection.execute(select(LEAVES).order_by(LEAVES.c.requested_at))]


def test_a_year_after_closing_the_reasons_of_leave_are_gone_and_the_leave_stays(make_service, both_databases):
    courses = make_service("courses", both_databases)
    cohort = Cohort(courses, [place()]).confirm()
    ask(courses, cohort)
    assert forget(courses) == {}
    close(courses, cohort)
    days = (city_date(now()) - CLOSED).days
    assert forget(courses, days=days + 1) == {}
    assert forget(courses, days=days, only_count=True) == {"reasons": 1}
    assert leaves(courses) == [(LeaveKind.SICK, MONDAY, "急性肠胃炎")]
    assert forget(courses, days=days) == {"reasons": 1}
    assert leaves(courses) == [(LeaveKind.SICK, MONDAY, "")]
    assert forget(courses, days=days) == {}


def test_other_intakes_keep_theirs_and_the_entry_counts_without_quoting(courses, make_cohort):
    closed, running = make_cohort(1), make_cohort(1)
    ask(courses, closed)
    ask(courses, running, reason="家中有事")
    close(courses, closed)
    forget(courses)
    assert [reason for *_, reason in leaves(courses)] == ["", "家中有事"]
    with courses.database.reading() as connection:
        (entry,) = connection.execute(select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "personal_data.erased")).all()
    assert (entry.account, entry.subject, json.loads(entry.facts)) == ("system", "leaves", {"reasons": 1})


def test_a_closing_heard_before_the_cohort_counts_all_the_same(courses, make_cohort):
    cohort = make_cohort(1, confirmed=False)
    close(courses, cohort)
    cohort.confirm()
    ask(courses, cohort)
    assert forget(courses) == {"reasons": 1}


def test_what_was_said_in_an_appeal_is_gone_a_year_after_its_decision_and_the_outcome_stays(courses, make_cohort):
    cohort = make_cohort(1)
    first = cohort.sessions()[0]
    cohort.hold(first)
    cohort.record(first)
    trainee = actor(Role.TRAINEE, person_id=cohort.people[0]["person_id"])
    appeal_id = courses.work(file_appeal, first.id, cohort.ids[0], text="当天发烧，有医生证明。", by=trainee)
    courses.work(decide_appeal, appeal_id, granted=False, answer="签到表上没有您。")
    assert forget(courses) == {}
    with time_machine.travel(now() + timedelta(days=366)):
        assert forget(courses) == {"appeals": 1}
    row = courses.look(lambda connection: connection.execute(select(APPEALS)).one())
    assert (row.text, row.answer, row.state) == ("", "", AppealState.REFUSED)


def test_the_page_says_that_the_reason_was_erased(courses, make_cohort):
    cohort = make_cohort(1)
    ask(courses, cohort)
    close(courses, cohort)
    page, teacher = f"/courses/cohorts/{cohort.id}", courses.client(Role.ORGANIZER, browser=True)
    assert "急性肠胃炎" in teacher.get(page).text
    forget(courses)
    assert "保存期满已清除" in teacher.get(page).text
    assert "Erased after its time" in teacher.get(page, headers={"Accept-Language": "en"}).text


def test_what_was_closed_before_the_service_listened_is_taken_from_its_inbox(both_databases, tmp_path):
    heard = run_service("courses", f"sqlite:///{tmp_path}/heard.db", tmp_path)
    close(heard, Cohort(heard, []))
    database = Database(both_databases, metadata_of("courses"))
    with database.writing() as connection, heard.database.reading() as source:
        configuration = migrations.configuration("courses", connection)
        migrations.command.upgrade(configuration, "0002")
        (row,) = source.execute(text("SELECT stream, version, type, body, received_at, status FROM inbox")).mappings().all()
        inserting = (
            "INSERT INTO inbox (stream, version, type, body, received_at, status) VALUES (:stream, :version, :type, :body, :at, :status)"
        )
        connection.execute(text(inserting), {**row, "at": now() - timedelta(days=1)})
    migrations.upgrade("courses", database)
    with database.reading() as connection:
        assert [row.closed_on for row in connection.execute(select(CLOSED_INTAKES))] == [CLOSED]
    database.close()
    heard.database.close()
