"""Rosters as they were sent, encrypted, with what was found in them (R5, R43)."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from services.enrollment.domain import words
from services.enrollment.storage.secrets import PersonalData, Secrets
from services.enrollment.storage.tables import ROSTERS
from shared import vocabulary
from shared.vocabulary import Word


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a roster; `outcome` may hold words, which come back as words."""
    connection.execute(insert(ROSTERS).values({**row, "outcome": _dumped(row["outcome"])}))


def change(connection: Connection, roster_id: UUID, *, mode: str, written: bool, outcome: Mapping[str, Any]) -> None:
    """Note what became of a roster that was only looked at before."""
    statement = update(ROSTERS).where(ROSTERS.c.id == roster_id)
    connection.execute(statement.values(mode=mode, written=written, outcome=_dumped(outcome)))


def by_id(connection: Connection, roster_id: UUID) -> Any:
    """One roster, or none; `outcome_of` reads its outcome."""
    return connection.execute(select(ROSTERS).where(ROSTERS.c.id == roster_id)).one_or_none()


def encrypt_anew(connection: Connection, secrets: Secrets, key: PersonalData) -> int:
    """Encrypt every kept file under another secret, one after the other; answers how many there are."""
    kept = connection.execute(select(ROSTERS.c.id).where(ROSTERS.c.content_cipher != b"").order_by(ROSTERS.c.id)).scalars().all()
    for roster_id in kept:
        row = connection.execute(select(ROSTERS.c.content_cipher).where(ROSTERS.c.id == roster_id).with_for_update()).one()
        anew = key.encrypt(secrets.decrypt(row.content_cipher))
        connection.execute(update(ROSTERS).where(ROSTERS.c.id == roster_id).values(content_cipher=anew))
    return len(kept)


def erase(connection: Connection, roster: Any) -> None:
    """Keep of a roster what was counted, and neither the file nor what its problems quote (R48)."""
    outcome = {**json.loads(roster.outcome), "problems": []}
    statement = update(ROSTERS).where(ROSTERS.c.id == roster.id)
    connection.execute(statement.values(content_cipher=b"", outcome=json.dumps(outcome, ensure_ascii=False)))


def outcome_of(roster: Any) -> dict[str, Any]:
    """What was found in a roster."""
    outcome: dict[str, Any] = json.loads(roster.outcome, object_hook=_word)
    return outcome


def _dumped(outcome: Mapping[str, Any]) -> str:
    return json.dumps(_marked(outcome), ensure_ascii=False)


def _marked(value: Any) -> Any:
    if isinstance(value, Word):
        return {"word": type(value).__name__, "code": value.value}
    if isinstance(value, Mapping):
        return {key: _marked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(inner) for inner in value]
    return value


def _word(value: dict[str, Any]) -> Any:
    if value.keys() == {"word", "code"}:
        kind: type[Word] = getattr(vocabulary, value["word"], None) or getattr(words, value["word"])
        return kind(value["code"])
    return value
