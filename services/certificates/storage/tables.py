"""The tables of certificates."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, Uuid, text

from services.certificates.domain.standing import Standing
from shared.storage.tables import UtcDateTime, code_column, service_metadata

metadata = service_metadata()

_VALID = text("standing = 'valid'")

# One row per series of numbers; issuing adds one in its own transaction, so that no number is skipped (R39).
SERIES = Table(
    "series",
    metadata,
    Column("series", String(60), primary_key=True),
    Column("last_serial", Integer, CheckConstraint("last_serial >= 1", name="serials_begin_at_one"), nullable=False),
)

# What courses said last of each place: whether the training counts as completed, and with what figures (R16).
COMPLETIONS = Table(
    "completions",
    metadata,
    Column("enrollment_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("intake_id", Uuid, nullable=False),
    Column("cohort_id", Uuid, nullable=False),
    Column("name", String(60), nullable=False),
    Column("training", JSON, nullable=False),
    Column("stands", Integer, CheckConstraint("stands IN (0, 1)", name="stands_or_not"), nullable=False),
)

CERTIFICATES = Table(
    "certificates",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(80), nullable=False, unique=True),
    Column("series", String(60), ForeignKey("series.series"), nullable=False),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("enrollment_id", Uuid, nullable=False, index=True),
    Column("cohort_id", Uuid, nullable=False, index=True),
    Column("intake_id", Uuid, nullable=False),
    Column("content", JSON, nullable=False),
    code_column("standing", Standing),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("check_code_hash", String(64), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("replaces", Uuid, ForeignKey("certificates.id")),
    Column("superseded_by", Uuid, ForeignKey("certificates.id")),
    Column("voided_at", UtcDateTime),
    Column("void_reason", String(500)),
    Column("rendered_at", UtcDateTime),
    Column("render_attempts", Integer, nullable=False, server_default="0"),
    Column("render_claimed_until", UtcDateTime),
    Column("render_error", Text),
    # One valid certificate per person and intake (R39).
    Index("uq_certificates_valid", "person_id", "intake_id", unique=True, postgresql_where=_VALID, sqlite_where=_VALID),
    Index(
        "ix_certificates_unrendered",
        "issued_at",
        postgresql_where=text("rendered_at IS NULL"),
        sqlite_where=text("rendered_at IS NULL"),
    ),
    CheckConstraint("(standing = 'valid') = (voided_at IS NULL)", name="void_has_its_time"),
    CheckConstraint("(standing = 'superseded') = (superseded_by IS NOT NULL)", name="superseded_has_a_successor"),
)

# The files as they were signed; never changed and never made again (R40).
DOCUMENTS = Table(
    "documents",
    metadata,
    Column("certificate_id", Uuid, ForeignKey("certificates.id"), primary_key=True),
    Column("pdf", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("signer", String(64), nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
)

# Records found to be one person: what is heard later under the merged id belongs to the kept one (R7).
MERGED_PEOPLE = Table(
    "merged_people",
    metadata,
    Column("merged_person_id", Uuid, primary_key=True),
    Column("kept_person_id", Uuid, nullable=False, index=True),
)

# How often was asked, per address or certificate and window of time; the key is a keyed hash, never an address (R41).
CHECK_COUNTS = Table(
    "check_counts",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("window_start", UtcDateTime, primary_key=True),
    Column("checks", Integer, nullable=False),
)
