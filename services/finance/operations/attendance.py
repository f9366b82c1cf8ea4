"""Attendance as told: an append-only ledger of slots in which a correction supersedes, and sessions taught."""

from typing import Any

from sqlalchemy import func, select, update

from services.finance.operations.told import Told
from services.finance.storage.participations import recount
from services.finance.storage.places import know_cohort, know_places
from services.finance.storage.rows import add, put
from services.finance.storage.tables import PLACES, SESSIONS, SLOTS
from shared.storage.work import UnitOfWork


def note_sheet(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """Add what a sheet, or a correction of one (R14), says; of one person and slot the latest telling stands."""
    entries = data["entries"] if "entries" in data else [data["entry"]]
    know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    know_places(work.connection, data["cohort_id"], [(entry["enrollment_id"], entry["person_id"]) for entry in entries])
    rows = [
        {
            "sheet_id": data["sheet_id"],
            "enrollment_id": entry["enrollment_id"],
            "version": told.version,
            "delivery": data["delivery"],
            "held_on": data["held_on"],
            "half_day": data["half_day"],
            "status": entry["status"],
            "attended": entry["attended"],
            "quarter_hours": entry["quarter_hours"],
            "told_at": told.at,
            "stands": True,
        }
        for entry in entries
    ]
    add(work.connection, SLOTS, rows)
    newer = SLOTS.alias("newer")
    same = (newer.c.sheet_id == SLOTS.c.sheet_id, newer.c.enrollment_id == SLOTS.c.enrollment_id)
    latest = select(func.max(newer.c.version)).where(*same).scalar_subquery()
    people = [entry["enrollment_id"] for entry in entries]
    mine = (SLOTS.c.sheet_id == data["sheet_id"], SLOTS.c.enrollment_id.in_(people))
    work.connection.execute(update(SLOTS).where(*mine).values(stands=SLOTS.c.version == latest))
    recount(work.connection, PLACES.c.enrollment_id.in_(people))


def note_session(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A session was taught: its hours are taught hours (R29)."""
    know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    row = {
        "id": data["session_id"],
        "cohort_id": data["cohort_id"],
        "intake_id": data["intake_id"],
        "mode": data["mode"],
        "delivery": data["delivery"],
        "held_on": data["held_on"],
        "quarter_hours": data["quarter_hours"],
        "joint_lecture_id": data["joint_lecture_id"],
        "held": True,
        "version": told.version,
    }
    put(work.connection, SESSIONS, [row], newer="version")


def note_cancellation(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """A session does not count as taught after all (R10); one that never did needs no mark."""
    earlier = (SESSIONS.c.id == data["session_id"], SESSIONS.c.version < told.version)
    work.connection.execute(update(SESSIONS).where(*earlier).values(held=False, version=told.version))
