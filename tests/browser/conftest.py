"""A house with a taught cohort, people who sign in, and a real browser that looks with them."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select, update
from werkzeug.serving import make_server

from demo.doors import Doors, inside
from demo.history import History
from demo.plan import PUBLIC, Intake
from services.embedded import House
from shared.storage.tables import INBOX
from shared.vocabulary import Role

PASSWORD = "journey-2023"
MANY = "131082"  # the county with the most schools, so that some of its people are left for each test
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class City:
    """A house with one taught cohort and an open intake, served on a free port."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.doors = Doors(inside(self.house.wsgi), self.house.open_client("browser", Role.ORGANIZER))
        held = Intake(1, date(2023, 5, 8), PUBLIC, "offline", 1)
        history = History(self.doors, settle=self.house.settle, step=lambda name: None, intakes=[held], seats=48)
        history.play()
        self.cohort = history.cohorts[0].id
        self.open_cohort = self._open_intake(2, date(2024, 5, 6))
        self.nominating = self._open_intake(3, date(2024, 9, 2))
        self.logins = self._open_accounts()
        self.parked = self._park()
        self.server = make_server("127.0.0.1", 0, self.house.wsgi, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def _open_intake(self, number: int, starts_on: date) -> str:
        body = {"number": number, "title": f"第{number}期公办学校领导培训班", "category": "public_school", "delivery": "offline"}
        days = {"starts_on": f"{starts_on}", "ends_on": f"{starts_on + timedelta(days=4)}"}
        intake = self.doors.post("/api/enrollment/intakes", {**body, **days})["id"]
        cohort: str = self.doors.post(f"/api/enrollment/intakes/{intake}/cohorts", {"number": 1, "seats": 100})["id"]
        self.doors.put(f"/api/enrollment/cohorts/{cohort}/quotas", self.doors.get(f"/api/enrollment/cohorts/{cohort}/quotas/proposal"))
        return cohort

    def _open_accounts(self) -> dict[Role, str]:
        places = self.doors.get(f"/api/enrollment/cohorts/{self.cohort}/enrollments")
        trainee = next(place for place in places if (place["status"], place["county_code"]) == ("enrolled", MANY))
        self.county_code = trainee["county_code"]
        scopes: dict[Role, dict[str, Any]] = {
            Role.COUNTY_CONTACT: {"county_code": trainee["county_code"]},
            Role.SCHOOL_CONTACT: {"county_code": trainee["county_code"], "school_id": UUID(trainee["school_id"])},
            Role.CLASS_TEACHER: {"cohort_ids": frozenset({UUID(self.cohort)})},
        }
        logins = {role: role.value.replace("_", "-") for role in Role if role is not Role.TRAINEE}
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


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    made = City(tmp_path_factory.mktemp("city") / "data")
    yield made
    made.close()


def open_page(browser: Browser, size: str, locale: str, scripts: bool = True) -> Page:
    width, height = SIZES[size]
    page = browser.new_context(
        viewport={"width": width, "height": height}, locale=locale, reduced_motion="reduce", java_script_enabled=scripts
    ).new_page()
    page.set_default_timeout(30_000)
    page.scripts = scripts
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
    """What axe finds; it is a script itself, so nothing where scripts are off."""
    if not getattr(page, "scripts", True):
        return []
    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [f"{violation['id']}: {violation['nodes'][0]['target']}" for violation in found]
