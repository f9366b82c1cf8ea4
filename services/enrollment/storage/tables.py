"""The tables of enrollment; what must hold when many act at once is held here, by keys and checks."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.enrollment.domain.words import CohortState, CorrectionField, EnrollmentStatus, IntakeState, OrganizationKind, RequestState
from shared.storage.tables import BigKey, UtcDateTime, code_column, service_metadata
from shared.vocabulary import Category, Delivery, OrganizedBy, Post

metadata = service_metadata()

ORGANIZATIONS = Table(
    "organizations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    code_column("kind", OrganizationKind),
    Column("parent_id", Uuid, ForeignKey("organizations.id")),
    Column("county_code", String(6), nullable=False),
    Column("is_public", Boolean),
    Column("school_level", String(20)),
    Column("party_organization", String(20)),
    Column("stars", Integer),
    Column("is_new", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("county_code", "name"),
    CheckConstraint("stars IS NULL OR stars BETWEEN 1 AND 5", name="stars"),
)

PROGRAMS = Table(
    "programs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("year", Integer, nullable=False),
    Column("title", String(100), nullable=False),
    code_column("category", Category),
    Column("planned_intakes", Integer, nullable=False),
    Column("planned_people", Integer, nullable=False),
    Column("funding", String(200), nullable=False, server_default=""),
    UniqueConstraint("year", "title"),
)

_of_the_city = text("organized_by = 'city'")
_open_of_the_province = text("organized_by = 'province' AND state = 'open'")
INTAKES = Table(
    "intakes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("programs.id")),
    Column("number", Integer),
    Column("title", String(100), nullable=False),
    code_column("category", Category),
    code_column("delivery", Delivery),
    code_column("organized_by", OrganizedBy),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("base", String(100), nullable=False, server_default=""),
    Column("planned", Boolean, nullable=False, server_default=text("true")),
    Column("approval", String(200), nullable=False, server_default=""),
    code_column("state", IntakeState),
    Column("closed_on", Date),
    # When the personal data of its places were erased (R48).
    Column("forgotten_on", Date),
    CheckConstraint("starts_on <= ends_on", name="dates"),
    # An intake outside the plan names the leader's approval (R37).
    CheckConstraint("planned OR approval <> ''", name="approval"),
    Index("uq_intakes_city_number", "number", unique=True, sqlite_where=_of_the_city, postgresql_where=_of_the_city),
    # The province's intakes have no number; a form sent twice opens one all the same.
    Index(
        "uq_intakes_open_of_the_province",
        "title",
        "starts_on",
        "ends_on",
        unique=True,
        sqlite_where=_open_of_the_province,
        postgresql_where=_open_of_the_province,
    ),
)

COHORTS = Table(
    "cohorts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("intake_id", Uuid, ForeignKey("intakes.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("waiting_last", Integer, nullable=False, server_default="0"),
    Column("quota_round", Integer, nullable=False, server_default="1"),
    Column("round_deadline", Date),
    code_column("state", CohortState),
    Column("confirmed_at", UtcDateTime),
    UniqueConstraint("intake_id", "number"),
    # No number of concurrent requests ever sells a seat that is not there (R1).
    CheckConstraint("seats > 0 AND taken >= 0 AND taken <= seats", name="seats"),
    CheckConstraint("quota_round IN (1, 2)", name="round"),
)

# The city's pool, to which unused seats return after round 1, is a cell like any other, under this code (R4).
POOL = "000000"
QUOTA_CELLS = Table(
    "quota_cells",
    metadata,
    Column("cohort_id", Uuid, ForeignKey("cohorts.id"), primary_key=True),
    Column("county_code", String(6), primary_key=True),
    Column("county_name", String(100), nullable=False),
    Column("seats", Integer, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    # A cell never holds more than it was given, and never drops below what is used in it (R4).
    CheckConstraint("used >= 0 AND used <= seats", name="cell"),
)

PEOPLE = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(50), nullable=False),
    Column("sex", String(1), nullable=False),
    Column("nation", String(20), nullable=False, server_default=""),
    Column("birth_date", Date, nullable=False),
    Column("political_status", String(20), nullable=False, server_default=""),
    # ID number and phone are only here encrypted, with a keyed hash to look them up by (R43).
    Column("id_cipher", LargeBinary, nullable=False),
    Column("id_hash", String(64), nullable=False, unique=True),
    Column("phone_cipher", LargeBinary),
    Column("merged_into", Uuid, ForeignKey("people.id")),
    Index("ix_people_name", "name"),
)

# One row: the secret under which everything of this database is encrypted and hashed, by number and digest (R43).
DATA_KEYS = Table(
    "data_keys",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True, autoincrement=False),
    Column("number", Integer, CheckConstraint("number BETWEEN 1 AND 255", name="number"), nullable=False),
    Column("digest", String(64)),
    Column("since", UtcDateTime),
)

_holds_a_place = text("status IN ('enrolled', 'waiting')")
ENROLLMENTS = Table(
    "enrollments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, ForeignKey("cohorts.id"), nullable=False, index=True),
    Column("intake_id", Uuid, ForeignKey("intakes.id"), nullable=False),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, index=True),
    # Snapshots: people move, past totals do not.
    code_column("category", Category),
    code_column("post", Post),
    Column("school_id", Uuid, ForeignKey("organizations.id"), nullable=False),
    Column("school_name", String(100), nullable=False),
    Column("county_code", String(6), nullable=False),
    Column("county_name", String(100), nullable=False),
    Column("cell_code", String(6)),
    code_column("status", EnrollmentStatus),
    Column("waiting_number", Integer),
    Column("group_number", Integer),
    Column("lodging", Boolean),
    Column("remarks", String(200), nullable=False, server_default=""),
    Column("nominated_at", UtcDateTime, nullable=False),
    Column("checked_in_at", UtcDateTime),
    Column("substitutes", Uuid, ForeignKey("enrollments.id")),
    Column("override_reason", String(200), nullable=False, server_default=""),
    UniqueConstraint("cohort_id", "waiting_number"),
    # The same person has one place in an intake (R3).
    Index(
        "uq_enrollments_person_in_intake",
        "intake_id",
        "person_id",
        unique=True,
        sqlite_where=_holds_a_place,
        postgresql_where=_holds_a_place,
    ),
)

ENROLLMENT_HISTORY = Table(
    "enrollment_history",
    metadata,
    Column("id", BigKey, Identity(), primary_key=True),
    Column("enrollment_id", Uuid, ForeignKey("enrollments.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("account", String(80), nullable=False),
    Column("change", String(30), nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
)

ROSTERS = Table(
    "rosters",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, ForeignKey("cohorts.id"), nullable=False, index=True),
    Column("uploaded_by", String(80), nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("file_name", String(200), nullable=False),
    # The file names people, so it is kept encrypted like everything of theirs (R43).
    # Empty once it is kept no longer (R48).
    Column("content_cipher", LargeBinary, nullable=False),
    Column("mode", String(10), nullable=False),
    Column("written", Boolean, nullable=False),
    Column("outcome", Text, nullable=False),
)

_is_open = text("state = 'open'")
CORRECTION_REQUESTS = Table(
    "correction_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.id"), nullable=False, index=True),
    code_column("field", CorrectionField),
    # What it should say and why may be an ID number or a phone: both only encrypted (R43), the value only until the decision.
    Column("stated_cipher", LargeBinary),
    Column("text_cipher", LargeBinary, nullable=False),
    code_column("state", RequestState),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("answer", String(500), nullable=False, server_default=""),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String(80), nullable=False, server_default=""),
    CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_its_time"),
    CheckConstraint("state = 'open' OR stated_cipher IS NULL", name="stated_value_erased"),
    # One open request for each thing: nobody floods the office, however often the form is sent.
    Index("uq_correction_requests_open", "person_id", "field", unique=True, sqlite_where=_is_open, postgresql_where=_is_open),
    Index("ix_correction_requests_state", "state", "asked_at"),
)
