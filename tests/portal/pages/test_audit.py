"""The auditor reads all services' audit logs as one, verifies them and takes them away; nobody else does (R45, R47)."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update

from services.portal.pages import audit as page
from services.portal.pages.actions import ACTIONS
from services.portal.pages.actions import BREAKS as SAID_BREAKS
from shared.storage.audit import BREAKS, seal
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.house_rules.house import ROOT
from tests.portal.conftest import OperatedHouse, Portal

NOON = datetime(2023, 5, 9, 4, 0, tzinfo=UTC)  # 12:00 in the city


@pytest.fixture
def auditor(operated: OperatedHouse):
    """An auditor at work beside an operator, in a house where enrollment and certificates are silent."""
    operated.portal.account("wen", Role.AUDITOR, name="文审计")
    return operated.portal.signed_in("wen")


def note(operated: OperatedHouse, service: str, *, minutes: int = 0, **said: str) -> None:
    row = {"account": "system", "address": "192.0.2.9", "action": "session.held", "subject": "cohort/1", "facts": "{}", **said}
    database = operated.services[service].app.extensions["linghang"].database
    with database.writing() as connection:
        connection.execute(insert(AUDIT_ENTRIES).values(at=NOON + timedelta(minutes=minutes), **row))


def objects(answer) -> list[str]:
    return re.findall(r'data-label="对象">([^<]*)<', answer.text)


def actions(operated: OperatedHouse, service: str) -> list[tuple[str, str, str]]:
    rows = operated.services[service].look(lambda connection: connection.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all())
    return [(row.action, row.subject, row.facts) for row in rows]


def test_what_an_auditor_looked_for_stands_in_every_log_that_was_read(operated: OperatedHouse, auditor):
    auditor.get("/portal/audit?subject=cohort%2F1")
    for service in ("portal", "courses", "finance"):
        assert ("audit.read", "audit", '{"subject": "cohort/1"}') in actions(operated, service)


def test_readings_are_shown_when_asked_for_and_bury_nothing_otherwise(operated: OperatedHouse, auditor):
    note(operated, "courses", subject="cohort/7")
    for _look in range(3):
        assert "cohort/7" in objects(auditor.get("/portal/audit"))
    assert "audit" not in objects(auditor.get("/portal/audit"))
    assert "audit" in objects(auditor.get("/portal/audit?action=audit.read"))


def test_whoever_is_refused_at_a_door_leaves_an_entry_in_that_services_log(operated: OperatedHouse):
    account = operated.portal.account("qian", Role.FINANCE)
    browser = operated.portal.signed_in("qian", **operated.peers)
    assert browser.get("/courses/cohorts").status_code == 403
    assert browser.get("/portal/operations").status_code == 403
    assert ("access.refused", "/courses/cohorts", '{"method": "GET"}') in actions(operated, "courses")
    refused = ("access.refused", "/portal/operations", '{"method": "GET"}')
    assert refused in actions(operated, "portal")
    row = operated.portal.look(
        lambda connection: connection.execute(select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "access.refused")).one()
    )
    assert row.account == str(account)


def test_a_refusal_is_answered_though_it_cannot_be_noted(operated: OperatedHouse, monkeypatch: pytest.MonkeyPatch):
    def away(*_: object) -> None:
        raise OSError("connection refused")

    operated.portal.account("qian", Role.FINANCE)
    browser = operated.portal.signed_in("qian")
    monkeypatch.setattr("shared.web.audit_log.run", away)
    assert browser.get("/portal/operations").status_code == 403


def test_every_chain_break_has_its_sentence():
    assert set(BREAKS) == set(SAID_BREAKS)


def test_every_action_has_its_name():
    """Nobody at an audit office reads our codes; one that is noted anywhere must be in the list."""
    noted = {
        action
        for path in [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
        for call in re.findall(r"\.note\(\s*([^)]*?),", path.read_text(encoding="utf-8"))
        for action in re.findall(r'"([a-z_]+\.[a-z_]+)"', call)
    }
    assert len(noted) > 40
    assert noted <= set(ACTIONS)


def test_entries_of_all_services_stand_in_one_list_the_newest_first(operated: OperatedHouse, auditor):
    note(operated, "courses", minutes=1, subject="cohort/old", account=str(operated.operator))
    note(operated, "finance", minutes=2, subject="facts/new", facts='{"reason": "核对<b>"}')
    answer = auditor.get("/portal/audit?to=2023-05-09")
    assert objects(answer) == ["facts/new", "cohort/old"]
    assert "课次完成" in answer.text
    assert "赵运维" in answer.text  # the name behind the account
    assert re.search(r"2023年5月9日</span> 12:02", answer.text)
    assert "核对&lt;b&gt;" in answer.text
    assert "报名没有响应" in answer.text
    assert "证书没有响应" in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("service=courses", ["cohort/1"]),
        ("account=root", ["cohort/1"]),
        ("account=system", ["facts/2"]),
        ("action=facts", ["facts/2"]),
        ("subject=hort%2F", ["cohort/1"]),
        ("from=2023-05-10", ["facts/2"]),
        ("action=%25", []),
        ("account=nobody", []),
    ],
)
def test_a_filter_narrows_the_list(operated: OperatedHouse, auditor, query: str, found: list[str]):
    note(operated, "courses", account=str(operated.operator))
    note(operated, "finance", minutes=60 * 24, action="facts.rebuilt", subject="facts/2")
    until = "" if "to=" in query else "&to=2023-06-01"
    answer = auditor.get(f"/portal/audit?{query}{until}")
    assert (answer.status_code, objects(answer)) == (200, found)
    assert found or "没有符合条件的日志" in answer.text


@pytest.mark.parametrize(
    ("query", "words"),
    [("from=9.5.2023", "“9.5.2023”不是日期"), ("to=9999-12-31", "不是日期"), ("service=house", "请从列表"), ("before=x", "网址不完整")],
)
def test_what_cannot_be_looked_for_is_said_at_its_field(auditor, query: str, words: str):
    for address in ("/portal/audit", "/portal/audit/export"):
        answer = auditor.get(f"{address}?{query}")
        assert (answer.status_code, words in answer.text) == (422, True)


def test_pages_show_every_entry_once_though_many_share_a_moment(operated: OperatedHouse, auditor, monkeypatch):
    monkeypatch.setattr(page, "ON_A_PAGE", 3)
    for number in range(4):
        note(operated, "courses", minutes=5, subject=f"c/{number}")
        note(operated, "finance", minutes=number, subject=f"f/{number}")
    address, seen = "/portal/audit?to=2023-05-09", []
    for _page in range(5):
        answer = auditor.get(address)
        seen += objects(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        if not following:
            break
        address = following[1].replace("&amp;", "&")
    assert sorted(seen) == sorted([f"c/{n}" for n in range(4)] + [f"f/{n}" for n in range(4)])
    assert seen[:4] == ["c/3", "c/2", "c/1", "c/0"]
    export = re.search(r'href="(/portal/audit/export[^"]*)"', answer.text)[1]
    assert "before=&" in f"{export}&".replace("&amp;", "&")  # from the last page as from the first: all that fits


def test_an_export_holds_what_fits_and_calculates_nothing(operated: OperatedHouse, auditor):
    note(operated, "courses", subject="=1+1")
    answer = auditor.get("/portal/audit/export?service=courses&to=2023-05-09")
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(r'attachment; filename="audit-\d{8}-\d{4}\.csv"', answer.headers["Content-Disposition"])
    headings, line = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert headings[:3] == ["时间", "服务", "账号"]
    assert line[:2] == ["2023-05-09 12:00:00", "教学"]
    assert line[6] == "'=1+1"


def test_an_export_that_is_not_all_says_so(operated: OperatedHouse, auditor, monkeypatch):
    monkeypatch.setattr(page, "EXPORTED", 2)
    for number in range(3):
        note(operated, "courses", minutes=number)
    lines = list(csv.reader(io.StringIO(auditor.get("/portal/audit/export?service=courses&to=2023-05-09").text)))
    assert len(lines) == 4
    assert "还有更早的" in lines[-1][0]


def test_nothing_is_exported_while_a_service_is_silent(auditor):
    answer = auditor.get("/portal/audit/export")
    assert answer.status_code == 503
    assert "因此未导出" in answer.text


def test_the_chain_of_each_service_is_verified(operated: OperatedHouse, auditor):
    note(operated, "courses")
    database = operated.services["courses"].app.extensions["linghang"].database
    assert seal(database, timedelta(0)) == 1
    shown = auditor.get("/portal/audit/verdicts").text
    assert shown.count("完整</span>") == 3
    assert shown.count("没有响应</span>") == 2
    with database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_unchanged"))
        connection.execute(update(AUDIT_ENTRIES).values(account="somebody else"))
    shown = auditor.get("/portal/audit/verdicts").text
    assert shown.count("已断裂</span>") == 1
    assert re.search(r"第1环（记录\d+）：内容被改动。", shown)
    assert re.search(r"Place 1, entry \d+: what it says was changed\.", auditor.get("/portal/audit/verdicts?lang=en").text)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_reads_the_audit_log(make_service, portal: Portal, role: Role):
    somebody = uuid4()
    scope = {"county_code": "330200", "school_id": somebody, "cohort_ids": frozenset({somebody}), "person_id": somebody}
    courses = make_service("courses").client(role, **scope)
    for path in ("/api/courses/audit/entries", "/api/courses/audit/verdict"):
        assert courses.get(path).status_code == 403
    portal.account("else", role, **scope)
    browser = portal.signed_in("else")
    for path in ("/portal/audit", "/portal/audit/verdicts", "/portal/audit/export"):
        assert browser.get(path).status_code == 403
