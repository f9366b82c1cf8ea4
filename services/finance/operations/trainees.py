"""What became of single trainees, as told: check-in, completion, evaluation, certificate, and records found to be one person."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, update

from services.finance.domain.facts import Outcome
from services.finance.operations.told import Told
from services.finance.storage.participations import forget, recount, retell
from services.finance.storage.places import change, count_as, pair_of
from services.finance.storage.rows import put
from services.finance.storage.tables import CERTIFICATES, EVALUATIONS, PLACES, RECORDS
from shared.storage.work import UnitOfWork

HERE = PLACES.c.enrollment_id == bindparam("the_enrollment")
CHECK_IN = (
    update(PLACES)
    .where(HERE, or_(PLACES.c.checked_in_at.is_(None), PLACES.c.checked_in_at > bindparam("first")))
    .values(checked_in_at=bindparam("first"))
    .returning(PLACES.c.intake_id, PLACES.c.counts_as)
)
HAVE_OUTCOME = (
    update(PLACES)
    .where(HERE, PLACES.c.outcome_version < bindparam("later"))
    .values(outcome=bindparam("said"), outcome_at=bindparam("said_at"), outcome_version=bindparam("later"))
    .returning(PLACES.c.intake_id, PLACES.c.counts_as)
)


def note_check_in(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A trainee has reported; from several tellings the first moment stands."""
    if pair := change(work.connection, data, CHECK_IN, {"first": data["checked_in_at"]}):
        retell(work.connection, pair)


def note_outcome(work: UnitOfWork, data: dict[str, Any], outcome: Outcome, told: Told) -> None:
    """Courses has said that a trainee completed, withdrew, or has not completed after all (R15, R16, R40)."""
    said = {"said": outcome, "said_at": told.at, "later": told.version}
    if pair := change(work.connection, data, HAVE_OUTCOME, said):
        retell(work.connection, pair)


def note_evaluation(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A trainee was satisfied or not (R30); it may be told before the place is known."""
    row = {"enrollment_id": data["enrollment_id"], "satisfied": data["satisfied"], "version": told.version}
    put(work.connection, EVALUATIONS, [row], newer="version")
    if pair := pair_of(work.connection, data["enrollment_id"]):
        retell(work.connection, pair)


def note_certificate(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A certificate was issued, or voided, in whichever order it is heard; a void one stays void (R39)."""
    row = {"id": data["certificate_id"], "enrollment_id": data["enrollment_id"], "number": data["number"]}
    day = "issued_on" if "issued_on" in data else "voided_on"
    put(work.connection, CERTIFICATES, [{**row, day: data[day]}])
    if pair := pair_of(work.connection, data["enrollment_id"]):
        retell(work.connection, pair)


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
