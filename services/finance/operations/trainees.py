"""What became of single trainees, as told: check-in, completion, evaluation, certificate, and records found to be one person."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, update

from services.finance.domain.facts import Outcome
from services.finance.operations.told import Told
from services.finance.storage.participations import forget, recount
from services.finance.storage.places import count_as, know_cohort, know_places
from services.finance.storage.rows import put
from services.finance.storage.tables import CERTIFICATES, EVALUATIONS, PLACES, RECORDS
from shared.storage.work import UnitOfWork


def note_check_in(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A trainee has reported; from several tellings the first moment stands."""
    know_places(work.connection, data["cohort_id"], [(data["enrollment_id"], data["person_id"])])
    here = PLACES.c.enrollment_id == data["enrollment_id"]
    first = or_(PLACES.c.checked_in_at.is_(None), PLACES.c.checked_in_at > data["checked_in_at"])
    work.connection.execute(update(PLACES).where(here, first).values(checked_in_at=data["checked_in_at"]))
    recount(work.connection, here)


def note_outcome(work: UnitOfWork, data: dict[str, Any], outcome: Outcome, told: Told) -> None:
    """Courses has said that a trainee completed, withdrew, or has not completed after all (R15, R16, R40)."""
    if "intake_id" in data:
        know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    know_places(work.connection, data["cohort_id"], [(data["enrollment_id"], data["person_id"])])
    here = PLACES.c.enrollment_id == data["enrollment_id"]
    said = {"outcome": outcome, "outcome_at": told.at, "outcome_version": told.version}
    work.connection.execute(update(PLACES).where(here, PLACES.c.outcome_version < told.version).values(**said))
    recount(work.connection, here)


def note_evaluation(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A trainee was satisfied or not (R30)."""
    know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    row = {"enrollment_id": data["enrollment_id"], "satisfied": data["satisfied"], "version": told.version}
    put(work.connection, EVALUATIONS, [row], newer="version")
    recount(work.connection, PLACES.c.enrollment_id == data["enrollment_id"])


def note_certificate(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A certificate was issued, or voided; a void one stays void (R39)."""
    know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    know_places(work.connection, data["cohort_id"], [(data["enrollment_id"], data["person_id"])])
    row = {"id": data["certificate_id"], "enrollment_id": data["enrollment_id"], "number": data["number"]}
    day = "issued_on" if "issued_on" in data else "voided_on"
    put(work.connection, CERTIFICATES, [{**row, day: data[day]}])
    recount(work.connection, PLACES.c.enrollment_id == data["enrollment_id"])


def note_merge(work: UnitOfWork, kept_person_id: UUID, merged_person_id: UUID) -> None:
    """Two records are one person: from now on they count once, whatever had been joined to either before (R7, R27)."""
    both = [kept_person_id, merged_person_id]
    before = count_as(work.connection, both)
    heads = {before.get(person_id, person_id) for person_id in both}
    if len(heads) == 1 and len(before) == 2:
        return
    head = min(heads)
    forget(work.connection, heads)
    work.connection.execute(update(RECORDS).where(RECORDS.c.counts_as.in_(heads)).values(counts_as=head))
    put(work.connection, RECORDS, [{"person_id": person_id, "counts_as": head} for person_id in {*both, *heads}])
    work.connection.execute(update(PLACES).where(PLACES.c.counts_as.in_(heads)).values(counts_as=head))
    recount(work.connection, PLACES.c.counts_as == head)
