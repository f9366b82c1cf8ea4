"""What certificates tells the others: what happened here, as contracts."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from shared.contracts.certificates import CERTIFICATE_ISSUED, CERTIFICATE_VOIDED
from shared.domain import city_date
from shared.storage.work import UnitOfWork


def publish_certificate_issued(work: UnitOfWork, row: Mapping[str, Any], *, issued_on: date) -> None:
    """A certificate has its number and frozen content (R39)."""
    work.emit(CERTIFICATE_ISSUED, row["enrollment_id"], {**_facts(row), "issued_on": issued_on, "replaces": row["replaces"]})


def publish_certificate_voided(work: UnitOfWork, row: Row[Any], *, superseded_by: UUID | None = None) -> None:
    """A certificate has been voided, with or without a new one in its place (R40)."""
    facts = {**_facts(dict(row._mapping)), "voided_on": city_date(work.now), "superseded_by": superseded_by}
    work.emit(CERTIFICATE_VOIDED, row.enrollment_id, facts)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "certificate_id": row["id"],
        "number": row["number"],
        "enrollment_id": row["enrollment_id"],
        "person_id": row["person_id"],
        "intake_id": row["intake_id"],
        "cohort_id": row["cohort_id"],
    }
