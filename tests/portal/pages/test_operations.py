"""The operator's page shows every service, answering or not, and no names; parked events are applied again or discarded there."""

import re
import threading
from uuid import UUID, uuid4

import pytest
from flask import Flask, jsonify

from shared.contracts.enrollment import PERSON_MERGED, TRAINEE_ADMITTED, TRAINEE_LEFT
from shared.contracts.event_type import EventType
from shared.messaging.inbox import INBOX
from shared.vocabulary import Post, Role
from shared.web.access import TOKEN_HEADER
from tests.conftest import RunningService

PAGE = "/portal/operations"
DOWN = "http://127.0.0.1:1"
DEEDS = [
    "/portal/operations/courses/replays",
    "/portal/operations/courses/events/1/discard",
    "/portal/operations/portal/replays",
    "/portal/operations/read-model/runs",
]


def admitted(subject: UUID) -> dict[str, object]:
    place = {"enrollment_id": uuid4(), "person_id": uuid4(), "name": "秘密姓名", "sex": "女", "county_code": "131082"}
    school = {"county_name": "三河市", "school_id": uuid4(), "school_name": "三河市示例第一小学"}
    return {"cohort_id": subject, "place": {**place, **school, "post": Post.SECRETARY, "group_number": None}}


def park(service: RunningService, event_type: EventType = TRAINEE_ADMITTED, *, behind: int = 0) -> int:
    """An event that its service could not apply, with others about the same subject behind it; answers its number."""
    subject = uuid4()
    for _ in range(behind + 1):
        kept = {"kept_person_id": subject, "merged_person_id": uuid4()}
        left = {"cohort_id": subject, "enrollment_id": subject, "person_id": subject, "checked_in": False}
        data = {PERSON_MERGED.name: kept, TRAINEE_LEFT.name: left}.get(event_type.name) or admitted(subject)
        service.deliver(event_type, subject, data, apply=False)
    head = (INBOX.c.stream == event_type.stream(subject)) & (INBOX.c.version == 1)
    with service.database.writing() as connection:
        failed = INBOX.update().where(head).values(status="parked", attempts=8, error="ValueError: no such school")
        event_id: int = connection.execute(failed.returning(INBOX.c.id)).scalar_one()
    return event_id


def statuses(service: RunningService) -> dict[int, str]:
    rows = service.look(lambda connection: connection.execute(INBOX.select()).all())
    return {row.id: row.status for row in rows}


def stream_of(service: RunningService, event_id: int) -> str:
    rows = service.look(lambda connection: connection.execute(INBOX.select().where(INBOX.c.id == event_id)).one())
    return f"{rows.stream}#{rows.version}"


def test_services_that_do_not_answer_are_named_and_the_rest_is_shown(operated):
    operated.peers["courses"] = DOWN
    page = operated.browser.get(PAGE).text
    rows = re.findall(r'<th role="rowheader".*?>(.*?)</th>.*?lh-badge-\w+">(.*?)<', page)
    assert rows == [("门户", "正常"), ("报名", "没有响应"), ("教学", "没有响应"), ("证书", "没有响应"), ("财务统计", "正常")]
    assert "有响应的服务中没有搁置的事件" in page


def test_a_parked_event_is_shown_with_its_error_and_without_names(operated):
    event_id = park(operated.portal)
    page = operated.browser.get(PAGE).text
    assert f"事件 {event_id}" in page
    assert "ValueError: no such school" in page
    assert "enrollment.trainee.admitted.v1" in page
    assert "有搁置事件" in page
    assert "秘密姓名" not in page
    assert "三河市" not in page
    assert Post.SECRETARY.value in page


def test_events_that_wait_behind_a_parked_one_are_counted(operated):
    park(operated.services["courses"], behind=7)
    park(operated.services["courses"])
    page = operated.browser.get(PAGE).text
    assert page.count("同一对象的 7 个事件") == 1
    assert len(re.findall(r"其后等待</dt><dd>无<", page)) == 1


def test_parked_events_stand_by_service_and_kind(operated):
    for service in ("portal", "courses"):
        park(operated.services[service])
        park(operated.services[service], PERSON_MERGED)
        park(operated.services[service])
    page = operated.browser.get(PAGE).text
    assert re.findall(r'<h3 id="parked-(\w+)">', page) == ["portal", "courses"]
    kinds = re.findall(r'<h4><code>([\w.]+)</code> <span class="lh-badge lh-badge-neutral">(\d)</span>', page)
    assert kinds == [("enrollment.person.merged.v1", "1"), ("enrollment.trainee.admitted.v1", "2")] * 2


def test_of_very_many_parked_events_the_oldest_are_shown_and_the_page_says_so(operated):
    park(operated.portal, PERSON_MERGED)
    with operated.portal.database.writing() as connection:
        one = connection.execute(INBOX.select()).mappings().one()
        more = [{**one, "id": number, "stream": f"enrollment/person/{uuid4()}"} for number in range(1000, 1200)]
        connection.execute(INBOX.insert(), more)
    page = operated.browser.get(PAGE).text
    assert page.count("<article") == 200
    assert "共 201 个，此处显示最早的 200 个" in page


@pytest.mark.parametrize("name", ["portal", "courses"])
def test_one_event_is_applied_again_and_the_audit_log_names_the_operator(operated, name):
    service = operated.services[name]
    one, other = park(service), park(service)
    page = operated.told(f"{PAGE}/{name}/replays", event_id=one)
    assert "1 个事件将重新处理" in page
    assert statuses(service) == {one: "pending", other: "parked"}
    assert operated.audit(name) == [(str(operated.operator), "192.0.2.7", "event.replayed", stream_of(service, one), "{}")]


@pytest.mark.parametrize("name", ["portal", "courses"])
def test_all_of_a_kind_are_applied_again_and_other_kinds_stay(operated, name):
    service = operated.services[name]
    kind, other = {park(service) for _ in range(3)}, park(service, TRAINEE_LEFT)
    page = operated.told(f"{PAGE}/{name}/replays", event_type=TRAINEE_ADMITTED.name)
    assert "3 个事件将重新处理" in page
    assert statuses(service) == {**dict.fromkeys(kind, "pending"), other: "parked"}


@pytest.mark.parametrize("name", ["portal", "courses"])
def test_all_of_a_service_are_applied_again_and_other_services_stay(operated, name):
    for service in ("portal", "courses"):
        park(operated.services[service])
        park(operated.services[service], PERSON_MERGED)
    assert "2 个事件将重新处理" in operated.told(f"{PAGE}/{name}/replays", all="true")
    untouched = {"portal": "courses", "courses": "portal"}[name]
    assert set(statuses(operated.services[name]).values()) == {"pending"}
    assert set(statuses(operated.services[untouched]).values()) == {"parked"}


def test_what_is_applied_again_is_really_applied_and_what_waits_behind_it_follows(operated):
    courses = operated.services["courses"]
    park(courses, PERSON_MERGED, behind=2)
    operated.told(f"{PAGE}/courses/replays", all="true")
    with courses.database.writing() as connection:
        connection.execute(INBOX.update().values(error=None))
    courses.apply()
    assert set(statuses(courses).values()) == {"done"}


@pytest.mark.parametrize("name", ["portal", "courses"])
def test_the_second_of_two_operators_hears_that_it_is_done(operated, name):
    event_id = park(operated.services[name])
    operated.told(f"{PAGE}/{name}/replays", event_id=event_id)
    assert "已不在搁置状态" in operated.told(f"{PAGE}/{name}/replays", event_id=event_id)
    assert "已不在搁置状态" in operated.told(f"{PAGE}/{name}/events/{event_id}/discard", reason="学校不存在")
    looked = operated.browser.get(f"{PAGE}/{name}/events/{event_id}/discard")
    assert looked.status_code == 302
    assert "已不在搁置状态" in operated.browser.get(looked.location).text
    assert len(operated.audit(name)) == 1


def test_of_many_who_discard_at_once_one_does_it(operated):
    event_id, answers = park(operated.services["courses"]), []
    browsers = [operated.portal.signed_in("root") for _ in range(4)]

    def discard(browser):
        answers.append(operated.send(f"{PAGE}/courses/events/{event_id}/discard", browser, reason="学校不存在").status_code)

    threads = [threading.Thread(target=discard, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 4
    assert len(operated.audit("courses")) == 1


@pytest.mark.parametrize("name", ["portal", "courses"])
def test_an_event_is_discarded_with_a_reason_after_the_page_has_said_what_that_means(operated, name):
    service = operated.services[name]
    event_id = park(service, PERSON_MERGED, behind=2)
    asked = operated.browser.get(f"{PAGE}/{name}/events/{event_id}/discard").text
    assert "2 个事件将跳过它继续处理" in asked
    assert "会留在审计日志中" in asked
    assert statuses(service)[event_id] == "parked", "looking discards nothing"
    page = operated.told(f"{PAGE}/{name}/events/{event_id}/discard", reason=" 两人其实\r\n不是同一人 ")
    assert f"事件 {event_id} 已放弃" in page
    facts = '{"reason": "两人其实\\n不是同一人"}'
    assert operated.audit(name) == [(str(operated.operator), "192.0.2.7", "event.discarded", stream_of(service, event_id), facts)]
    with service.database.writing() as connection:
        connection.execute(INBOX.update().values(error=None))
    service.apply()
    assert sorted(statuses(service).values()) == ["discarded", "done", "done"]


@pytest.mark.parametrize("reason", ["", " \r\n ", "因", "因" * 501])
def test_a_reason_is_asked_for_in_place_and_what_was_typed_is_kept(operated, reason):
    event_id = park(operated.services["courses"])
    answer = operated.send(f"{PAGE}/courses/events/{event_id}/discard", reason=reason)
    assert answer.status_code == 422
    assert "2 至 500 个字符" in answer.text
    assert f">{reason.strip()}</textarea>" in answer.text
    assert "ValueError: no such school" in answer.text
    assert statuses(operated.services["courses"]) == {event_id: "parked"}


def test_a_reason_of_500_characters_over_several_lines_is_taken(operated):
    event_id = park(operated.services["courses"])
    reason = "\r\n".join(["因" * 249, "果" * 250])  # browsers count a line's end once and send it as two
    assert operated.send(f"{PAGE}/courses/events/{event_id}/discard", reason=reason).status_code == 302


def test_a_service_that_goes_down_before_a_deed_is_named_and_nothing_is_lost(operated):
    event_id = park(operated.services["courses"])
    operated.peers["courses"] = DOWN
    assert "教学没有响应。数据没有丢失" in operated.told(f"{PAGE}/courses/replays", event_id=event_id)
    kept = operated.send(f"{PAGE}/courses/events/{event_id}/discard", reason="学校不存在")
    assert kept.status_code == 503
    assert "教学没有响应。数据没有丢失" in kept.text
    assert ">学校不存在</textarea>" in kept.text
    looked = operated.browser.get(f"{PAGE}/courses/events/{event_id}/discard")
    assert "教学没有响应" in operated.browser.get(looked.location).text
    assert statuses(operated.services["courses"]) == {event_id: "parked"}


def test_a_service_that_refuses_is_heard(operated):
    strict = Flask("strict")

    @strict.post("/api/courses/operations/replays")
    def refuse():
        return jsonify(title="规则不允许", status=409), 409

    operated.peers["courses"] = strict
    assert "教学未执行：规则不允许" in operated.told(f"{PAGE}/courses/replays", all="true")


@pytest.mark.parametrize(
    "form", [{}, {"event_id": ""}, {"event_id": "x"}, {"event_id": "-1"}, {"event_id": "9" * 30}, {"all": "yes"}, {"event_type": ""}]
)
def test_a_form_that_names_nothing_applies_nothing_again(operated, form):
    event_id = park(operated.portal)
    assert operated.send(f"{PAGE}/portal/replays", **form).status_code == 422
    assert statuses(operated.portal) == {event_id: "parked"}


@pytest.mark.parametrize("address", [f"{PAGE}/cellar/replays", f"{PAGE}/courses/events/{'9' * 30}/discard"])
def test_what_does_not_exist_is_not_found(operated, address):
    assert operated.send(address, all="true", reason="学校不存在").status_code in {404, 405}


@pytest.mark.parametrize("address", DEEDS)
def test_no_deed_without_the_forms_own_value(operated, address):
    event_id = park(operated.portal)
    assert operated.browser.post(address, data={"all": "true", "reason": "学校不存在", "kind": "rebuild"}).status_code == 400
    assert statuses(operated.portal) == {event_id: "parked"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR], ids=str)
def test_the_page_and_its_deeds_are_for_operators_alone(make_service, role):  # R45
    other = make_service("portal").client(role, browser=True)
    assert TOKEN_HEADER.upper().replace("-", "_") in "".join(other.environ_base)
    for address in (PAGE, "/portal/operations/courses/events/1/discard", "/portal/operations/read-model/rebuild"):
        assert (address, other.get(address).status_code) == (address, 403)
    for address in DEEDS:
        assert (address, other.post(address, data={"csrf_token": "csrf"}).status_code) == (address, 403)


def test_the_page_speaks_english(operated):
    event_id = park(operated.services["courses"], behind=1)
    page = operated.browser.get(f"{PAGE}?lang=en").text
    assert "1 event about the same subject" in page
    assert f"Apply event {event_id} again" in page
    assert "Compare with the log" in page
