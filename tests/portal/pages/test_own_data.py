"""My data: what all services keep of a person on one page, who dealt with it, and a copy (R44, R47, R48)."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from services.enrollment.operations import people
from shared.contracts.enrollment import COHORT_CONFIRMED
from shared.messaging import envelope, inbox
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.conftest import RunningService, actor
from tests.enrollment.places import County, resident_id
from tests.portal.conftest import Portal

SERVICES = ("enrollment", "courses", "certificates", "finance")


@dataclass
class House:
    """All five services, a trainee with an account, and a classmate."""

    portal: Portal
    services: dict[str, RunningService]
    peers: dict[str, Any]
    county: County
    place: Any
    classmate: Any
    browser: Client

    def page(self, lang: str = "zh") -> str:
        self.browser.get(f"/portal/language?lang={lang}")
        answer = self.browser.get("/portal/my-data")
        assert answer.status_code == 200, answer.text
        return answer.text

    def copy(self) -> zipfile.ZipFile:
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self.browser.get("/portal/my-data").text)
        assert csrf
        answer = self.browser.post("/portal/my-data/export", data={"csrf_token": csrf[1]})
        assert answer.status_code == 200, answer.text
        assert re.fullmatch(r"attachment; filename=my-data-\d{8}-\d{4}\.zip", answer.headers["Content-Disposition"])
        return zipfile.ZipFile(io.BytesIO(answer.data))

    def exported(self) -> set[str]:
        """The services whose audit log says that a copy was taken."""
        wanted = select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "data.exported")
        houses = {"portal": self.portal, **self.services}
        return {name for name, service in houses.items() if service.look(lambda c: c.execute(wanted).all())}


@pytest.fixture
def house(make_portal, make_service) -> House:
    peers: dict[str, Any] = {}
    portal = make_portal(peers=peers)
    services = {name: make_service(name) for name in SERVICES}
    for name, service in services.items():
        service.app.extensions["linghang_token_keys"] = portal.app.extensions["linghang_token_keys"]
        peers[name] = service.app
    county = County(services["enrollment"])
    county.open(seats=4)
    place, classmate = county.nominate(1, remarks="清真餐"), county.nominate(2, name="李同学", remarks="他人备注")
    county.confirm()
    for raw in services["enrollment"].outbox(COHORT_CONFIRMED):
        for name in ("courses", "finance"):
            with services[name].database.writing() as connection:
                received = envelope.receive(json.dumps(raw, ensure_ascii=False), without_personal=name == "finance")
                inbox.store(connection, [received])
            services[name].apply()
    portal.account("wang", Role.TRAINEE, name="王小明", person_id=place.person_id)
    return House(portal, services, peers, county, place, classmate, portal.signed_in("wang"))


def look_in_full(house: House, account_id: UUID | str) -> None:
    by = actor(Role.ORGANIZER, account_id=str(account_id))
    house.services["enrollment"].work(
        people.show_in_full, house.place.enrollment_id, reason="核对证件", secrets=house.county.secrets, by=by
    )


def test_all_services_tell_the_same_shape(house: House) -> None:
    browser = house.portal.signed_in("wang", **house.peers)
    for name in ("portal", *SERVICES):
        told = browser.get(f"/api/{name}/me/data").json
        assert set(told) == {"service", "sections", "entries"}, name
        assert told["service"] == name
        for section in told["sections"]:
            assert set(section) == {"code", "title", "columns", "rows", "shown"}
            codes = [column["code"] for column in section["columns"]]
            assert len(set(codes)) == len(codes)
            assert all(set(row) == set(codes) for row in section["rows"])
            assert [len(row) for row in section["shown"]] == [len(codes)] * len(section["rows"])
        assert all(set(entry) == {"at", "account", "action", "reason"} for entry in told["entries"])


def test_the_page_shows_what_every_service_keeps_and_nothing_of_a_classmate(house: House) -> None:
    page = house.page()
    for text in ("王小明", "131****0001", "13**************" + resident_id(1)[-2:], "清真餐", "霸州市示例第一小学", "第1期", "wang"):
        assert text in page, text
    for text in (resident_id(1), "13100000001", "李同学", "他人备注"):
        assert text not in page, text
    for heading in ("报名", "教学", "证书", "财务统计", "门户"):
        assert f"<h2>{heading}</h2>" in page
    assert "Who looked at it or changed it" in house.page("en")


def test_r47_who_looked_is_named_with_unit_action_and_reason(house: House) -> None:
    organizer = house.portal.account("zhao", Role.ORGANIZER, name="赵组织")
    look_in_full(house, organizer)
    row = next(row for row in re.findall(r"<tr role=\"row\">.*?</tr>", house.page(), re.DOTALL) if "核对证件" in row)
    for text in ("查看完整个人信息", "赵组织 · 三河市示例第一小学", "报名"):
        assert text in row, row
    look_in_full(house, "client-of-some-program")
    assert "外部程序" in house.page()


def test_the_looks_at_a_classmate_are_not_the_trainees_to_see(house: House) -> None:
    organizer = house.portal.account("zhao", Role.ORGANIZER, name="赵组织")
    by = actor(Role.ORGANIZER, account_id=str(organizer))
    service = house.services["enrollment"]
    service.work(people.show_in_full, house.classmate.enrollment_id, reason="只关同学", secrets=house.county.secrets, by=by)
    assert "只关同学" not in house.page()


def test_a_service_that_is_silent_is_named_and_the_rest_is_shown(house: House) -> None:
    del house.peers["courses"]
    page = house.page()
    assert "教学暂时没有响应" in page
    assert "131****0001" in page
    copy = house.copy()
    assert json.loads(copy.read("my-data.json"))["missing"] == ["courses"]
    assert house.exported() == {"enrollment", "certificates", "finance", "portal"}


def test_r48_a_copy_holds_everything_for_machines_and_for_people_and_every_service_notes_it(house: House) -> None:
    look_in_full(house, house.portal.account("zhao", Role.ORGANIZER, name="赵组织"))
    assert house.exported() == set()
    copy = house.copy()
    assert house.exported() == {"portal", *SERVICES}
    assert copy.namelist() == ["my-data.json", "my-data.html"]
    told = json.loads(copy.read("my-data.json").decode("utf-8"))
    assert (told["name"], told["missing"]) == ("王小明", [])
    assert {service["service"] for service in told["services"]} == {"portal", *SERVICES}
    assert ("person.shown_in_full", "赵组织 · 三河市示例第一小学", "核对证件") in {
        (deed["action"], deed["who"], deed["reason"]) for deed in told["deeds"]
    }
    page = copy.read("my-data.html").decode("utf-8")
    for text in ("王小明", "清真餐", "核对证件", "131****0001"):
        assert text in page
    everything = json.dumps(told, ensure_ascii=False) + page
    for text in (resident_id(1), "13100000001", "李同学"):
        assert text not in everything
    page = house.page()
    assert page.index("赵组织") < page.index("您本人的操作") < page.index("本人导出数据副本")


def test_what_somebody_typed_is_text_in_the_copy_and_never_markup(house: House) -> None:
    by = actor(Role.ORGANIZER)
    service, script = house.services["enrollment"], "<script>alert(1)</script>"
    service.work(people.show_in_full, house.place.enrollment_id, reason=script, secrets=house.county.secrets, by=by)
    page = house.copy().read("my-data.html").decode("utf-8")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page + house.page()


def test_the_copy_needs_the_forms_own_value(house: House) -> None:
    assert house.browser.post("/portal/my-data/export").status_code == 400
    assert house.exported() == set()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TRAINEE])
def test_r45_the_page_is_for_trainees(house: House, role: Role) -> None:
    scope = {"county_code": "131082", "school_id": UUID(int=1), "cohort_ids": frozenset({UUID(int=2)})}
    house.portal.account("other", role, **scope)
    assert house.portal.signed_in("other").get("/portal/my-data").status_code == 403


def test_my_record_leads_to_my_data(house: House) -> None:
    assert 'href="/portal/my-data"' in house.browser.get("/portal/me").text
