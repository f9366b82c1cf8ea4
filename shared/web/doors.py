"""What the doors do for operations and queries: open, commit, answer once, and ask the other services."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import Response, current_app, request
from marshmallow import Schema
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import Client

from shared.domain import RuleBroken
from shared.storage.database import Database
from shared.storage.tables import ANSWERED_REQUESTS
from shared.storage.work import NOBODY, UnitOfWork, transact
from shared.traces import span
from shared.web.access import TOKEN_HEADER, current_actor
from shared.web.language import language

P = ParamSpec("P")
Result = TypeVar("Result")


class KeyUsedDifferently(RuleBroken):
    """An Idempotency-Key that has already answered another request."""

    code = "idempotency_key_used_differently"


class PeerDown(Exception):
    """Another service did not answer; the page shows the rest and says which part is missing."""


def _database() -> Database:
    database: Database = current_app.extensions["linghang"].database
    return database


def run(operation: Callable[Concatenate[UnitOfWork, P], Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run an operation as the person behind this request and commit it."""
    with span(f"{request.method} {request.url_rule}", {name.lower(): value for name, value in request.headers}):
        return transact(_database(), current_actor() or NOBODY, operation, *args, **kwargs)


def reading() -> AbstractContextManager[Connection]:
    """A read-only transaction for queries."""
    return _database().reading()


def answer(schema: Schema, operation: Callable[..., Any], /, *args: Any, status: int = 200, **kwargs: Any) -> Response:
    """Run an operation and answer its result as JSON.

    With an ``Idempotency-Key`` header the answer is kept in the operation's own transaction: the same
    request sent again gets the same answer and changes nothing.
    """
    key = request.headers.get("Idempotency-Key", "")[:120]

    def work_and_remember(work: UnitOfWork) -> tuple[int, str]:
        if key and work.connection.dialect.name == "postgresql":
            # The twin of a request still at work waits for its answer, or a rule would refuse what it is doing itself.
            twin = func.hashtextextended(f"{work.actor.account_id} {key}", 0)
            work.connection.execute(select(func.pg_advisory_xact_lock(twin)))
        known = _known_answer(work, key) if key else None
        if known is not None:
            return known
        text = json.dumps(schema.dump(operation(work, *args, **kwargs)), ensure_ascii=False)
        if key:
            _remember(work, key, status, text)
        return status, text

    try:
        code, text = run(work_and_remember)
    except IntegrityError as error:
        if not key or "answered_requests" not in str(error.orig):
            raise
        code, text = run(work_and_remember)  # the twin of this request was faster; its answer is there now
    return Response(text, status=code, content_type="application/json")


def _fingerprint() -> str:
    described = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(described + request.get_data(cache=True)).hexdigest()


def _known_answer(work: UnitOfWork, key: str) -> tuple[int, str] | None:
    table = ANSWERED_REQUESTS.c
    wanted = select(table.request, table.status, table.answer).where(table.account == work.actor.account_id, table.key == key)
    row = work.connection.execute(wanted).one_or_none()
    if row is None:
        return None
    if row.request != _fingerprint():
        raise KeyUsedDifferently
    return row.status, row.answer


def _remember(work: UnitOfWork, key: str, status: int, text: str) -> None:
    row = {"account": work.actor.account_id, "key": key, "request": _fingerprint(), "status": status, "answer": text, "at": work.now}
    work.connection.execute(insert(ANSWERED_REQUESTS).values(**row))


@dataclass(frozen=True)
class Peer:
    """Another service's API, asked with the token of the person behind this request."""

    name: str
    where: Any

    def get(self, path: str, query: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """(status, JSON). Raises `PeerDown` when it does not answer or answers 5xx."""
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """As `get`, for a deed of the person whose form this door has just let in."""
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, Any]:
        headers = {name: value for name in (TOKEN_HEADER, "Authorization") if (value := request.headers.get(name))}
        headers["Accept-Language"] = language()
        if body is not None:  # the other door checks the same session's CSRF value, and its audit entry names the same address
            csrf = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
            headers |= {"Content-Type": "application/json", "X-CSRF-Token": csrf, "X-Forwarded-For": request.remote_addr or ""}
        status, answered = (self._inside if callable(self.where) else self._over_http)(method, path, body, headers)
        if status >= 500:
            raise PeerDown(self.name)
        try:
            return status, json.loads(answered)
        except ValueError as error:
            raise PeerDown(self.name) from error

    def _inside(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        near = {"REMOTE_ADDR": request.remote_addr or ""}
        answered = Client(self.where).open(path, method=method, data=body, headers=headers, environ_base=near)
        return answered.status_code, answered.get_data()

    def _over_http(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        asked = urllib.request.Request(f"{self.where.rstrip('/')}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=5) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError as error:
            raise PeerDown(self.name) from error


def peer(name: str) -> Peer:
    """Another service by name, over HTTP or, in the embedded mode, by a call inside this process."""
    peers: Mapping[str, Any] = current_app.extensions["linghang"].peers
    if name not in peers:
        raise PeerDown(name)
    return Peer(name, peers[name])
