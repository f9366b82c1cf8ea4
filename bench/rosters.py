"""A roster of 100, from the uploaded file to the confirmed answer, beside reading the sheet and one bulk insert."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from python_calamine import CalamineWorkbook

from bench.measurement import Comparison, Durations, timed
from demo import rosters
from demo.city import CITY_CODE, COUNTIES, School, schools
from demo.people import GIVEN, SURNAMES, Person
from services.enrollment.operations import intakes, organizations, quotas
from shared.vocabulary import Role
from tests.conftest import run_service
from tests.enrollment import places

SIZE = 100
ROUNDS = 12
WARM_UPS = 2
AT_MOST = 10.0
COLUMNS = len(rosters.COLUMNS)
COUNTY = next(county for county in COUNTIES if county.name == "霸州市")
STARTS_ON = date(2023, 5, 8)


@dataclass(frozen=True)
class Bare:
    """The yardstick on one kind of database: a table as wide as the sheet, filled with one statement and a commit."""

    fill: Callable[[list[list[str]]], None]
    close: Callable[[], None]

    def take(self, content: bytes) -> int:
        """Read the sheet and store its rows as they are."""
        rows = CalamineWorkbook.from_object(BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        people = [[str(value) for value in row] for row in rows if row[0] and row[10] and isinstance(row[0], float)]
        self.fill(people)
        return len(people)


def measure(kind: str, url: str, bare_url: str, folder: Path) -> Comparison:
    """Import new people into a new cohort each time, within a register of all schools of the model city."""
    folder.mkdir()
    service = run_service("enrollment", url, folder)
    county = places.County(service)
    service.work(organizations.register, entries=_register())
    client = service.client(Role.ORGANIZER)
    bare = _bare_sqlite(folder / "bare.db") if service.database.is_sqlite else _bare_postgresql(bare_url)
    ours, yardstick = [], []
    for number in range(ROUNDS + WARM_UPS):
        content = rosters.workbook(COUNTY, _people(number), STARTS_ON)
        cohort_id = _open_cohort(county, number + 1)
        form = {"file": (BytesIO(content), "霸州市.xlsx"), "mode": "strict"}
        address = f"/api/enrollment/cohorts/{cohort_id}/rosters"
        took, answer = timed(lambda address=address, form=form: client.post(address, data=form))  # type: ignore[misc]
        if answer.status_code != 200 or answer.get_json()["added"] != SIZE:
            raise RuntimeError(f"the roster was not imported: {answer.status_code} {answer.get_data(as_text=True)[:500]}")
        bare_took, stored = timed(lambda content=content: bare.take(content))  # type: ignore[misc]
        if stored != SIZE:
            raise RuntimeError(f"the yardstick stored {stored} rows")
        ours.append(took)
        yardstick.append(bare_took)
    bare.close()
    service.database.close()
    statement = "executemany" if service.database.is_sqlite else "COPY"
    operation = f"import a roster of {SIZE} new people, HTTP, {kind}"
    return Comparison(operation, f"calamine read + {statement}", Durations(ours[WARM_UPS:]), Durations(yardstick[WARM_UPS:]), AT_MOST)


def _open_cohort(county: places.County, number: int) -> UUID:
    intake_id = county.open_intake(number, STARTS_ON)
    cohort_id: UUID = county.service.work(intakes.open_cohort, intake_id, seats=SIZE)
    county.service.work(quotas.set_grid, cohort_id, cells={COUNTY.code: SIZE})
    return cohort_id


def _people(roster: int) -> list[Person]:
    here = [school for school in schools() if school.county is COUNTY and school.is_public]
    return [_person(number, here[number % len(here)]) for number in range(roster * SIZE, (roster + 1) * SIZE)]


def _person(number: int, school: School) -> Person:
    resident_id = places.resident_id(number)
    birthday = date(int(resident_id[6:10]), int(resident_id[10:12]), int(resident_id[12:14]))
    name = SURNAMES[number * 7 % len(SURNAMES)] + GIVEN[number // 3 % len(GIVEN)]
    return Person(name, "男", "汉", birthday, resident_id, f"131{number:08d}", "党支部书记", school)


def _register() -> list[dict[str, Any]]:
    city = {"code": f"{CITY_CODE}-C", "name": "市教育工委", "kind": "city_commission", "county_code": CITY_CODE}
    counties = [
        {"code": county.code, "name": county.name, "kind": "county_commission", "county_code": county.code, "parent_code": f"{CITY_CODE}-C"}
        for county in COUNTIES
    ]
    return [city, *counties, *(_entry(school) for school in schools())]


def _entry(school: School) -> dict[str, Any]:
    county = school.county.code
    place = {"code": school.code, "name": school.name, "kind": "school", "county_code": county, "parent_code": county}
    return {**place, "is_public": school.is_public, "school_level": school.level}


def _bare_sqlite(path: Path) -> Bare:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):  # as our own databases have it
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"CREATE TABLE roster ({', '.join(f'c{number} TEXT' for number in range(COLUMNS))})")
    statement = f"INSERT INTO roster VALUES ({', '.join('?' * COLUMNS)})"

    def fill(rows: list[list[str]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows)
        connection.execute("COMMIT")

    return Bare(fill, connection.close)


def _bare_postgresql(url: str) -> Bare:
    connection = psycopg.connect(url.replace("+psycopg", ""))
    connection.execute(f"CREATE TABLE roster ({', '.join(f'c{number} TEXT' for number in range(COLUMNS))})")
    connection.commit()

    def fill(rows: list[list[str]]) -> None:
        with connection.cursor() as cursor, cursor.copy("COPY roster FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()

    return Bare(fill, connection.close)
