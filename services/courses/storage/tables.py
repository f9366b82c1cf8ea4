"""The tables of courses."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.courses.domain.appeal import AppealState
from services.courses.domain.attendance import Source
from services.courses.domain.completion import Grade
from services.courses.domain.leave import LeaveKind, LeaveState
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState
from shared.storage.tables import UtcDateTime, code_column, service_metadata
from shared.vocabulary import AttendanceStatus, Category, Delivery, HalfDay, OrganizedBy, Post, TeachingMode

metadata = service_metadata()

CURRICULA = Table(
    "curricula",
    metadata,
    code_column("category", Category, primary_key=True),
    code_column("delivery", Delivery, primary_key=True),
    Column("units", JSON, nullable=False),
    Column("waived", JSON, nullable=False),
    Column("ledgers", JSON, nullable=False),
    Column("required_numerator", Integer, nullable=False),
    Column("required_denominator", Integer, nullable=False),
    Column("evaluation_required", Boolean, nullable=False),
    Column("edited_at", UtcDateTime, nullable=False),
    Column("edited_by", String(80), nullable=False),
)

COHORTS = Table(
    "cohorts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cohort_number", Integer, nullable=False),
    Column("intake_id", Uuid, nullable=False, index=True),
    Column("intake_number", Integer),
    Column("intake_title", String(200), nullable=False),
    code_column("category", Category),
    code_column("delivery", Delivery),
    code_column("organized_by", OrganizedBy),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    # The rules of the curriculum as they stood when the timetable was made: a later edit changes no running cohort.
    Column("planned_quarter_hours", Integer, nullable=False),
    Column("required_numerator", Integer, nullable=False),
    Column("required_denominator", Integer, nullable=False),
    Column("evaluation_required", Boolean, nullable=False),
    Column("waived", JSON, nullable=False),
    Column("ledgers", JSON, nullable=False),
    Column("scheduled_at", UtcDateTime, nullable=False),
)

_standing = text("state <> 'cancelled'")
SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, ForeignKey("cohorts.id"), nullable=False),
    Column("position", Integer, nullable=False),
    code_column("mode", TeachingMode),
    Column("title", String(200), nullable=False),
    Column("quarter_hours", Integer, nullable=False),
    Column("virtual", Boolean, nullable=False),
    code_column("state", SessionState),
    Column("planned_on", Date),
    code_column("half_day", HalfDay, nullable=True),
    Column("held_on", Date),
    Column("joint_lecture_id", Uuid, index=True),
    Column("record", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("stops_allowed_missing", Integer, nullable=False, server_default="0"),
    UniqueConstraint("cohort_id", "position"),
    Index("ix_sessions_slot", "cohort_id", "planned_on", "half_day", unique=True, sqlite_where=_standing, postgresql_where=_standing),
    CheckConstraint("state <> 'cancelled' OR reason <> ''", name="cancelled_with_reason"),
    CheckConstraint("state <> 'held' OR held_on IS NOT NULL", name="held_on_a_day"),
    CheckConstraint("state <> 'held' OR mode <> 'exchange_seminar' OR record <> ''", name="seminar_with_record"),
)

TRAINEES = Table(
    "trainees",
    metadata,
    Column("enrollment_id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("name", String(50), nullable=False),
    Column("county_code", String(6), nullable=False),
    Column("county_name", String(50), nullable=False),
    Column("school_id", Uuid, nullable=False),
    Column("school_name", String(200), nullable=False),
    code_column("post", Post),
    Column("group_number", Integer),
    code_column("place", PlaceState),
    Column("withdrawn", Boolean, nullable=False),
    Column("completed_on", Date),
    CheckConstraint("NOT withdrawn OR completed_on IS NULL", name="withdrawn_has_not_completed"),
)

GROUP_OFFICERS = Table(
    "group_officers",
    metadata,
    Column("cohort_id", Uuid, primary_key=True),
    Column("group_number", Integer, primary_key=True),
    Column("leader_id", Uuid, nullable=False),
    Column("recorder_id", Uuid, nullable=False),
)

# Heard on other streams than the cohort's, so perhaps before it: no foreign keys.
CHECK_INS = Table(
    "check_ins",
    metadata,
    Column("enrollment_id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("checked_in_at", UtcDateTime, nullable=False),
)
MERGED_PEOPLE = Table(
    "merged_people",
    metadata,
    Column("merged_id", Uuid, primary_key=True),
    Column("kept_id", Uuid, nullable=False, index=True),
)

CLOSED_INTAKES = Table(
    "closed_intakes",
    metadata,
    Column("intake_id", Uuid, primary_key=True),
    Column("closed_on", Date, nullable=False),
)

# Append-only (R14): the entry with the highest revision stands, the others are its history.
ATTENDANCE = Table(
    "attendance",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id"), primary_key=True),
    Column("enrollment_id", Uuid, ForeignKey("trainees.enrollment_id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("held_on", Date, nullable=False),
    code_column("status", AttendanceStatus),
    Column("minutes", Integer),
    Column("attended", Boolean, nullable=False),
    Column("quarter_hours", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("unexcused", Integer, nullable=False),
    code_column("source", Source),
    Column("reason", Text, nullable=False, server_default=""),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(80), nullable=False),
    Column("recorded_by_name", String(80), nullable=False),
    Index("ix_attendance_enrollment", "enrollment_id", "held_on"),
    CheckConstraint("revision >= 1 AND (revision = 1 OR reason <> '')", name="correction_with_reason"),
    CheckConstraint("quarter_hours >= 0 AND missed >= 0 AND unexcused >= 0", name="hours_not_negative"),
)


def _results(name: str, *columns: Column[object]) -> Table:
    return Table(
        name,
        metadata,
        Column("enrollment_id", Uuid, ForeignKey("trainees.enrollment_id"), primary_key=True),
        Column("cohort_id", Uuid, nullable=False, index=True),
        *columns,
        Column("recorded_at", UtcDateTime, nullable=False),
        Column("recorded_by", String(80), nullable=False),
    )


ASSESSMENTS = _results("assessments", code_column("grade", Grade), Column("assessed_on", Date, nullable=False))
PLEDGES = _results("pledges", Column("signed_on", Date, nullable=False))
EVALUATIONS = _results(
    "evaluations",
    Column("satisfied", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("handed_in_on", Date, nullable=False),
)

LEAVES = Table(
    "leaves",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("enrollment_id", Uuid, ForeignKey("trainees.enrollment_id"), nullable=False, index=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    code_column("kind", LeaveKind),
    Column("first_day", Date, nullable=False),
    code_column("first_half", HalfDay),
    Column("last_day", Date, nullable=False),
    code_column("last_half", HalfDay),
    # Empty once it is kept no longer (R48).
    Column("reason", Text, nullable=False),
    code_column("state", LeaveState),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("requested_by", String(80), nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(80)),
)

_is_open = text("state = 'open'")
APPEALS = Table(
    "appeals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False),
    Column("enrollment_id", Uuid, ForeignKey("trainees.enrollment_id"), nullable=False, index=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    # What stood when it was filed: granted means that a later revision stands now.
    Column("revision", Integer, nullable=False),
    Column("text", Text, nullable=False),
    code_column("state", AppealState),
    Column("filed_at", UtcDateTime, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(80), nullable=False, server_default=""),
    CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_its_time"),
    # One open appeal against an entry, however often the form is sent.
    Index("uq_appeals_open", "session_id", "enrollment_id", unique=True, sqlite_where=_is_open, postgresql_where=_is_open),
    Index("ix_appeals_state", "state", "filed_at"),
)

TOUR_STOPS = Table(
    "tour_stops",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id"), nullable=False),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("host_school", String(200), nullable=False),
    Column("arrives_at", UtcDateTime),
    Column("leaves_at", UtcDateTime),
    UniqueConstraint("session_id", "position"),
)
TOUR_CHECK_INS = Table(
    "tour_check_ins",
    metadata,
    Column("stop_id", Uuid, ForeignKey("tour_stops.id"), primary_key=True),
    Column("enrollment_id", Uuid, ForeignKey("trainees.enrollment_id"), primary_key=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("checked_in_at", UtcDateTime, nullable=False),
    Column("recorded_by", String(80), nullable=False),
)
