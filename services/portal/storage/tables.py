"""The tables of portal."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint, Uuid, false

from shared.storage.tables import UtcDateTime, code_column, service_metadata
from shared.vocabulary import Role

metadata = service_metadata()

ACCOUNTS = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("login", String(50), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("person_id", Uuid, unique=True),
    Column("county_code", String(6), index=True),
    Column("school_id", Uuid, index=True),
    Column("unit_name", String(120), nullable=False, server_default=""),
    Column("password_hash", String(200)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("active", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("password_set_at", UtcDateTime),
    Column("accepted_notice", Integer),
    Column("notice_accepted_at", UtcDateTime),
)

ACCOUNT_ROLES = Table(
    "account_roles",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    code_column("role", Role, primary_key=True),
)

ACCOUNT_COHORTS = Table(
    "account_cohorts",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("cohort_id", Uuid, primary_key=True),
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("awaits_second_factor", Boolean, nullable=False, server_default=false()),
    Column("address", String(60), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

# Browsers in which an account has signed in before: tries made there count apart from those of strangers.
DEVICES = Table(
    "devices",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True, index=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("signed_in_at", UtcDateTime, nullable=False),
)

# Every try to come in, by password or by slip. What was typed is never kept: it may be a password in the wrong field.
ATTEMPTS = Table(
    "attempts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id")),
    Column("address", String(60), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_attempts_address_at", "address", "at"),
    Index("ix_attempts_account_id_at", "account_id", "at"),
)

ACTIVATION_CODES = Table(
    "activation_codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("issued_by", String(80), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
)

SECOND_FACTORS = Table(
    "second_factors",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("secret_cipher", LargeBinary, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("last_step", Integer, nullable=False),
)

RECOVERY_CODES = Table(
    "recovery_codes",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)

# An identity is one account's, and an account has one: who is linked with whom is said by the person or the operator, never guessed.
EXTERNAL_IDENTITIES = Table(
    "external_identities",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

PROVIDER_TRIPS = Table(
    "provider_trips",
    metadata,
    Column("cookie_hash", String(64), primary_key=True),
    Column("state", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("account_id", Uuid, ForeignKey("accounts.id")),
    Column("wanted", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False, index=True),
)

CLIENTS = Table(
    "clients",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("county_code", String(6)),
    Column("school_id", Uuid),
    Column("active", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

CLIENT_ROLES = Table(
    "client_roles",
    metadata,
    Column("client_id", Uuid, ForeignKey("clients.id"), primary_key=True),
    code_column("role", Role, primary_key=True),
)
