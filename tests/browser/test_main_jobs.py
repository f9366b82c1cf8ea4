"""The main jobs in a real browser: every role's pages on desktop and phone, in both languages, and a roster by hand."""

import os
import shutil
import threading
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from demo import rosters
from demo.city import COUNTIES, schools
from demo.doors import Doors, inside
from demo.history import History
from demo.people import staff
from demo.plan import PUBLIC, Intake
from services.embedded import House
from shared.storage.tables import INBOX
from shared.vocabulary import Role

PASSWORD = "journey-2023"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PAGES = {
    Role.ORGANIZER: ("/", "/enrollment/intakes", "/enrollment/organizations", "/courses/cohorts", "/finance/totals"),
    Role.COUNTY_CONTACT: ("/", "/enrollment/intakes"),
    Role.CLASS_TEACHER: ("/", "/courses/cohorts", "/courses/cohorts/{cohort}"),
    Role.TRAINEE: ("/portal/me", "/courses/me", "/certificates/mine"),
    Role.FINANCE: ("/", "/finance/totals?by=county"),
    Role.ADMINISTRATOR: (
        "/",
        "/portal/operations",
        "/portal/operations/courses/events/{parked}/discard",
        "/portal/operations/read-model/rebuild",
    ),
    Role.AUDITOR: ("/", "/portal/audit", "/portal/audit/verdicts", "/portal/sign-ins", "/portal/password", "/portal/second-factor"),
}


class City:
    """A house with one taught cohort and an open intake, served on a free port."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.doors = Doors(inside(self.house.wsgi), self.house.open_client("browser", Role.ORGANIZER))
        held = Intake(1, date(2023, 5, 8), PUBLIC, "offline", 1)
        history = History(self.doors, settle=self.house.settle, step=lambda name: None, intakes=[held], seats=48)
        history.play()
        self.cohort = history.cohorts[0].id
        self.open_cohort = self._open_intake()
        self.logins = self._open_accounts()
        self.parked = self._park()
        self.server = make_server("127.0.0.1", 0, self.house.wsgi, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _open_intake(self) -> str:
        body = {"number": 2, "title": "第2期公办学校领导培训班", "category": "public_school", "delivery": "offline"}
        days = {"starts_on": "2024-05-06", "ends_on": "2024-05-10"}
        intake = self.doors.post("/api/enrollment/intakes", {**body, **days})["id"]
        cohort: str = self.doors.post(f"/api/enrollment/intakes/{intake}/cohorts", {"number": 1, "seats": 100})["id"]
        self.doors.put(f"/api/enrollment/cohorts/{cohort}/quotas", self.doors.get(f"/api/enrollment/cohorts/{cohort}/quotas/proposal"))
        return cohort

    def _open_accounts(self) -> dict[Role, str]:
        places = self.doors.get(f"/api/enrollment/cohorts/{self.cohort}/enrollments")
        trainee = next(place for place in places if place["status"] == "enrolled")
        scopes: dict[Role, dict[str, Any]] = {
            Role.COUNTY_CONTACT: {"county_code": trainee["county_code"]},
            Role.CLASS_TEACHER: {"cohort_ids": frozenset({UUID(self.cohort)})},
        }
        logins = {role: role.value.replace("_", "-") for role in PAGES if role is not Role.TRAINEE}
        for role, login in logins.items():
            self.house.open_account(login, role.zh, role, PASSWORD, **scopes.get(role, {}))
        return {**logins, Role.TRAINEE: self.house.open_trainee(UUID(trainee["person_id"]), PASSWORD)}

    def _park(self) -> int:
        """Let the newest streams of portal and courses look as if their first event had failed; answers an event of courses."""
        for name in ("portal", "courses"):
            with self.house.databases[name].writing() as connection:
                streams = (
                    select(INBOX.c.stream).group_by(INBOX.c.stream).order_by(func.count().desc(), func.max(INBOX.c.id).desc()).limit(3)
                )
                chosen = list(connection.execute(streams).scalars())
                connection.execute(update(INBOX).where(INBOX.c.stream.in_(chosen)).values(status="pending"))
                failed = update(INBOX).where(INBOX.c.stream.in_(chosen), INBOX.c.version == 1)
                values = {"status": "parked", "attempts": 8, "error": f"ValueError: no such school {'0123456789abcdef' * 8}"}
                event_id: int = connection.execute(failed.values(**values).returning(INBOX.c.id)).scalars().all()[0]
        return event_id

    def close(self) -> None:
        self.server.shutdown()
        self.house.stop()


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = City(tmp_path_factory.mktemp("city") / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium():
    program = os.environ.get("LINGHANG_TEST_CHROMIUM") or shutil.which("chromium")
    assert program, "apt-get install chromium, or name one in LINGHANG_TEST_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


def open_page(browser: Browser, size: str, locale: str) -> Page:
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, locale=locale).new_page()
    page.set_default_timeout(30_000)
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: page.complaints.append(request.url) if "//127.0.0.1" not in request.url else None)
    return page


def sign_in(page: Page, city: City, role: Role) -> None:
    page.goto(f"{city.url}/portal/sign-in")
    page.fill("[name=login]", city.logins[role])
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)
    if "/portal/notice" in page.url:  # at the first sign-in of an account
        assert findings(page) == []
        page.click("main form[action='/portal/notice'] button")
        page.wait_for_url(lambda url: "/portal/notice" not in url)


def findings(page: Page) -> list[str]:
    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['target']}" for violation in found]


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", PAGES, ids=str)
def test_a_roles_pages_are_readable_for_everyone_and_fit_the_screen(city, chromium, role, size, locale):
    page = open_page(chromium, size, locale)
    sign_in(page, city, role)
    for path in PAGES[role]:
        answered = page.goto(city.url + path.format(cohort=city.cohort, parked=city.parked))
        assert (path, answered.status) == (path, 200)
        assert (path, findings(page)) == (path, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{path} is wider than the screen"
        assert page.evaluate("document.documentElement.lang") == ("zh-CN" if locale == "zh-CN" else "en")
    assert page.complaints == []
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/", "/portal/sign-in", "/portal/activate", "/portal/notice", "/certificates/check", "/certificates/trust"]
)
def test_what_is_open_to_anyone_is_readable_too(city, chromium, path):
    page = open_page(chromium, "phone", "zh-CN")
    assert page.goto(city.url + path).status == 200
    assert findings(page) == []
    page.context.close()


def test_an_organizer_looks_at_a_roster_before_writing_it_and_a_double_click_writes_it_once(city, chromium, tmp_path):
    county = next(county for county in COUNTIES if county.name == "三河市")
    people = [person for person in staff(schools())["public_school"] if person.school.county == county][-17:]
    file = tmp_path / "三河市.xlsx"
    file.write_bytes(rosters.workbook(county, people, date(2024, 4, 26)))
    page = open_page(chromium, "desktop", "zh-CN")
    sign_in(page, city, Role.ORGANIZER)
    page.goto(f"{city.url}/enrollment/cohorts/{city.open_cohort}/rosters/new")
    page.set_input_files("input[type=file]", str(file))
    page.click("main form:has(input[type=file]) button[type=submit]")
    page.wait_for_load_state()
    assert enrolled(city) == 0, "a preview writes nobody"
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/writing")):
        page.dblclick("main form[action$='/writing'] button[type=submit]")
    page.wait_for_load_state("networkidle")
    assert enrolled(city) == 17
    page.context.close()


def enrolled(city: City) -> int:
    return len(city.doors.get(f"/api/enrollment/cohorts/{city.open_cohort}/enrollments"))


def test_an_operator_discards_an_event_by_keyboard_on_a_phone_without_scripts(city, chromium):
    width, height = SIZES["phone"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, city, Role.ADMINISTRATOR)
    page.goto(f"{city.url}/portal/operations")
    event_id = page.locator("[aria-labelledby=parked-courses] a.btn-outline-danger").first.get_attribute("href").split("/")[-2]
    tab_to(page, f"/portal/operations/courses/events/{event_id}/discard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/discard")
    tab_to(page, "reason")
    page.keyboard.type("学校已撤销")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/operations")
    assert f"事件 {event_id} 已放弃" in page.inner_text(".lh-notice")
    assert page.locator(f"#event-courses-{event_id}").count() == 0
    context.close()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the link or field of this address or name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if wanted in (here.get_attribute("href"), here.get_attribute("name")):
            return
    raise AssertionError(f"{wanted} is not reached by keyboard")
