"""Rosters through the machines' door: what comes back, and what is refused with words (R5)."""

import logging
import re
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from services.enrollment.storage.tables import ENROLLMENTS, ROSTERS
from shared.vocabulary import Role
from tests.enrollment.places import A, B, County, resident_id
from tests.enrollment.sheets import as_sent, person, xlsx


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open(seats=10, cells={A: 6, B: 4})
    return county


@pytest.fixture
def organizer(county):
    return county.service.client(Role.ORGANIZER)


def roster(*numbers, **changes):
    return xlsx(as_sent([person(number, resident_id(number), **{"name": f"王{chr(0x4E00 + number)}", **changes}) for number in numbers]))


def send(client, county, content, *, name="霸州市.xlsx", headers=None, lang="zh", **form):
    url = f"/api/enrollment/cohorts/{county.cohort_id}/rosters?lang={lang}"
    return client.post(url, data={"file": (BytesIO(content), name), **form}, headers=headers)


def enrolled(county):
    return len(county.service.look(lambda connection: connection.execute(select(ENROLLMENTS.c.id)).all()))


def test_a_good_roster_is_written_at_once(county, organizer):
    answer = send(organizer, county, roster(1, 2))
    assert answer.status_code == 200
    roster_id = answer.json.pop("roster_id")
    assert answer.json | {"roster_id": None} == {
        "roster_id": None,
        "cohort_id": str(county.cohort_id),
        "file_name": "霸州市.xlsx",
        "mode": "strict",
        "rows": 2,
        "unchanged": 0,
        "updated": 0,
        "added": 2,
        "waiting": 0,
        "wrong": 0,
        "problems": [],
        "written": True,
    }
    assert organizer.get(f"/api/enrollment/rosters/{roster_id}").json["added"] == 2
    assert enrolled(county) == 2


@pytest.mark.parametrize(("lang", "words"), [("zh", re.compile("[一-鿿]")), ("en", re.compile("^[^一-鿿]+$"))])
def test_every_problem_is_explained_in_the_readers_language(county, organizer, lang, words):
    answer = send(organizer, county, roster(1, 2, 3, id=resident_id(1), phone="12", post="门卫"), mode="lenient", lang=lang)
    problems = answer.json["problems"]
    assert {"K5", "K6", "L4", "L5", "L6", "J4", "J5", "J6"} <= {problem["cell"] for problem in problems}
    assert all(problem.keys() == {"row", "cell", "code", "message", "warning"} for problem in problems)
    assert all(problem["message"] != problem["code"] and "{" not in problem["message"] for problem in problems)
    assert all(words.search(problem["message"].replace("门卫", "")) for problem in problems)


def test_a_preview_is_looked_at_and_then_written(county, organizer):
    looked = send(organizer, county, roster(1), preview="true").json
    assert (looked["written"], looked["added"], enrolled(county)) == (False, 1, 0)
    written = organizer.post(f"/api/enrollment/rosters/{looked['roster_id']}/writing", json={"mode": "strict"})
    assert (written.status_code, written.json["written"], enrolled(county)) == (200, True, 1)


def test_the_marked_workbook_is_downloaded_by_its_name(county, organizer):
    sent = send(organizer, county, roster(1, post="门卫")).json
    answer = organizer.get(f"/api/enrollment/rosters/{sent['roster_id']}/workbook")
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert load_workbook(BytesIO(answer.data)).worksheets[0]["O3"].value == "问题"


def test_the_same_request_twice_imports_once_and_another_file_under_its_key_is_refused(county, organizer):
    key = {"Idempotency-Key": str(uuid4())}
    boundary = {"content_type": "multipart/form-data; boundary=linghang"}

    def post(content):
        body = b'--linghang\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n' + content + b"\r\n--linghang--\r\n"
        return organizer.post(f"/api/enrollment/cohorts/{county.cohort_id}/rosters", data=body, headers=key, **boundary)

    first, second, other = roster(1), roster(1), roster(2)
    answers = [post(first), post(first), post(other)]
    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert answers[0].json == answers[1].json
    assert second
    assert enrolled(county) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 broken", "workbook_broken"),
        (b"%PDF-1.7", "workbook_unknown"),
        (xlsx([["姓名", "职务", "手机"], ["王芳", "书记", "1"]]), "column_missing"),
        (xlsx([["什么"]]), "headings_missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_in_both_languages(county, organizer, content, code):
    for lang in ("zh", "en"):
        answer = send(organizer, county, content, lang=lang)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert {error["code"] for error in answer.json["errors"]} == {code}
        assert all(error["message"] != code and "{" not in error["message"] for error in answer.json["errors"])
    assert county.service.look(lambda connection: connection.execute(select(ROSTERS.c.id)).all()) == []


@pytest.mark.parametrize("form", [{"mode": "brave"}, {"preview": "perhaps"}, {"colour": "red"}])
def test_unknown_fields_and_values_are_refused(county, organizer, form):
    answer = send(organizer, county, roster(1), **form)
    assert (answer.status_code, [error["where"] for error in answer.json["errors"]]) == (422, list(form))
    assert enrolled(county) == 0


def test_a_request_without_a_file_is_refused(county, organizer):
    answer = organizer.post(f"/api/enrollment/cohorts/{county.cohort_id}/rosters", data={"mode": "strict"})
    assert (answer.status_code, [error["where"] for error in answer.json["errors"]]) == (422, ["file"])


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.FINANCE, Role.CLASS_TEACHER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_organizers_and_contacts_send_rosters(county, role):
    assert send(county.service.client(role), county, roster(1)).status_code == 403


def test_another_countys_roster_is_not_there(county, organizer):
    sent = send(organizer, county, roster(1)).json
    stranger = county.service.client(Role.COUNTY_CONTACT, county_code=B, account_id="stranger")
    for url in (f"/api/enrollment/rosters/{sent['roster_id']}", f"/api/enrollment/rosters/{sent['roster_id']}/workbook"):
        assert stranger.get(url).status_code == 404
    assert stranger.post(f"/api/enrollment/rosters/{sent['roster_id']}/writing", json={"mode": "strict"}).status_code == 404
    assert organizer.get(f"/api/enrollment/rosters/{uuid4()}").status_code == 404


def test_no_id_number_gets_into_a_log(county, organizer, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        send(organizer, county, roster(1, 2, 3), mode="lenient")
        send(organizer, county, roster(4, phone="12", school=resident_id(4)), mode="lenient")
    out, err = capfd.readouterr()
    assert not re.search(r"\d{17}[\dXx]", caplog.text + out + err)
