"""A small county for the tests of enrollment: schools, an intake, a cohort, people by number."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.enrollment.domain.nominee import Nominee
from services.enrollment.domain.resident_id import check_digit, read_resident_id
from services.enrollment.operations import cohorts, enrollments, intakes, nominations, organizations, quotas
from services.enrollment.queries import enrollments as queries
from services.enrollment.storage.organizations import ids_by_code
from shared.storage.work import Actor
from shared.vocabulary import Category, Delivery, Post, Role
from tests.conftest import RunningService, actor

A, B = "131081", "131082"


def register_entries() -> list[dict[str, Any]]:
    """A commission, two counties, six schools (one of them private)."""
    entries: list[dict[str, Any]] = [
        {"code": "131000", "name": "市教育工委", "kind": "city_commission", "county_code": "131000"},
        {"code": A, "name": "霸州市", "kind": "county_commission", "county_code": A, "parent_code": "131000"},
        {"code": B, "name": "三河市", "kind": "county_commission", "county_code": B, "parent_code": "131000"},
    ]
    for county, name in ((A, "霸州市"), (B, "三河市")):
        for number, kind in enumerate(("第一小学", "第二小学", "民办小学"), start=1):
            school = {"code": f"{county}000{number}", "name": f"{name}示例{kind}", "kind": "school", "county_code": county}
            entries.append({**school, "parent_code": county, "is_public": number < 3})
    return entries


def resident_id(number: int) -> str:
    """A synthetic ID number, one for each number."""
    born = date(1970, 1, 1) + timedelta(days=number % 9000)
    body = f"131099{born:%Y%m%d}{number // 9000 * 2 + 1:03d}"
    return body + check_digit(body)


@dataclass
class County:
    """An enrollment service with schools and one open intake."""

    service: RunningService
    schools: dict[str, UUID] = field(default_factory=dict)
    intake_id: UUID | None = None
    cohort_id: UUID | None = None

    @property
    def secrets(self) -> Any:
        return self.service.app.extensions["enrollment_secrets"]

    def open(self, *, seats: int = 4, cells: dict[str, int] | None = None, delivery: Delivery = Delivery.OFFLINE) -> UUID:
        """Register the schools, open an intake with one cohort, and split its seats."""
        self.service.work(organizations.register, entries=register_entries())
        self.schools = self.service.look(ids_by_code)
        self.intake_id = self.open_intake(delivery=delivery)
        self.cohort_id = self.service.work(intakes.open_cohort, self.intake_id, seats=seats)
        self.service.work(quotas.set_grid, self.cohort_id, cells=cells or {A: seats // 2, B: seats - seats // 2})
        return self.cohort_id

    def open_intake(self, number: int = 1, starts_on: date = date(2023, 5, 8), **values: Any) -> UUID:
        values = {"category": Category.PUBLIC_SCHOOL, "delivery": Delivery.OFFLINE, "title": f"第{number}期", **values}
        return self.service.work(intakes.open_intake, number=number, starts_on=starts_on, ends_on=starts_on + timedelta(days=4), **values)

    def nominee(self, number: int, school: str = f"{A}0001", post: Post = Post.SECRETARY, name: str = "", **values: Any) -> Nominee:
        parsed, _ = read_resident_id(resident_id(number), "", date(2023, 5, 1))
        assert parsed is not None
        return Nominee(name=name or "王小明", id_number=parsed, post=post, school_id=self.schools[school], phone="13100000001", **values)

    def nominate(
        self, number: int, school: str = f"{A}0001", *, cohort_id: UUID | None = None, by: Actor | None = None, **values: Any
    ) -> Any:
        nominee = self.nominee(number, school, **values)
        return self.service.work(nominations.nominate, cohort_id or self.cohort_id, nominee=nominee, secrets=self.secrets, by=by)

    def confirm(self) -> int:
        return self.service.work(cohorts.confirm_cohort, self.cohort_id)

    def withdraw(self, enrollment_id: UUID, by: Actor | None = None) -> UUID | None:
        return self.service.work(enrollments.withdraw, enrollment_id, reason="工作原因", by=by)

    def substitute(self, enrollment_id: UUID, number: int, school: str = f"{A}0002", **values: Any) -> Any:
        nominee = self.nominee(number, school, **values)
        return self.service.work(enrollments.substitute, enrollment_id, nominee=nominee, reason="临时换人", secrets=self.secrets)

    def check_in(self, *enrollment_ids: UUID) -> int:
        return self.service.work(enrollments.check_in, self.cohort_id, enrollment_ids=enrollment_ids)

    def places(self) -> list[tuple[str, str, int | None]]:
        """(county, status, waiting number) of every place, in the order of nomination."""
        rows = self.service.look(queries.of_cohort, self.cohort_id, actor(Role.ORGANIZER))
        return [(row.county_code, row.status.value, row.waiting_number) for row in sorted(rows, key=lambda row: row.nominated_at)]
