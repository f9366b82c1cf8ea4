"""The operator's page shows every service, answering or not, and no names."""

from uuid import uuid4

from shared.contracts.enrollment import TRAINEE_ADMITTED
from shared.messaging.inbox import INBOX
from shared.vocabulary import Post, Role


def test_services_that_do_not_answer_are_named(portal):
    portal.account("root", Role.ADMINISTRATOR)
    page = portal.signed_in("root").get("/portal/operations").text
    assert page.count("没有响应") == 4
    assert "没有搁置的事件" in page


def test_a_parked_event_is_shown_with_its_error_and_without_names(portal):
    portal.account("root", Role.ADMINISTRATOR)
    place = {"enrollment_id": uuid4(), "person_id": uuid4(), "name": "秘密姓名", "sex": "女", "county_code": "131082"}
    place |= {
        "county_name": "三河市",
        "school_id": uuid4(),
        "school_name": "三河市示例第一小学",
        "post": Post.SECRETARY,
        "group_number": None,
    }
    subject = uuid4()
    portal.deliver(TRAINEE_ADMITTED, subject, {"cohort_id": subject, "place": place}, apply=False)
    with portal.database.writing() as connection:
        connection.execute(INBOX.update().values(status="parked", attempts=8, error="ValueError: no such school"))
    page = portal.signed_in("root").get("/portal/operations").text
    assert "ValueError: no such school" in page
    assert "enrollment.trainee.admitted.v1" in page
    assert "有搁置事件" in page
    assert "秘密姓名" not in page
