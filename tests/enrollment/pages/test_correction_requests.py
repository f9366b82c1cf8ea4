"""The pages of a correction: the trainee's form and answers, the organizer's list and decision (R45, R48)."""

import re

import pytest

from shared.vocabulary import Role
from tests.enrollment.places import County, resident_id

OWN, ALL = "/enrollment/me/correction-requests", "/enrollment/correction-requests"


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


@pytest.fixture
def trainee(county):
    return county.service.client(Role.TRAINEE, browser=True, person_id=county.nominate(1).person_id)


@pytest.fixture
def organizer(county):
    return county.service.client(Role.ORGANIZER, browser=True)


def send(browser, url, **fields):
    return browser.post(url, data={"csrf_token": "csrf", **fields}, follow_redirects=True)


def the_one(organizer):
    return re.search(rf'href="({ALL}/[0-9a-f-]{{36}})"', organizer.get(ALL).text)[1]


def test_a_request_goes_its_way_from_the_form_to_the_answer(trainee, organizer):
    page = send(trainee, OWN, field="phone", stated="139 1234 5678", text="换号了").text
    assert "申请已提交" in page
    assert "139****5678" in page
    assert '<option value="phone">' not in page
    assert "更正申请 (1)" in organizer.get("/enrollment/intakes").text
    assert "139****5678" in organizer.get(ALL).text
    page = send(organizer, f"{the_one(organizer)}/decision", outcome="done", answer="已更新").text
    assert "没有待处理的申请" in page
    page = trainee.get(OWN).text
    assert "已更新" in page
    assert "已更正" in page
    assert "139****5678" not in page


def test_the_second_organizer_is_told_that_it_is_decided(trainee, organizer):
    send(trainee, OWN, field="unit", stated="霸州市示例第二小学", text="调动")
    address = the_one(organizer)
    send(organizer, f"{address}/decision", outcome="refused", answer="以报名时为准")
    again = organizer.post(f"{address}/decision", data={"csrf_token": "csrf", "outcome": "done", "answer": "已改"})
    assert again.status_code == 409
    assert "此申请已由他人处理" in again.text
    assert "以报名时为准" in trainee.get(OWN).text


def test_r44_the_number_is_masked_until_the_organizer_says_why(trainee, organizer):
    number = resident_id(77)
    send(trainee, OWN, field="id_number", stated=number, text="末位录错")
    address = the_one(organizer)
    assert number not in organizer.get(address).text
    refused = organizer.post(f"{address}/value", data={"csrf_token": "csrf", "reason": " "})
    assert (refused.status_code, number in refused.text) == (409, False)
    assert number in send(organizer, f"{address}/value", reason="核对证件").text
    assert number not in organizer.get(address).text


def test_what_is_wrong_with_a_request_is_said_at_once_and_the_form_keeps_what_was_typed(trainee):
    answer = trainee.post(OWN, data={"csrf_token": "csrf", "field": "phone", "stated": "12345", "text": "打13912345678"})
    assert answer.status_code == 422
    assert "12345" in answer.text
    assert answer.text.count("<li>") >= 2
    assert trainee.post(OWN, data={"csrf_token": "csrf", "field": "", "text": "x"}).status_code == 422


def test_r45_nobody_else_sees_or_decides_a_request(county, trainee, organizer):
    send(trainee, OWN, field="unit", stated="霸州市示例第二小学", text="调动")
    address = the_one(organizer)
    scope = {"county_code": "131081", "school_id": county.schools["1310810001"], "cohort_ids": frozenset({county.cohort_id})}
    for role in Role:
        if role is Role.ORGANIZER:
            continue
        client = county.service.client(role, browser=True, **scope)
        for url in (ALL, address, f"/api{ALL}"):
            assert client.get(url).status_code == 403, (role, url)
        for url in (f"{address}/decision", f"{address}/value"):
            assert client.post(url, data={"csrf_token": "csrf", "outcome": "done", "answer": "x"}).status_code == 403, (role, url)
    other = county.service.client(Role.TRAINEE, browser=True, person_id=county.nominate(2).person_id)
    assert "霸州市示例第二小学" not in other.get(OWN).text
    assert county.service.client(Role.ORGANIZER, browser=True).get(OWN).status_code == 403


def test_a_form_from_elsewhere_is_refused(trainee, organizer):
    assert trainee.post(OWN, data={"field": "unit", "stated": "x", "text": "x"}).status_code == 400
    assert "x" not in re.findall(r"<td[^>]*>(.*?)</td>", organizer.get(ALL).text)


def test_the_machines_door_asks_lists_and_decides(county):
    person = county.nominate(1).person_id
    trainee = county.service.client(Role.TRAINEE, person_id=person)
    asked = trainee.post(f"/api{OWN}", json={"field": "phone", "stated": "13912345678", "text": "换号了"})
    assert asked.status_code == 201
    organizer = county.service.client(Role.ORGANIZER)
    (waiting,) = organizer.get(f"/api{ALL}").json
    assert (waiting["id"], waiting["stated"], waiting["state"]) == (asked.json["id"], "139****5678", "open")
    decided = organizer.post(f"/api{ALL}/{waiting['id']}/decision", json={"done": True})
    assert decided.status_code == 200
    assert organizer.post(f"/api{ALL}/{waiting['id']}/decision", json={"done": True}).json["code"] == "request_decided"
    (own,) = trainee.get(f"/api{OWN}").json
    assert (own["state"], own["stated"]) == ("done", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(trainee, organizer, lang):
    send(trainee, OWN, field="unit", stated="霸州市示例第二小学", text="调动")
    words = {"zh": ("申请更正", "更正申请", "处理"), "en": ("Ask for a correction", "Requests for a correction", "Decide")}[lang]
    pages = (trainee.get(f"{OWN}?lang={lang}"), organizer.get(f"{ALL}?lang={lang}"), organizer.get(f"{the_one(organizer)}?lang={lang}"))
    for page, heading in zip(pages, words, strict=True):
        assert page.status_code == 200
        assert heading in page.text
