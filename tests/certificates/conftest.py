"""What the tests of certificates share: a running service, and trainees who have completed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, select

from services.certificates.operations.office import Office
from services.certificates.operations.rendering import render_pending
from services.certificates.storage import signing_keys
from services.certificates.storage.tables import CERTIFICATES
from shared.contracts.courses import COMPLETION_WITHDRAWN, TRAINING_COMPLETED
from shared.vocabulary import Category, Delivery, OrganizedBy

INTAKE = UUID(int=12)
COHORT = UUID(int=1201)


class Office12:
    """The certificates service during intake 12, and what a test does to it."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.office: Office = service.app.extensions["linghang_office"]

    def complete(self, name: str = "张卫国", *, apply: bool = True, **facts: Any) -> dict[str, Any]:
        """Courses says that somebody has completed; answers what it said."""
        told = {
            "enrollment_id": uuid4(),
            "person_id": uuid4(),
            "cohort_id": COHORT,
            "cohort_number": 1,
            "intake_id": INTAKE,
            "intake_number": 12,
            "intake_title": "2023年公办学校领导能力提升培训班",
            "category": Category.PUBLIC_SCHOOL,
            "delivery": Delivery.OFFLINE,
            "organized_by": OrganizedBy.CITY,
            "name": name,
            "starts_on": date(2023, 3, 13),
            "ends_on": date(2023, 3, 17),
            "earned_quarter_hours": 160,
            "total_quarter_hours": 160,
            "completed_on": date(2023, 3, 17),
            **facts,
        }
        self.service.deliver(TRAINING_COMPLETED, told["enrollment_id"], told, apply=apply)
        return told

    def undo(self, told: dict[str, Any]) -> None:
        """Courses says that a correction has undone a completion."""
        facts = {name: told[name] for name in ("enrollment_id", "person_id", "cohort_id", "intake_id")}
        self.service.deliver(COMPLETION_WITHDRAWN, told["enrollment_id"], {**facts, "missing": ["hours_missing"]})

    def certificates(self, **wanted: Any) -> list[Row[Any]]:
        """The certificates as stored, by number."""
        statement = select(CERTIFICATES).order_by(CERTIFICATES.c.number)
        for column, value in wanted.items():
            statement = statement.where(CERTIFICATES.c[column] == value)
        with self.service.database.reading() as connection:
            return list(connection.execute(statement))

    def only(self, **wanted: Any) -> Row[Any]:
        """The one certificate that fits."""
        (row,) = self.certificates(**wanted)
        return row

    def render(self) -> int:
        """What the worker does behind."""
        return render_pending(self.service.database, self.office)


@pytest.fixture(scope="session")
def signing_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made once for all tests: each pair costs up to seconds."""
    folder = tmp_path_factory.mktemp("keys")
    signing_keys.prepare(folder, issuer="廊坊市教育工委", passphrase="only for tests")
    return folder


@pytest.fixture
def certificates(make_service: Callable[..., Any], signing_folder: Path) -> Office12:
    """The service with keys made before."""
    service = make_service("certificates", key_passphrase="only for tests")
    folder = service.app.extensions["linghang"].settings.data_folder
    (folder / "signing").symlink_to(signing_folder / "signing")
    return Office12(service)


@pytest.fixture
def certificates_anywhere(both_databases: str, make_service: Callable[..., Any], signing_folder: Path) -> Office12:
    """The same on SQLite and on PostgreSQL."""
    service = make_service("certificates", url=both_databases, key_passphrase="only for tests")
    folder = service.app.extensions["linghang"].settings.data_folder
    (folder / "signing").symlink_to(signing_folder / "signing")
    return Office12(service)
