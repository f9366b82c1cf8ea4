"""A small city with planted people, filled through the real doors, and everyone who comes to those doors."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jws
from sqlalchemy import func, select, update

from demo.doors import Doors, inside
from services.courses.operations.appeals import file_appeal
from services.embedded import House
from services.portal.domain.account import Scope
from services.portal.operations.clients import add_client
from services.portal.storage.accounts import id_of_login, id_of_person
from shared.storage.tables import AUDIT_ENTRIES, INBOX
from shared.storage.work import SYSTEM, Actor, transact
from shared.vocabulary import SERVICES, Role
from tests.enrollment import sheets
from tests.enrollment.places import resident_id

PASSWORD = "doors-2023"
TOKEN_SECONDS = 200
OWN, OTHER = "131002", "131082"
COUNTIES = {OWN: "安次区", OTHER: "三河市"}
SCHOOLS = {
    "own": (OWN, "安次区示例第一小学"),
    "near": (OWN, "安次区示例第二小学"),
    "far": (OTHER, "三河市示例第一小学"),
    "farther": (OTHER, "三河市示例第二小学"),
}


@dataclass
class Person:
    """A planted person: whoever reads the name somewhere has seen the person."""

    name: str
    school: str
    cohort: str
    number: int
    school_as_typed: str = ""
    enrollment_id: str = ""
    person_id: str = ""
    certificate_id: str = ""
    account_id: str = ""

    @property
    def county(self) -> str:
        return SCHOOLS[self.school][0]

    @property
    def id_number(self) -> str:
        return resident_id(self.number)

    @property
    def phone(self) -> str:
        return f"139{self.number:08d}"

    @property
    def ids(self) -> set[str]:
        """Under what the services know the person; who may not see the person has no business with them either."""
        return {self.enrollment_id, self.person_id, self.certificate_id, self.account_id} - {""}

    def nominee(self, city: "City") -> dict[str, Any]:
        """The person as the API takes a nomination."""
        school_id = city.school_ids[self.school]
        return {"name": self.name, "id_number": self.id_number, "phone": self.phone, "post": "党支部书记", "school_id": school_id}

    def row(self) -> dict[str, Any]:
        """The person as a line of a roster."""
        county, school = SCHOOLS[self.school]
        more = {"county": COUNTIES[county], "phone": self.phone}
        return sheets.person(self.number % 1000, self.id_number, name=self.name, school=self.school_as_typed or school, **more)


# X and Y are two cohorts of an intake that was held; O and P two of one that is open. The class teacher has X and O.
PEOPLE = (
    Person("林一帆", "own", "X", 1101),  # the trainee who comes to the doors
    Person("何二妮", "near", "X", 1102),
    Person("孙三江", "far", "X", 1103),
    Person("秦四海", "farther", "Y", 1104),
    Person("梁五洲", "farther", "Y", 1105),
    Person("许六安", "own", "O", 1106),
    Person("曹七星", "near", "O", 1107),
    Person("邓八方", "far", "O", 1108),
    Person("彭九成", "farther", "P", 1109),
)
HELD, OPEN = ("X", "Y"), ("O", "P")
TAUGHT = frozenset({"X", "O"})
NEWCOMERS = {
    "own": Person("戴百川", "own", "O", 1201),
    "near": Person("夏千里", "near", "O", 1202),
    "far": Person("钟万里", "far", "O", 1203),
}


@dataclass
class Comer:
    """Somebody at the doors: nobody in particular (no role), a person with one role, or a program that has it."""

    name: str
    role: Role | None
    is_program: bool = False
    county: str | None = None
    school: str | None = None
    cohorts: frozenset[str] = frozenset()
    person: str | None = None
    rosters: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name

    def sees(self, person: Person) -> bool:
        """Whether the person is within this one's reach."""
        match self.role:
            case Role.ORGANIZER:
                return True
            case Role.COUNTY_CONTACT:
                return person.county == self.county
            case Role.SCHOOL_CONTACT:
                return person.school == self.school
            case Role.CLASS_TEACHER:
                return person.cohort in self.cohorts
            case Role.TRAINEE:
                return person.name == self.person
        return False


def comers() -> tuple[Comer, ...]:
    """Everyone who comes: each role once as a person, and once as a program where programs may have it."""
    reach: dict[Role, dict[str, Any]] = {
        Role.COUNTY_CONTACT: {"county": OWN},
        Role.SCHOOL_CONTACT: {"county": OWN, "school": "own"},
        Role.CLASS_TEACHER: {"cohorts": TAUGHT},
        Role.TRAINEE: {"person": "林一帆"},
    }
    people = [Comer(role.value.replace("_", " "), role, **reach.get(role, {})) for role in Role]
    no_programs = (Role.CLASS_TEACHER, Role.TRAINEE)  # a program has neither cohorts nor a person
    programs = [Comer(f"{one.name}'s program", one.role, True, one.county, one.school) for one in people if one.role not in no_programs]
    return (Comer("anybody", None), *people, *programs)


class City:
    """A house with the planted people in it, and the headers by which each comer is known."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        for app in self.house.apps.values():
            app.testing = True
        self.key = self.house.open_client("city", Role.ORGANIZER)
        self.doors = Doors(inside(self.house.wsgi), self.key)
        self.people = {person.name: replace(person) for person in PEOPLE}
        self.comers = {comer.name: comer for comer in comers()}
        self.cohorts: dict[str, str] = {}
        self.intakes: dict[str, str] = {}
        self.sessions: dict[str, list[str]] = {}
        self.stops: dict[str, str] = {}
        self.leaves: dict[str, str] = {}
        self.appeals: dict[str, str] = {}
        self.request = ""
        self.parked: dict[str, int] = {}
        self.kept: list[int] = []
        self.school_ids: dict[str, str] = {}
        self.logins: dict[str, str] = {}
        self._tokens: dict[str, Callable[[], dict[str, str]]] = {}
        self._headers: dict[str, tuple[float, dict[str, str]]] = {}
        self._register()
        self._enroll("held", HELD, "2023-05-08", "2023-05-12")
        self._teach()
        self._enroll("open", OPEN, "2024-05-06", "2024-05-10")
        self._open_accounts()
        self._ask_for_corrections()
        self._send_rosters()
        self._park()

    def close(self) -> None:
        self.house.stop()

    def headers(self, comer: Comer) -> dict[str, str]:
        """By which the services know who comes: a token of the portal, as the gateway or the program brings it."""
        if comer.name not in self._tokens:
            return {}
        fetched, headers = self._headers.get(comer.name, (float("-inf"), {}))
        if time.monotonic() - fetched > TOKEN_SECONDS:
            headers = self._tokens[comer.name]()
            self._headers[comer.name] = time.monotonic(), headers
        return headers

    def hidden_from(self, comer: Comer) -> set[str]:
        """The words that no answer to this one may hold: what gives others' people, schools, counties and cohorts away."""
        strangers = [person for person in self.people.values() if not comer.sees(person)]
        hidden = {person.name for person in (*strangers, *NEWCOMERS.values()) if not comer.sees(person)}
        if comer.role not in (Role.AUDITOR, Role.ADMINISTRATOR):  # whose logs and events name their objects by id
            hidden |= set().union(*(person.ids for person in strangers))
        seen = {person.school for person in self.people.values() if comer.sees(person)}
        if comer.role in (Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT):
            seen = {
                key for key, (county, _) in SCHOOLS.items() if (county == comer.county if comer.school is None else key == comer.school)
            }
            hidden |= {name for code, name in COUNTIES.items() if code != comer.county}
        hidden |= {name for key, (_, name) in SCHOOLS.items() if key not in seen and comer.role is not Role.ORGANIZER}
        if comer.role in (Role.CLASS_TEACHER, Role.TRAINEE):
            hidden |= {id for cohort, id in self.cohorts.items() if not any(comer.sees(p) for p in self.people_of(cohort))}
        if comer.role is Role.AUDITOR:
            hidden.discard("林一帆")  # who has signed in, and so stands in the audit log as the one who did
        return hidden

    def people_of(self, cohort: str) -> list[Person]:
        """Those who are in a cohort."""
        return [person for person in self.people.values() if person.cohort == cohort]

    def secrets(self, *, but_of: Comer | None = None) -> set[str]:
        """ID numbers and phones, which no answer holds, whoever asks; `but_of`: except those of the people this one sees."""
        people = [person for person in (*PEOPLE, *NEWCOMERS.values()) if but_of is None or not but_of.sees(person)]
        return {secret for person in people for secret in (person.id_number, person.phone)}

    @contextmanager
    def nothing_stays(self) -> Iterator[None]:
        """Everything can be asked meanwhile, and nothing of it lasts: each change is undone where it would be committed."""
        for database in self.house.databases.values():
            database.writing = _undoing(database, self.kept)  # type: ignore[method-assign]
        try:
            yield
        finally:
            for database in self.house.databases.values():
                del database.writing

    def _register(self) -> None:
        entries: list[dict[str, Any]] = [{"code": "131000", "name": "市教育工委", "kind": "city_commission", "county_code": "131000"}]
        for code, name in COUNTIES.items():
            entries.append({"code": code, "name": name, "kind": "county_commission", "county_code": code, "parent_code": "131000"})
        for key, (county, name) in SCHOOLS.items():
            school = {"code": f"{county}-{key}", "name": name, "kind": "school", "county_code": county, "parent_code": county}
            entries.append({**school, "is_public": True, "school_level": "primary"})
        self.doors.post("/api/enrollment/organizations", {"organizations": entries})
        by_name = {found["name"]: found["id"] for found in self.doors.get("/api/enrollment/organizations", kind="school")}
        self.school_ids = {key: by_name[name] for key, (_, name) in SCHOOLS.items()}

    def _enroll(self, key: str, cohorts: tuple[str, ...], first: str, last: str) -> None:
        days = {"starts_on": first, "ends_on": last}
        intake = {"title": "公办学校领导培训班", "category": "public_school", "delivery": "offline", "number": len(self.intakes) + 1}
        self.intakes[key] = self.doors.post("/api/enrollment/intakes", {**intake, **days})["id"]
        for cohort in cohorts:
            made = self.doors.post(f"/api/enrollment/intakes/{self.intakes[key]}/cohorts", {"seats": 12})
            self.cohorts[cohort] = made["id"]
            path = f"/api/enrollment/cohorts/{made['id']}"
            self.doors.put(f"{path}/quotas", {"cells": [{"county_code": code, "seats": 6} for code in COUNTIES]})
            for person in self.people_of(cohort):
                place = self.doors.post(f"{path}/enrollments", person.nominee(self))
                person.enrollment_id, person.person_id = place["enrollment_id"], place["person_id"]
            if cohort in HELD:
                self.doors.post(f"{path}/confirmation")
        self.house.settle()

    def _teach(self) -> None:
        for cohort in HELD:
            id, people = self.cohorts[cohort], [person.enrollment_id for person in self.people_of(cohort)]
            arrived = {"enrollment_ids": people, "checked_in_at": "2023-05-08T08:10:00+08:00"}
            self.doors.post(f"/api/enrollment/cohorts/{id}/check-ins", arrived)
            leave = {"kind": "sick_leave", "first_day": "2023-05-09", "reason": "看病"}
            self.leaves[cohort] = self.doors.post(f"/api/courses/enrollments/{people[0]}/leaves", leave)["leave_id"]
            sessions = self.doors.get(f"/api/courses/cohorts/{id}/sessions")
            self.sessions[cohort] = [session["session_id"] for session in sessions]
            tour = {"stops": [{"host_school": "示范校"}], "allowed_missing": 1}
            self.stops[cohort] = self.doors.put(f"/api/courses/sessions/{self.sessions[cohort][-1]}/stops", tour)["stop_ids"][0]
            for session in sessions:
                self.doors.post(f"/api/courses/sessions/{session['session_id']}/holding", {"record": "研讨纪要。"})
                sheet = {"session_id": session["session_id"], "default_status": "present"}
                self.doors.post(f"/api/courses/cohorts/{id}/attendance", sheet)
            self.doors.post(f"/api/courses/cohorts/{id}/assessments", {"default_grade": "qualified", "assessed_on": "2023-05-12"})
            self.doors.post(f"/api/courses/cohorts/{id}/pledges", {"everyone": True, "signed_on": "2023-05-08"})
            papers = [{"enrollment_id": one, "satisfied": True} for one in people]
            self.doors.post(f"/api/courses/cohorts/{id}/evaluations", {"entries": papers, "handed_in_on": "2023-05-12"})
        self.house.settle()
        self.doors.post(f"/api/enrollment/intakes/{self.intakes['held']}/closure", {"closed_on": "2023-05-15"})
        self.house.settle()
        self.house.apps["certificates"].extensions["linghang"].background["render"]()
        for cohort in HELD:
            for paper in self.doors.get("/api/certificates/certificates", cohort_id=self.cohorts[cohort]):
                self.people[paper["name"]].certificate_id = paper["id"]
                if paper["name"] == "林一帆":
                    self.token = paper["check_url"].rsplit("/", 1)[1]

    def _open_accounts(self) -> None:
        for comer in self.comers.values():
            scope = Scope(
                county_code=comer.county,
                school_id=UUID(self.school_ids[comer.school]) if comer.school else None,
                cohort_ids=frozenset(UUID(self.cohorts[cohort]) for cohort in comer.cohorts),
            )
            if comer.role is None:
                continue
            if comer.is_program:
                key = transact(self.house.databases["portal"], SYSTEM, add_client, comer.name, [comer.role], scope)
                self._tokens[comer.name] = partial(self._token_of_program, key)
                continue
            login = comer.name.replace(" ", "-")
            if comer.person:
                login = self.house.open_trainee(UUID(self.people[comer.person].person_id), PASSWORD)
            else:
                self.house.open_account(login, f"测试{comer.role.zh}", comer.role, PASSWORD, **vars(scope))
            self.logins[comer.name] = login
            self._tokens[comer.name] = self._sign_in(login)
        with self.house.databases["portal"].reading() as connection:
            for person in self.people.values():
                person.account_id = str(id_of_person(connection, UUID(person.person_id)) or "")
            self.accounts = {login: str(id_of_login(connection, login)) for login in ("organizer", "auditor", "administrator")}

    def _ask_for_corrections(self) -> None:
        """Somebody of each taught cohort appeals, and the trainee among the comers says that the own name is misspelled."""
        for cohort in HELD:
            person = self.people_of(cohort)[0]
            who = Actor("", person.name, frozenset({Role.TRAINEE}), person_id=UUID(person.person_id))
            entry = (UUID(self.sessions[cohort][0]), UUID(person.enrollment_id))
            self.appeals[cohort] = str(transact(self.house.databases["courses"], who, file_appeal, *entry, text="我到了。"))
        asked = {"field": "name", "stated": "林一凡", "text": "名字写错了。"}
        trainee = self.house.apps["enrollment"].test_client()
        answer = trainee.post("/api/enrollment/me/correction-requests", json=asked, headers=self.headers(self.comers["trainee"]))
        self.request = answer.json["id"]

    def _sign_in(self, login: str) -> Callable[[], dict[str, str]]:
        """Sign in as a browser does; answers how to have the portal make the token that the gateway would pass on."""
        browser = self.house.apps["portal"].test_client()
        assert browser.post("/portal/sign-in", data={"login": login, "password": PASSWORD}).status_code == 302
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/notice").text)
        assert csrf
        assert browser.post("/portal/notice", data={"csrf_token": csrf[1]}).status_code == 302

        def exchange() -> dict[str, str]:
            token = browser.get("/portal/exchange").headers["X-Linghang-Token"]
            claims = json.loads(jws.extract_compact(token.encode()).payload)
            return {"X-Linghang-Token": token, "X-CSRF-Token": claims["csrf"]}

        return exchange

    def _token_of_program(self, key: str) -> dict[str, str]:
        token = self.house.apps["portal"].test_client().post("/api/portal/tokens", json={"key": key}).json["token"]
        return {"Authorization": f"Bearer {token}"}

    def _send_rosters(self) -> None:
        """Everyone who may sends a roster of the own people, only to be looked at."""
        others = Comer("somebody else", Role.COUNTY_CONTACT, county=OTHER)
        self.house.open_account("somebody-else", "别县联络员", Role.COUNTY_CONTACT, PASSWORD, county_code=OTHER)
        self._tokens[others.name] = self._sign_in("somebody-else")
        for comer in (others, *self.comers.values()):
            if comer.role in (Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.ORGANIZER):
                comer.rosters.append(self._look_at(comer, NEWCOMERS["far" if comer is others else "own"]))
        self.others_roster = others.rosters[0]

    def _look_at(self, comer: Comer, person: Person) -> str:
        data = {"preview": "true", "file": roster(person)}
        client = self.house.apps["enrollment"].test_client()
        answer = client.post(f"/api/enrollment/cohorts/{self.cohorts['O']}/rosters", data=data, headers=self.headers(comer))
        assert answer.status_code == 200, answer.text
        roster_id: str = answer.json["roster_id"]
        return roster_id

    def _park(self) -> None:
        """Let one event of every service that hears any look as if it had failed, with people in it where they are."""
        for name in SERVICES:
            with self.house.databases[name].writing() as connection:
                rows = connection.execute(select(INBOX.c.id, INBOX.c.body)).all()
                rows.sort(key=lambda row: "孙三江" not in row.body)
                if rows:
                    failed = {"status": "parked", "attempts": 8, "error": "ValueError: no such school"}
                    connection.execute(update(INBOX).where(INBOX.c.id == rows[0].id).values(**failed))
                    self.parked[name] = rows[0].id


def _undoing(database: Any, kept: list[int]) -> Any:
    """`database.writing` that undoes what it would commit, and notes in `kept` that there was something beside audit entries."""
    write = type(database).writing

    def noted(connection: Any) -> int:
        count: int = connection.execute(select(func.count()).select_from(AUDIT_ENTRIES)).scalar_one()
        return count

    @contextmanager
    def writing() -> Iterator[Any]:
        try:
            with write(database) as connection:
                before = connection.connection.dbapi_connection.total_changes - noted(connection)
                yield connection
                if changed := connection.connection.dbapi_connection.total_changes - noted(connection) - before:
                    kept.append(changed)
                raise _Undone
        except _Undone:
            pass

    return writing


class Sheet(BytesIO):
    """A workbook that says what was typed into it."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self._typed = [{key: value for key, value in person.row().items() if value} for person in people]
        super().__init__(sheets.xlsx(sheets.as_sent([person.row() for person in people])))

    def __repr__(self) -> str:
        return str(self._typed)


def roster(*people: Person) -> tuple[Sheet, str]:
    """A roster as a form sends it."""
    return Sheet(people), "名单.xlsx"


class _Undone(Exception):
    """Takes a change back that would be committed now."""
