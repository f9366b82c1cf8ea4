"""People: found by the hash of their ID number, which is itself only kept encrypted (R43)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.enrollment.storage.secrets import PersonalData, Secrets
from services.enrollment.storage.tables import ENROLLMENTS, PEOPLE


def by_hash(connection: Connection, hashes: Iterable[str]) -> dict[str, Any]:
    """ID hash → who it is: person_id, name, phone_cipher, nation, political_status; a merged record leads to the one kept (R7)."""
    kept = PEOPLE.alias("kept")
    wanted = (
        select(PEOPLE.c.id_hash, kept.c.id.label("person_id"), PEOPLE.c.name, kept.c.phone_cipher, kept.c.nation, kept.c.political_status)
        .join(kept, kept.c.id == func.coalesce(PEOPLE.c.merged_into, PEOPLE.c.id))
        .where(PEOPLE.c.id_hash.in_(list(hashes)))
    )
    return {row.id_hash: row for row in connection.execute(wanted)}


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert people. In the order of their hashes, so that two rosters with the same people wait for each other in turn."""
    if rows:
        connection.execute(insert(PEOPLE), sorted(rows, key=lambda row: row["id_hash"]))


def add_unless_known(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Insert a person whose ID number is not on record yet; false when it is."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = kind(PEOPLE).values(**row).on_conflict_do_nothing(index_elements=["id_hash"]).returning(PEOPLE.c.id)
    return connection.execute(statement).first() is not None


def bring_up_to_date(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write phone_cipher, nation and political_status of people already on record (`person` is their id)."""
    if rows:
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("phone_cipher", "nation", "political_status")}
        statement = update(PEOPLE).where(PEOPLE.c.id == bindparam("person")).values(changed)
        ordered = sorted(rows, key=lambda row: row["person"].bytes)
        connection.execute(statement, [{key if key == "person" else f"new_{key}": value for key, value in row.items()} for row in ordered])


def set_phone(connection: Connection, person_id: UUID, phone_cipher: bytes) -> None:
    """Write a person's phone, encrypted; a merged record leads to the one kept (R7)."""
    kept = select(func.coalesce(PEOPLE.c.merged_into, PEOPLE.c.id)).where(PEOPLE.c.id == person_id).scalar_subquery()
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == kept).values(phone_cipher=phone_cipher))


def namesakes(connection: Connection, names: Iterable[str], school_ids: Iterable[UUID]) -> frozenset[tuple[UUID, str]]:
    """(school, name) of everyone who bears one of these names and has come from one of these schools (R7)."""
    wanted = (
        select(ENROLLMENTS.c.school_id, PEOPLE.c.name)
        .join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
        .where(PEOPLE.c.name.in_(list(names)), ENROLLMENTS.c.school_id.in_(list(school_ids)))
        .distinct()
    )
    return frozenset((row.school_id, row.name) for row in connection.execute(wanted))


def encrypt_anew(connection: Connection, secrets: Secrets, key: PersonalData) -> int:
    """Encrypt and hash everybody under another secret; answers how many people there are."""
    statement = update(PEOPLE).where(PEOPLE.c.id == bindparam("person"))
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("id_cipher", "id_hash", "phone_cipher")}
    columns = (PEOPLE.c.id, PEOPLE.c.id_cipher, PEOPLE.c.phone_cipher)
    done, last = 0, None
    while True:
        batch = select(*columns).order_by(PEOPLE.c.id).limit(1000).with_for_update()
        rows = connection.execute(batch if last is None else batch.where(PEOPLE.c.id > last)).all()
        if not rows:
            return done
        connection.execute(statement.values(changed), [_anew(row, secrets, key) for row in rows])
        done, last = done + len(rows), rows[-1].id


def _anew(row: Any, secrets: Secrets, key: PersonalData) -> dict[str, Any]:
    number = secrets.decrypt_text(row.id_cipher)
    phone_cipher = key.encrypt(secrets.decrypt(row.phone_cipher)) if row.phone_cipher else None
    return {
        "person": row.id,
        "new_id_cipher": key.encrypt(number),
        "new_id_hash": key.lookup_hash(number),
        "new_phone_cipher": phone_cipher,
    }


def secrets_of(connection: Connection, person_id: UUID, secrets: Secrets) -> tuple[str, str]:
    """A person's ID number and phone, decrypted; empty what is not on record (any more)."""
    row = connection.execute(select(PEOPLE.c.id_cipher, PEOPLE.c.phone_cipher).where(PEOPLE.c.id == person_id)).one()
    return secrets.decrypt_text(row.id_cipher), secrets.decrypt_text(row.phone_cipher)
