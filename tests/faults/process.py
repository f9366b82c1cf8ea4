"""A service's real process, armed: `python -m tests.faults.process SERVICE worker`, or `web_app(SERVICE)` under gunicorn.

`python -m tests.faults.process house OPTIONS…` is the whole house in one process, armed in the same way.

Beside each service's own handlers a tally writes down every event that is applied, without looking for doubles.
"""

import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import Column, Integer, MetaData, String, Table, insert

from shared.contracts import EVENT_TYPES
from shared.logs import configure_logs
from shared.messaging import worker
from shared.messaging.envelope import Event
from shared.messaging.inbox import Dispatcher, Handler
from shared.storage.work import UnitOfWork
from shared.web.service import Surroundings
from tests.faults import clocks, crashes, mishaps, variants

KEY = "LINGHANG_FAULT_KEY"
TALLY = Table(
    "tally",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("stream", String(120)),
    Column("version", Integer),
)


def arm() -> None:
    """Everything a test may have asked for: a protection taken away, mishaps, a crash point; and the tally."""
    _tally()
    variants.take_away()
    mishaps.let_happen()
    crashes.arm()


def web_app(service: str) -> Flask:
    """The service for gunicorn; it believes tokens signed with the test's key, so that no portal is needed."""
    arm()
    configure_logs()
    keys = KeySet([OKPKey.import_key(json.loads(os.environ[KEY]))])
    app: Flask = import_module(f"services.{service}.app").create_app(None, Surroundings(token_keys=lambda _anew: keys, peers={}))
    return app


def _tally() -> None:
    begin = Dispatcher.__init__

    def begin_with_tally(self: Dispatcher, database: Any, listens: Mapping[str, Handler]) -> None:
        begin(self, database, {name: _with_tally(listens.get(name)) for name in EVENT_TYPES})

    Dispatcher.__init__ = begin_with_tally  # type: ignore[method-assign]


def _with_tally(real: Handler | None) -> Handler:
    def apply(work: UnitOfWork, event: Event) -> None:
        work.connection.execute(insert(TALLY).values(stream=event.stream, version=event.version))
        mishaps.fail_now_and_then(event)
        if real is not None:
            real(work, event)

    return apply


def main(service: str, *words: str) -> None:
    """The service's own command line. Certificates are not rendered: it takes the processor and tells nobody anything."""
    arm()
    if service != "house":
        clocks.listen()  # gunicorn has its own use for these signals
    whole = worker.service_worker
    worker.service_worker = lambda name, database, listens, _background=None, **bus: whole(name, database, listens, **bus)  # type: ignore[assignment]
    if service == "house":
        import_module("services.__main__").main(list(words), prog_name=service)
    else:
        import_module(f"services.{service}.__main__").command(list(words), prog_name=service)


if __name__ == "__main__":
    main(*sys.argv[1:])
