"""The tables of finance: facts as they were told, and the participations counted from them.

No table holds a name, an ID number or a phone. Every fact carries the day it took effect and the version of the event that
told it; when it was heard stands in the inbox, which is never emptied, so a later period close (R32) can say both.
"""

from sqlalchemy import JSON, Boolean, Column, Date, Identity, Index, Integer, String, Table, Text, Uuid, text

from services.finance.domain.facts import Outcome, Standing
from services.finance.domain.read_model_run import RunKind, RunState
from shared.storage.tables import BigKey, UtcDateTime, code_column, service_metadata
from shared.vocabulary import AttendanceStatus, Category, Delivery, HalfDay, OrganizedBy, Post, TeachingMode

metadata = service_metadata()

INTAKES = Table(
    "intakes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Integer),
    Column("title", String(200)),
    code_column("category", Category, nullable=True),
    code_column("delivery", Delivery, nullable=True),
    code_column("organized_by", OrganizedBy, nullable=True),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("planned", Boolean),
    Column("told", String(160), nullable=False, server_default=""),
    Column("closed_on", Date),
)

COHORTS = Table(
    "cohorts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("intake_id", Uuid, nullable=False, index=True),
    Column("number", Integer),
    Column("seats", Integer),
    Column("confirmed_at", UtcDateTime),
    Column("billable_days", Integer, nullable=False, server_default="0"),
    Column("total_quarter_hours", Integer, nullable=False, server_default="0"),
    Column("schedule_version", Integer, nullable=False, server_default="0"),
)

SEATS = Table(
    "seats",
    metadata,
    Column("cohort_id", Uuid, primary_key=True),
    Column("county_code", String(6), primary_key=True),
    Column("quota", Integer, nullable=False),
    Column("nominated", Integer, nullable=False),
)

COUNTIES = Table(
    "counties",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("told", String(160), nullable=False),
)

PLACES = Table(
    "places",
    metadata,
    Column("enrollment_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("counts_as", Uuid, nullable=False),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("intake_id", Uuid),
    Column("county_code", String(6)),
    Column("school_id", Uuid),
    code_column("post", Post, nullable=True),
    code_column("standing", Standing, server_default=Standing.TAKEN.value),
    Column("standing_version", Integer, nullable=False, server_default="0"),
    Column("checked_in_at", UtcDateTime),
    code_column("outcome", Outcome, nullable=True),
    Column("outcome_at", UtcDateTime),
    Column("outcome_version", Integer, nullable=False, server_default="0"),
    Column("attended", Boolean, nullable=False, server_default=text("false")),
    Index("ix_places_counts_as", "counts_as", "intake_id"),
)

SLOTS = Table(
    "slots",
    metadata,
    Column("sheet_id", Uuid, primary_key=True),
    Column("enrollment_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    code_column("delivery", Delivery),
    Column("held_on", Date, nullable=False),
    code_column("half_day", HalfDay, nullable=True),
    code_column("status", AttendanceStatus),
    Column("attended", Boolean, nullable=False),
    Column("quarter_hours", Integer, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
    Column("stands", Boolean, nullable=False),
    Index("ix_slots_enrollment_id", "enrollment_id", "stands"),
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, nullable=False),
    Column("intake_id", Uuid, nullable=False, index=True),
    code_column("mode", TeachingMode),
    code_column("delivery", Delivery),
    Column("held_on", Date, nullable=False),
    Column("quarter_hours", Integer, nullable=False),
    Column("joint_lecture_id", Uuid),
    Column("held", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

CERTIFICATES = Table(
    "certificates",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("enrollment_id", Uuid, nullable=False, index=True),
    Column("number", String(60), nullable=False),
    Column("issued_on", Date),
    Column("voided_on", Date),
)

EVALUATIONS = Table(
    "evaluations",
    metadata,
    Column("enrollment_id", Uuid, primary_key=True),
    Column("satisfied", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

RECORDS = Table(
    "records",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("counts_as", Uuid, nullable=False, index=True),
)

# One row per (intake, person); flags are 0 or 1 so that totals are plain sums.
PARTICIPATIONS = Table(
    "participations",
    metadata,
    Column("intake_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, nullable=False),
    Column("county_code", String(6), nullable=False),
    code_column("delivery", Delivery),
    *(
        Column(name, Integer, nullable=False)
        for name in (
            "confirmed",
            "checked_in",
            "counted",
            "half_days",
            "billable_days",
            "quarter_hours",
            "completed",
            "certified",
            "answers",
            "satisfied",
        )
    ),
)

PARTICIPATION_DAYS = Table(
    "participation_days",
    metadata,
    Column("intake_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("held_on", Date, primary_key=True),
    Column("quarter_hours", Integer, nullable=False),
    Index("ix_participation_days_held_on", "held_on"),
)

_WAITING = text("state = 'waiting'")
# What operators asked for and what came of it: no fact, so it outlives a rebuild.
READ_MODEL_RUNS = Table(
    "read_model_runs",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    code_column("kind", RunKind),
    code_column("state", RunState, server_default=RunState.WAITING.value),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("events", Integer),
    Column("difference_count", Integer),
    Column("differences", JSON, nullable=False, server_default="[]"),
    Column("error", Text),
    Index("uq_read_model_runs_waiting", "kind", unique=True, postgresql_where=_WAITING, sqlite_where=_WAITING),
)

FACTS = (INTAKES, COHORTS, SEATS, COUNTIES, PLACES, SLOTS, SESSIONS, CERTIFICATES, EVALUATIONS, RECORDS, PARTICIPATIONS, PARTICIPATION_DAYS)
