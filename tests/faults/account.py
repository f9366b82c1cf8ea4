"""The full account of a city: every committed change's event applied exactly once at every listener, totals equal to a recount."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from shared.contracts import SUBSCRIPTIONS
from shared.messaging.rebuilding import compare
from shared.storage.database import Database
from shared.vocabulary import SERVICES
from tests.faults.city import NeverCameTrue, Town
from tests.faults.stream import SEATS

Event = tuple[str, int]
STANDSTILL = 35.0  # seconds; longer than any pause of a worker that has met a fault
JUDGED = ("enrollment", "courses", "certificates", "finance")
PLACE_OF_STREAM = "replace(stream, '-', '') = 'enrollment/enrollment/' || replace(CAST(enrollments.id AS varchar(40)), '-', '')"
# Whoever is asked to do something once has done it once; (acknowledged, service, what it left).
# Where something is told of each of a cohort's people, all of it is one deed.
LEFT = (
    ("nomination", "enrollment", "SELECT count(*) FROM enrollments"),
    ("confirmation", "enrollment", "SELECT count(*) FROM outbox WHERE type = 'enrollment.cohort.confirmed.v1'"),
    ("check-in", "enrollment", f"SELECT count(*) / {SEATS}.0 FROM outbox JOIN enrollments ON {PLACE_OF_STREAM}"),
    ("holding", "courses", "SELECT count(*) FROM outbox WHERE type = 'courses.session.held.v1'"),
    ("sheet", "courses", "SELECT count(*) FROM outbox WHERE type = 'courses.attendance.recorded.v1'"),
    ("correction", "courses", "SELECT count(*) FROM outbox WHERE type = 'courses.attendance.corrected.v1'"),
    ("evaluations", "courses", f"SELECT count(*) / {SEATS}.0 FROM outbox WHERE type = 'courses.evaluation.handed_in.v1'"),
    ("correction", "courses", "SELECT count(*) FROM attendance WHERE revision > 1"),
)
ATTENDED = """
    SELECT count(DISTINCT CASE WHEN attended THEN enrollment_id END), coalesce(sum(quarter_hours), 0) FROM attendance AS entry
    WHERE revision = (
        SELECT max(revision) FROM attendance AS later
        WHERE later.session_id = entry.session_id AND later.enrollment_id = entry.enrollment_id
    )
"""
STANDING = """
    SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM outbox WHERE position IS NULL),
           (SELECT count(*) FROM inbox), (SELECT count(*) FROM inbox WHERE status = 'pending')
"""
COUNTED = "SELECT coalesce(sum(counted), 0), coalesce(sum(quarter_hours), 0) FROM participations"


class AccountWrong(AssertionError):
    """The account does not balance, or a fault never bit; the text says where."""


def settle(city: Town) -> None:
    """Wait until every outbox is sent and every inbox applied. Raises `AccountWrong` with what is left."""
    left: dict[str, Any] = {}

    def quiet() -> bool:
        standing = {name: city.rows(name, STANDING)[0] for name in SERVICES}
        left.clear()
        for name, (_told, unsent, received, waiting) in standing.items():
            missing = sum(standing[publisher][0] for publisher in SUBSCRIPTIONS[name]) - received
            if unsent or missing > 0 or waiting:
                left[name] = {"unsent": unsent, "not received": missing, "not applied": waiting}
        return not left

    before: dict[str, Any] = {"nothing": "known"}
    while before != left:  # as long as something moves, however slow the machine is
        before = dict(left)
        with suppress(NeverCameTrue):
            city.until(quiet, "every event is sent and applied", STANDSTILL)
            return
    city.spoiled = True
    raise AccountWrong(f"events are on their way for ever: {left}\n{city.last_words()}")


def balance(city: Town) -> int:
    """Settle and give the account; answers how many events it holds."""
    settle(city)
    told = {name: [(row[0], row[1]) for row in city.rows(name, "SELECT stream, version FROM outbox")] for name in SERVICES}
    problems = [line for name in SERVICES for line in _listener(city, name, told)]
    problems += [line for name in JUDGED for line in _judged(city, name)]
    problems += _recounted(city)
    if problems:
        city.spoiled = True
        raise AccountWrong("\n".join(problems[:40]))
    return sum(len(events) for events in told.values())


def deeds(city: Town, acknowledged: Counter[str]) -> None:
    """Every deed that was ever acknowledged in this city is there once, however often it was sent."""
    for kind, service, sql in LEFT:
        found = city.rows(service, sql)[0][0]
        if found != acknowledged[kind]:
            city.spoiled = True
            raise AccountWrong(f"{acknowledged[kind]} times {kind} acknowledged, {found} found: {sql}")


def once_and_in_order(name: str, due: Counter[Event], applied: Sequence[Event]) -> Iterable[str]:
    """What is wrong with the events a listener has applied, in the order in which it did, when it should have applied those of `due`."""
    heard = Counter(applied)
    if lost := due - heard:
        yield f"{name} has not applied {lost.total()} events: {sorted(lost)[:3]}"
    if doubled := heard - due:
        yield f"{name} has applied {doubled.total()} events too often: {sorted(doubled)[:3]}"
    reached: dict[str, int] = {}
    for stream, version in applied:
        if version < reached.get(stream, 0):
            yield f"{name} has applied {stream} #{version} after #{reached[stream]}"
        reached[stream] = version


def _listener(city: Town, name: str, told: dict[str, list[Event]]) -> Iterable[str]:
    due = Counter(event for publisher in SUBSCRIPTIONS[name] for event in told[publisher] if event not in city.exempt)
    applied = [(row[0], row[1]) for row in city.rows(name, "SELECT stream, version FROM tally ORDER BY id")]
    yield from once_and_in_order(name, due, applied)
    for stream, version, error in city.rows(name, "SELECT stream, version, error FROM inbox WHERE status NOT IN ('done', 'pending')"):
        if (stream, version) not in city.exempt:
            yield f"{name} has set aside {stream} #{version}: {error}"


def _judged(city: Town, name: str) -> Iterable[str]:
    """The service's own check, and for finance what its log gives."""
    differences: Callable[[Any], Iterable[str]] = import_module(f"services.{name}.queries.agreement").differences
    database = Database(city.databases[name], import_module(f"services.{name}.storage.tables").metadata)
    with database.reading() as connection:
        yield from (f"{name} check: {line}" for line in differences(connection))
    if name == "finance":
        from services.finance.events.listens import LISTENS
        from services.finance.operations.rebuilding import READ_MODEL

        yield from (f"finance compare: {line}" for line in compare(database, LISTENS, READ_MODEL).differences)
    database.close()


def _recounted(city: Town) -> Iterable[str]:
    """Finance's people and hours beside those of the ledger of courses."""
    (ledger,), (counted,) = city.rows("courses", ATTENDED), city.rows("finance", COUNTED)
    if tuple(map(int, ledger)) != tuple(map(int, counted)):
        yield f"courses has {ledger[0]} attending with {ledger[1]} quarter-hours, finance counts {counted[0]} with {counted[1]}"
