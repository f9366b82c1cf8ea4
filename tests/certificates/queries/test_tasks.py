"""What waits in certificates: who has completed without one, and files that do not come (R39, R45)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import update

from services.certificates.queries.tasks import GRACE, TaskCode
from services.certificates.storage.tables import CERTIFICATES
from shared.domain import now
from shared.storage.tables import INBOX
from shared.vocabulary import OrganizedBy, Role
from tests.certificates.conftest import COHORT

TASKS = "/api/certificates/me/tasks"


def told(office, role=Role.ORGANIZER, **scope):
    answer = office.service.client(role, **scope).get(TASKS)
    assert answer.status_code == 200, answer.text
    return {task["code"]: task for task in answer.json}


def change(office, statement):
    with office.service.database.writing() as connection:
        connection.execute(statement)


def park(office, name, **facts):
    office.complete(name, apply=False, **facts)
    change(office, update(INBOX).where(INBOX.c.body.contains(name)).values(status="parked", error="name_not_printable"))


def test_files_are_made_by_themselves_and_wait_for_nobody_unless_they_fail_or_take_long(certificates_anywhere):
    office = certificates_anywhere
    told_of = office.complete("张卫国")
    assert told(office) == {}
    with time_machine.travel(now() + GRACE + timedelta(seconds=5)):
        late = told(office)[TaskCode.CERTIFICATES_WITHOUT_FILE]
    assert (late["count"], late["facts"]["failed"], late["facts"]["first"][0]["name"]) == (1, 0, "张卫国")
    change(office, update(CERTIFICATES).values(render_error="FontMissing: 㛃"))
    assert told(office)[TaskCode.CERTIFICATES_WITHOUT_FILE]["facts"]["failed"] == 1
    office.undo(told_of)
    assert told(office) == {}


def test_a_completion_whose_certificate_was_refused_waits_with_its_reason(certificates_anywhere):
    office = certificates_anywhere
    park(office, "李建国")
    park(office, "省里人", organized_by=OrganizedBy.PROVINCE)
    task = told(office)[TaskCode.CERTIFICATES_NOT_ISSUED]
    assert (task["count"], task["facts"]["failed"], task["facts"]["first"][0]["name"]) == (1, 1, "李建国")
    page = office.service.client(Role.ORGANIZER, browser=True).get(task["url"])
    assert "李建国" in page.text
    assert "name_not_printable" in page.text


def test_a_class_teacher_counts_the_own_classes_only(certificates_anywhere):
    office = certificates_anywhere
    office.complete("张卫国")
    park(office, "李建国")
    change(office, update(CERTIFICATES).values(render_error="FontMissing: 㛃"))
    own = {"cohort_ids": frozenset([COHORT])}
    assert told(office, Role.CLASS_TEACHER, **own).keys() == set(TaskCode)
    other = {"cohort_ids": frozenset([uuid4()])}
    assert told(office, Role.CLASS_TEACHER, **other) == {}
    browser = office.service.client(Role.CLASS_TEACHER, browser=True, **other)
    for code in TaskCode:
        for language in ("zh", "en"):
            answer = browser.get(f"/certificates/tasks/{code}?lang={language}")
            assert answer.status_code == 200
            assert not {name for name in ("张卫国", "李建国") if name in answer.text}


@pytest.mark.parametrize("role", [Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINEE])
def test_nobody_else_has_tasks_in_certificates(certificates, role):
    assert certificates.service.client(role).get(TASKS).status_code == 403
    assert certificates.service.client(role, browser=True).get(f"/certificates/tasks/{TaskCode.CERTIFICATES_NOT_ISSUED}").status_code == 403
