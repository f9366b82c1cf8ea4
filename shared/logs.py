"""What goes to the logs: one JSON object a line, without local variables, and scrubbed of what names a person (R43)."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from shared.traces import trace_id

# A resident ID and a mobile phone, wherever they turn up: in a message, an address, an error of the database.
_PERSONAL = re.compile(r"(?<![0-9])(?:[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]|1[3-9][0-9]{9})(?![0-9])")
# PostgreSQL quotes the row that broke a constraint, names and all, up to the end of its line.
_QUOTED_ROW = re.compile(r"(?<=DETAIL:).*")
MASK = "***"


def scrubbed(text: str) -> str:
    """`text` with every ID number and phone, and every row quoted by the database, replaced."""
    return _PERSONAL.sub(MASK, _QUOTED_ROW.sub(f" {MASK}", text))


def described(error: BaseException) -> str:
    """An error in one scrubbed line: of a database's only what it says first, without the statement and the row it quotes."""
    words = str(getattr(error, "orig", None) or error).partition("\n")[0]
    # No database stores NUL in a text, and half a character not either.
    return scrubbed(f"{type(error).__name__}: {words}"[:500].replace("\0", "").encode("utf-8", "replace").decode("utf-8"))


def configure_logs(stream: TextIO = sys.stderr) -> None:
    """Send structlog and the standard library's log to `stream`, one scrubbed line each; safe to repeat."""
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _with_trace,
        lambda _logger, _name, said: {key: scrubbed(value) if isinstance(value, str) else value for key, value in said.items()},
    ]
    line = [*before, structlog.processors.JSONRenderer(ensure_ascii=False), _scrub]
    structlog.configure(processors=line, logger_factory=structlog.PrintLoggerFactory(stream), cache_logger_on_first_use=False)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Scrubbing("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.raiseExceptions = False  # the complaint about a line that cannot be written would print it unscrubbed
    # pika tells every attempt of a connection at length; the relay and the receiver say it in one line.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    for name in ("alembic", "werkzeug"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _with_trace(_logger: Any, _name: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if found := trace_id():
        said["trace_id"] = found
    return said


class _Scrubbing(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))


def _scrub(_logger: Any, _name: str, line: str) -> str:
    return _PERSONAL.sub(MASK, line)
