"""My record is put together from three services, and says which one is silent."""

from uuid import uuid4

import pytest
import time_machine
from flask import Flask, jsonify, request

from shared.vocabulary import Role
from shared.web.access import TOKEN_HEADER

NOW, DONE, WAITING = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))


def place(enrollment_id, number, starts, ends, **more):
    return {
        "id": enrollment_id,
        "status": "enrolled",
        "waiting_number": None,
        "cohort_number": 1,
        "intake_number": number,
        "intake_title": f"第{number}期公办学校领导培训班",
        "intake_delivery": "offline",
        "intake_starts_on": starts,
        "intake_ends_on": ends,
        "intake_base": "浙江大学",
        **more,
    }


def course(enrollment_id, number, starts, ends, outlook, earned, **more):
    states = ["held", "open", "closed", "closed"] if outlook == "reachable" else ["held"] * 4
    modes = ("themed_lecture", "onsite_teaching", "exchange_seminar", "observation_tour")
    return {
        "enrollment_id": enrollment_id,
        "cohort_number": 1,
        "intake_number": number,
        "intake_title": f"第{number}期公办学校领导培训班",
        "delivery": "offline",
        "starts_on": starts,
        "ends_on": ends,
        "place": "in_training",
        "withdrawn": False,
        "outlook": outlook,
        "missing": [],
        "earned_quarter_hours": earned,
        "total_quarter_hours": 160,
        "modes": [
            {"mode": mode, "state": state, "attended": int(state == "held"), "earned_quarter_hours": 64 if state == "held" else 0}
            for mode, state in zip(modes, states, strict=True)
        ],
        "next_session": None,
        **more,
    }


NEXT = {"title": "西柏坡现场教学", "mode": "onsite_teaching", "planned_on": "2026-11-24", "half_day": "morning"}
PLACES = [
    place(WAITING, 16, "2027-03-01", "2027-03-05", status="waiting", waiting_number=7),
    place(NOW, 15, "2026-11-23", "2026-11-27"),
    place(DONE, 12, "2023-03-06", "2023-03-10"),
]
TAUGHT = {
    "trainings": [
        course(NOW, 15, "2026-11-23", "2026-11-27", "reachable", 64, missing=[{"message": "还差:现场教学 4 学时"}], next_session=NEXT),
        course(DONE, 12, "2023-03-06", "2023-03-10", "done", 160),
    ],
    "hours": [
        {"year": 2026, "ledger": "party_training", "quarter_hours": 64},
        {"year": 2026, "ledger": "teacher_education", "quarter_hours": 66},
        {"year": 2023, "ledger": "party_training", "quarter_hours": 160},
    ],
    "minimums": [
        {
            "year": 2026,
            "ledger": "party_training",
            "required_quarter_hours": 224,
            "earned_quarter_hours": 64,
            "concentrated_required": 1,
            "concentrated": 0,
            "met": False,
        }
    ],
}
CERTIFICATES = [
    {
        "number": "LFJG-2023-12-GB-0001",
        "standing": "superseded",
        "enrollment_id": DONE,
        "pdf_url": "/api/certificates/certificates/1/pdf",
        "check_url": "http://localhost/C/AAA",
        "training": {"starts_on": "2023-03-06", "ends_on": "2023-03-10", "intake_title": "第12期公办学校领导培训班"}
        | {"intake_number": 12, "cohort_number": 1, "delivery": "offline"},
    }
]
CERTIFICATES += [{**CERTIFICATES[0], "number": "LFJG-2023-12-GB-0100", "standing": "valid", "check_url": "http://localhost/C/BBB"}]
PATHS = {
    "enrollment": "/api/enrollment/me/enrollments",
    "courses": "/api/courses/me/record",
    "certificates": "/api/certificates/me/certificates",
}


def service(name, body, seen):
    app = Flask(name, static_folder=None)

    @app.get(PATHS[name])
    def own():
        seen.append((request.headers.get(TOKEN_HEADER, "")[:2], request.headers["Accept-Language"]))
        return jsonify(body)

    return app


@pytest.fixture
def seen():
    """What the other services were asked with: the start of the token, and the language."""
    return []


@pytest.fixture
def november():
    """A day within the training that is going on."""
    with time_machine.travel("2026-11-23T09:00:00+08:00"):
        yield


@pytest.fixture
def record(november, portal, seen):
    """The page as the trainee sees it; some services silent, in some language."""

    def page(*silent, lang="zh", places=PLACES, taught=TAUGHT, certificates=CERTIFICATES):
        bodies = {"enrollment": places, "courses": taught, "certificates": certificates}
        peers = portal.app.extensions["linghang"].peers
        peers.clear()
        peers.update({name: service(name, body, seen) for name, body in bodies.items() if name not in silent})
        portal.account(f"li{len(seen)}", Role.TRAINEE, name="李示例", person_id=uuid4())
        browser = portal.signed_in(f"li{len(seen)}")
        browser.get(f"/portal/language?lang={lang}")
        answer = browser.get("/portal/me")
        assert answer.status_code == 200
        return answer.text

    return page


def test_the_trainee_sees_where_the_training_stands_and_what_is_missing(record):
    page = record()
    assert "第15期公办学校领导培训班" in page
    assert "还差:现场教学 4 学时" in page
    assert "西柏坡现场教学" in page
    assert "2026年11月24日 上午" in page
    assert "浙江大学" in page


def test_the_waiting_list_tells_its_number(record):
    assert "您在候补名单第 7 位" in record()


def test_certificates_come_with_file_and_check_link_and_void_ones_say_so(record):
    page = record()
    assert "/api/certificates/certificates/1/pdf" in page
    assert 'href="http://localhost/C/BBB"' in page
    assert page.index("LFJG-2023-12-GB-0001") < page.index("已作废，见新证")


def test_ledgers_are_shown_apart_and_only_this_years(record):  # R18, R19
    page = record()
    this_year, _, before = page.partition("往年学时")
    assert "党员集中培训" in this_year
    assert "16.5 学时" in this_year
    assert "尚未达到年度最低要求" in this_year
    assert ">2023<" in before


@pytest.mark.parametrize(
    ("silent", "name", "left"),
    [
        ("enrollment", "报名", ["还差:现场教学 4 学时", "LFJG-2023-12-GB-0100"]),
        ("courses", "教学", ["第15期公办学校领导培训班", "LFJG-2023-12-GB-0100"]),
        ("certificates", "证书", ["还差:现场教学 4 学时", "您在候补名单第 7 位"]),
    ],
)
def test_when_one_service_is_silent_it_is_named_and_the_rest_is_shown(record, silent, name, left):
    page = record(silent)
    assert f"{name}暂时没有响应" in page
    assert page.count("暂时没有响应") == 1
    assert all(text in page for text in left)


def test_when_all_are_silent_the_page_still_stands(record):
    assert record("enrollment", "courses", "certificates").count("暂时没有响应") == 3


def test_whoever_has_no_training_yet_is_told_when_it_will_come(record):
    page = record(places=[], taught={"trainings": [], "hours": [], "minimums": []}, certificates=[])
    assert "还没有培训记录" in page
    assert "暂时没有响应" not in page


def test_the_services_are_asked_as_the_trainee_and_in_the_trainees_language(record, seen):
    page = record(lang="en")
    assert seen == [("ey", "en")] * 3
    assert "You are number 7 on the waiting list." in page
    assert "Themed lecture" in page


def test_nobody_else_has_a_record(portal):
    portal.account("org", Role.ORGANIZER)
    assert portal.signed_in("org").get("/portal/me").status_code == 403
