"""After a history of the model city no ID number and no phone is in any log, event, URL, metric, or in plain text on the disk (R43)."""

import io
import logging
import re
import threading
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import structlog
from sqlalchemy import insert, select
from werkzeug.serving import make_server
from werkzeug.test import Client

from demo.city import schools
from demo.doors import Doors, over_http
from demo.history import History
from demo.people import Person, staff
from demo.plan import PUBLIC, Intake
from services.courses.events import listens
from services.embedded import House
from services.enrollment.operations import nominations
from shared import logs
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.domain import now
from shared.storage.tables import ANSWERED_REQUESTS, AUDIT_ENTRIES, INBOX, OUTBOX
from shared.vocabulary import SERVICES, Role
from tests.enrollment.sheets import as_sent, person, xlsx

# A metric has as many decimals, and a digest in a log may have as many digits in a row.
LIKE_AN_ID = re.compile(r"(?<![0-9A-Za-z_.])\d{17}[\dXx](?![0-9A-Za-z])")
RUN = re.compile(r"\d{11,}[Xx]?")
PASSWORD = "journey-2023"
TEXTS = {
    "outbox": (OUTBOX, ("stream", "body")),
    "inbox": (INBOX, ("stream", "body", "error")),
    "audit": (AUDIT_ENTRIES, ("account", "address", "subject", "facts")),
    "answers": (ANSWERED_REQUESTS, ("key", "answer")),
}


class Witness:
    """What anybody outside the encrypted columns could see of a house while it worked."""

    def __init__(self, folder: Path) -> None:
        self.log = io.StringIO()
        self.urls: list[str] = []
        logs.configure_logs(self.log)
        for name in ("", "werkzeug", "alembic", "sqlalchemy.engine"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger("sqlalchemy.pool").setLevel(logging.INFO)
        self.house = House(folder)
        self.house.start_background()
        self.server = make_server("127.0.0.1", 0, self._noting_urls, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.doors = Doors(over_http(self.url), self.house.open_client("journey", Role.ORGANIZER))
        self.notes_urls = True

    def _noting_urls(self, environ: Any, start_response: Any) -> Any:
        if self.notes_urls:
            self.urls.append(f"{environ['PATH_INFO']}?{unquote(environ.get('QUERY_STRING', ''))}")

        def noting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            self.urls.extend(unquote(value) for name, value in headers if name == "Location" and self.notes_urls)
            return start_response(status, headers, *more)

        return self.house.wsgi(environ, noting)

    def texts(self) -> dict[str, str]:
        """Everything that was said, by where it was said."""
        found = {"log": self.log.getvalue(), "urls": "\n".join(self.urls)}
        for name in SERVICES:
            found[f"{name} metrics"] = self.house.apps[name].test_client().get("/metrics").text
            with self.house.databases[name].reading() as connection:
                for kind, (table, columns) in TEXTS.items():
                    rows = connection.execute(select(*(table.c[column] for column in columns))).all()
                    found[f"{name} {kind}"] = "\n".join(str(value) for row in rows for value in row)
        return found

    def files(self) -> dict[str, bytes]:
        """Every database file of the house with its write-ahead log, as it lies on the disk."""
        return {path.name: path.read_bytes() for path in self.house.folder.rglob("*.db*")}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.house.stop()


def numbers_of(people: list[Person]) -> set[str]:
    """Their ID numbers and phones."""
    return {number for person in people for number in (person.resident_id, person.phone)}


def told(texts: dict[str, str], people: list[Person]) -> set[tuple[str, str]]:
    """Where something like an ID number, or a number of one of these people, is said."""
    theirs = numbers_of(people)
    found = set()
    for where, text in texts.items():
        found |= {(where, number) for number in LIKE_AN_ID.findall(text)}
        found |= {(where, number) for run in RUN.findall(text) for number in theirs if number in run}
    return found


def lying_open(files: dict[str, bytes], people: list[Person]) -> set[tuple[str, str]]:
    """Where an ID number or a phone of one of these people lies on the disk as it is."""
    theirs = numbers_of(people)
    return {
        (where, number)
        for where, content in files.items()
        for run in set(RUN.findall(content.decode("latin-1")))
        for number in theirs
        if number in run
    }


@pytest.fixture(scope="module")
def people():
    return [person for category in staff(schools()).values() for person in category]


@pytest.fixture(scope="module")
def planted():
    """One whom the history nominates nowhere, so that only mistakes name them."""
    return next(one for one in reversed(staff(schools())["public_school"]) if one.post == "党支部书记")


@pytest.fixture
def quiet_again():
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "werkzeug", "alembic", "sqlalchemy.engine", "sqlalchemy.pool", "pika")}
    handlers, complains = root.handlers[:], logging.raiseExceptions
    yield
    root.handlers[:], logging.raiseExceptions = handlers, complains
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def witness(tmp_path, quiet_again):
    made = Witness(tmp_path / "data")
    yield made
    made.close()


def play(witness: Witness) -> Any:
    """A cohort from its rosters to certificates; answers it."""
    held = Intake(1, date(2023, 5, 8), PUBLIC, "offline", 1)
    history = History(witness.doors, settle=witness.house.settle, step=lambda name: None, intakes=[held], seats=48)
    history.play()
    witness.house.settle()
    return history.cohorts[0]


def open_cohort(witness: Witness) -> str:
    """A cohort that takes nominations."""
    body = {"number": 2, "title": "第2期公办学校领导培训班", "category": "public_school", "delivery": "offline"}
    intake = witness.doors.post("/api/enrollment/intakes", {**body, "starts_on": "2024-05-06", "ends_on": "2024-05-10"})["id"]
    cohort: str = witness.doors.post(f"/api/enrollment/intakes/{intake}/cohorts", {"number": 1, "seats": 100})["id"]
    witness.doors.put(f"/api/enrollment/cohorts/{cohort}/quotas", witness.doors.get(f"/api/enrollment/cohorts/{cohort}/quotas/proposal"))
    return cohort


class Browser:
    """An organizer at the pages."""

    def __init__(self, witness: Witness) -> None:
        witness.house.open_account("organizer", "组织员", Role.ORGANIZER, PASSWORD)
        self._client = Client(witness._noting_urls)
        assert self.post("/portal/sign-in", login="organizer", password=PASSWORD).status_code == 302
        self._csrf = self._csrf_of("/portal/notice")
        assert self.post("/portal/notice").status_code == 302
        self._csrf = self._csrf_of("/portal/password")

    def _csrf_of(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self._client.get(path).text)
        assert found
        return found[1]

    _csrf = ""

    def get(self, path: str) -> Any:
        return self._client.get(path)

    def post(self, path: str, **form: Any) -> Any:
        return self._client.post(path, data={**form, "csrf_token": self._csrf})


def read_pages(browser: Browser, cohort: Any, place: str) -> None:
    """What an organizer looks at, an ID number in full among it."""
    for path in ("/", "/enrollment/intakes", f"/enrollment/cohorts/{cohort.id}", f"/enrollment/enrollments/{place}"):
        assert browser.get(path).status_code == 200
    shown = browser.post(f"/enrollment/enrollments/{place}/identity", reason="核对证件")
    assert LIKE_AN_ID.search(shown.text), "the one page on which it is to be seen"


def make_mistakes(witness: Witness, browser: Browser, cohort_id: str, planted: Person, monkeypatch: Any) -> None:
    """Everything that goes wrong with an ID number in hand."""
    number, phone, doors = planted.resident_id, planted.phone, witness.doors
    wrong = {"school": number, "post": phone, "lodging": f"住 {phone}", "sex": phone, "county": f"电话{phone}"}
    rows = [person(row, number, **{field: text}) for row, (field, text) in enumerate(wrong.items(), start=1)]
    rows += [person(8, number, name=f"王{number}"), person(9, f"{number}9"), person(10, number, phone=number, remarks=f"联系 {phone}")]
    sent = {"files": {"file": (xlsx(as_sent(rows)), f"名单{number}.xlsx")}}
    for preview in ("true", "false"):
        assert doors.post(f"/api/enrollment/cohorts/{cohort_id}/rosters", **sent, mode="lenient", preview=preview)["problems"]
    file = (io.BytesIO(xlsx(as_sent(rows))), "名单.xlsx")
    assert browser.post(f"/enrollment/cohorts/{cohort_id}/rosters", file=file).status_code == 302

    witness.notes_urls = False  # this one was asked by somebody else's mistake
    assert doors.get("/api/enrollment/organizations", name=number) == []
    assert doors.get("/api/enrollment/organizations", id_number=number)
    browser.get(f"/enrollment/intakes?id_number={number}&phone={phone}")
    witness.notes_urls = True

    browser.post("/portal/sign-in", login=number, password=phone)
    form = {"name": planted.name, "id_number": number, "phone": phone, "post": "secretary", "school": planted.school.name}
    assert browser.post(f"/enrollment/cohorts/{cohort_id}/nomination", **{**form, "id_number": f"{number}0"}).status_code == 422
    with monkeypatch.context() as broken:

        def fail(_work: Any, _cohort: Any, _school: Any, nominee: Any) -> None:
            raise RuntimeError(f"no such person: {nominee.name} {nominee.id_number.number} {nominee.phone}")

        broken.setattr(nominations, "check_category", fail)
        assert browser.post(f"/enrollment/cohorts/{cohort_id}/nomination", **form).status_code == 500
    answered = browser.post(f"/enrollment/cohorts/{cohort_id}/nomination", **form, remarks=f"联系人电话 {phone}")
    assert answered.status_code == 302, answered.text
    (place,) = doors.get(f"/api/enrollment/cohorts/{cohort_id}/enrollments")
    browser.post(f"/enrollment/enrollments/{place['id']}/withdrawal", reason=f"身份证 {number} 重复, 电话 {phone}")


def say_too_much(witness: Witness, cohort: Any, planted: Person) -> None:
    """Somebody writes numbers where reasons are asked for."""
    reason = f"{planted.name} {planted.resident_id} 电话{planted.phone}"
    places = witness.doors.get(f"/api/enrollment/cohorts/{cohort.id}/enrollments")
    place = [place for place in places if place["status"] == "enrolled"][-1]
    witness.doors.post(
        f"/api/courses/enrollments/{place['id']}/leaves", {"kind": "sick_leave", "first_day": "2023-05-08", "reason": reason}
    )
    certificate = witness.doors.get("/api/certificates/certificates", cohort_id=cohort.id)[-1]
    witness.doors.post(f"/api/certificates/certificates/{certificate['id']}/void", {"reason": reason})
    session = witness.doors.get(f"/api/courses/cohorts/{cohort.id}/sessions")[0]
    correction = {"enrollment_id": place["id"], "status": "late", "reason": reason}
    witness.doors.post(f"/api/courses/attendance/{session['session_id']}/corrections", correction)
    witness.house.settle()


def break_a_handler(witness: Witness, cohort: Any, planted: Person, monkeypatch: Any) -> None:
    """Courses cannot apply an event, and its error names somebody."""

    def fail(_work: Any, _event: Any) -> None:
        raise ValueError(f"cannot release {planted.name} ({planted.resident_id}, {planted.phone})")

    places = witness.doors.get(f"/api/enrollment/cohorts/{cohort.id}/enrollments")
    place = next(place for place in places if place["status"] == "enrolled")
    with monkeypatch.context() as broken:
        broken.setitem(listens.LISTENS, TRAINEE_LEFT.name, fail)
        witness.doors.post(f"/api/enrollment/enrollments/{place['id']}/withdrawal", {"reason": "工作原因"})
        witness.house.settle()
    with witness.house.databases["courses"].reading() as connection:
        (error,) = connection.execute(select(INBOX.c.error).where(INBOX.c.error.is_not(None))).scalars()
    assert error.startswith("ValueError: cannot release")


def test_no_id_number_and_no_phone_is_said_anywhere_or_lies_open(witness, people, planted, monkeypatch):
    cohort = play(witness)
    browser = Browser(witness)
    place = witness.doors.get(f"/api/enrollment/cohorts/{cohort.id}/enrollments")[0]
    read_pages(browser, cohort, place["id"])
    make_mistakes(witness, browser, open_cohort(witness), planted, monkeypatch)
    say_too_much(witness, cohort, planted)
    break_a_handler(witness, cohort, planted, monkeypatch)

    texts = witness.texts()
    assert "no such person" in texts["log"]
    assert "GET /api/enrollment/organizations?" in texts["log"], "the server's own log of requests is among it"
    assert "SELECT" in texts["log"], "and the database's"
    assert len(texts["urls"].splitlines()) > 100
    assert all("linghang_inbox_pending" in texts[f"{name} metrics"] for name in SERVICES)
    assert all(texts[f"{name} {kind}"] for name in ("enrollment", "courses") for kind in TEXTS)
    assert told(texts, people) == set()
    files = witness.files()
    assert {f"{name}.db" for name in SERVICES} <= files.keys()
    assert lying_open(files, people) == set()


def test_what_is_said_is_found(people):
    planted = people[5]
    for said in (planted.resident_id, planted.phone, f"({planted.resident_id})", f"phone={planted.phone}&x"):
        assert len(told({"log": f"before {said} behind"}, people)) == 1
    assert told({"log": "2023-05-09T08:10:04 1700000000123456 131082 13199999999"}, people) == set()


def test_without_the_scrubbing_the_same_mistakes_are_found_in_the_log_and_the_databases(witness, people, planted, monkeypatch):
    monkeypatch.setattr(logs, "_PERSONAL", re.compile(r"(?!)"))
    cohort = play(witness)
    break_a_handler(witness, cohort, planted, monkeypatch)
    found = {where for where, _ in told(witness.texts(), people)}
    assert {"log", "courses inbox"} <= found
    assert {where.removesuffix("-wal") for where, _ in lying_open(witness.files(), people)} == {"courses.db"}


def test_a_number_that_lies_open_on_the_disk_is_found(witness, people):
    entry = {"account": "a", "key": "k", "request": "0" * 64, "status": 200, "at": now()}
    with witness.house.databases["finance"].writing() as connection:
        connection.execute(insert(ANSWERED_REQUESTS).values(**entry, answer=f'{{"phone": "{people[0].phone}"}}'))
    assert {number for _, number in lying_open(witness.files(), people)} == {people[0].phone}
