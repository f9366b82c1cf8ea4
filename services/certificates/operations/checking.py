"""The public check: whoever holds a certificate, or its number and check code, is told honestly what it is worth (R41)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.certificates.domain.codes import check_code_hash, looks_like_token, token_hash
from services.certificates.domain.content import Content
from services.certificates.domain.errors import TooManyChecks
from services.certificates.domain.name import masked, matches
from services.certificates.domain.number import as_typed
from services.certificates.domain.standing import Answer, answer_for
from services.certificates.operations.office import Office
from services.certificates.queries import checked
from services.certificates.storage import check_counts
from shared.storage.work import UnitOfWork

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Question:
    """What somebody asks: a token, or a number with its check code; and perhaps a name or a file's hash to compare."""

    token: str = ""
    number: str = ""
    check_code: str = ""
    name: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the public is told. For `unknown` there is nothing else, whether the number or only the code was wrong."""

    answer: Answer
    content: Content | None = None
    masked_name: str = ""
    voided_at: Any = None
    successor_number: str | None = None
    name_matches: bool | None = None
    file_matches: bool | None = None
    file_exists: bool = False


def check_certificate(work: UnitOfWork, office: Office, question: Question, *, address: str) -> Verdict:
    """Answer one check, and count it. Raises `TooManyChecks` for an address, or a certificate, asked about too often."""
    _count(work, office, f"address {address}", _MINUTE, office.settings.checks_per_minute)
    row = _find(work, question)
    if row is None:
        return Verdict(Answer.UNKNOWN)
    content = Content.thawed(row.content)
    name_matches = None
    if question.name.strip():
        # Otherwise the hidden middle of a name could be found by trying every character in its place.
        _count(work, office, f"name {row.id}", _HOUR, office.settings.name_checks_per_hour)
        name_matches = matches(content.name, question.name)
    return Verdict(
        answer=answer_for(row.standing),
        content=content,
        masked_name=masked(content.name),
        voided_at=row.voided_at,
        successor_number=row.successor_number,
        name_matches=name_matches,
        file_matches=row.sha256 == question.sha256.strip().lower() if question.sha256 and row.sha256 else None,
        file_exists=row.sha256 is not None,
    )


def _find(work: UnitOfWork, question: Question) -> Row[Any] | None:
    if question.token:
        return checked.by_token_hash(work.connection, token_hash(question.token)) if looks_like_token(question.token) else None
    number = as_typed(question.number)
    return checked.by_number_and_code(work.connection, number, check_code_hash(number, question.check_code))


def _count(work: UnitOfWork, office: Office, asked: str, window: timedelta, limit: int) -> None:
    if not check_counts.count(work.connection, office.anonymous(asked), at=work.now, window=window, limit=limit):
        raise TooManyChecks(seconds=int(window.total_seconds()))
