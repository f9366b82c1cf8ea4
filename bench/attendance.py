"""A half-day of 100 marked through the door, beside the set form: the same rows and the same event, nothing asked."""

from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from bench.measurement import Comparison, Durations, timed
from services.courses.storage.tables import ATTENDANCE
from shared.contracts.courses import ATTENDANCE_RECORDED
from shared.storage.tables import OUTBOX
from shared.vocabulary import AttendanceStatus, Role
from tests.conftest import RunningService, run_service
from tests.courses.conftest import Cohort, place

SIZE = 100
COHORTS = 4
WARM_UPS = 2
AT_MOST = 4.0
PRESENT, ABSENT = AttendanceStatus.PRESENT.value, AttendanceStatus.ABSENT.value


def measure(kind: str, url: str, folder: Path) -> Comparison:
    """Half-day after half-day of a cohort, two people absent each time; the yardstick fills a second cohort alike."""
    folder.mkdir()
    service = run_service("courses", url, folder)
    ours: list[float] = []
    yardstick: list[float] = []
    cohorts = [_confirmed(service) for _ in range(COHORTS)]
    for cohort, twin in list(pairwise(cohorts))[::2]:
        # The last session is left out: it settles completion, which is another operation.
        for position, (session, other) in enumerate(zip(cohort.sessions()[:-1], twin.sessions()[:-1], strict=True)):
            cohort.hold(session)
            twin.hold(other)
            ours.append(_mark(service, cohort, session.id, position))
            rows, outbox_row = _as_recorded(service, cohort, session.id, twin, other.id)
            yardstick.append(_set_form(service, rows, outbox_row))
    service.database.close()
    operation = f"mark a half-day of {SIZE}, HTTP, {kind}"
    return Comparison(
        operation, "one INSERT + one outbox row, one commit", Durations(ours[WARM_UPS:]), Durations(yardstick[WARM_UPS:]), AT_MOST
    )


def _confirmed(service: RunningService) -> Cohort:
    return Cohort(service, [place(number) for number in range(1, SIZE + 1)]).confirm()


def _mark(service: RunningService, cohort: Cohort, session_id: UUID, position: int) -> float:
    absent = (2 * position, 2 * position + 1)  # each time others, so that nobody is withdrawn
    entries = [{"enrollment_id": str(who), "status": ABSENT if number in absent else PRESENT} for number, who in enumerate(cohort.ids)]
    client = service.client(Role.CLASS_TEACHER, cohort_ids=frozenset({cohort.id}))
    address, body = f"/api/courses/cohorts/{cohort.id}/attendance", {"session_id": str(session_id), "entries": entries}
    took, answer = timed(lambda: client.post(address, json=body))
    if answer.status_code != 200 or answer.get_json()["recorded"] != SIZE:
        raise RuntimeError(f"the sheet was not recorded: {answer.status_code} {answer.get_data(as_text=True)[:500]}")
    return took


def _as_recorded(
    service: RunningService, cohort: Cohort, session_id: UUID, twin: Cohort, other_id: UUID
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What recording has written for `cohort`, as rows for its twin."""
    twins = dict(zip(cohort.ids, twin.ids, strict=True))
    with service.database.reading() as connection:
        recorded = connection.execute(select(ATTENDANCE).where(ATTENDANCE.c.session_id == session_id)).mappings().all()
        said = select(OUTBOX).where(OUTBOX.c.type == ATTENDANCE_RECORDED.name).order_by(OUTBOX.c.id.desc()).limit(1)
        event = dict(connection.execute(said).mappings().one())
    rows = [{**row, "session_id": other_id, "cohort_id": twin.id, "enrollment_id": twins[row["enrollment_id"]]} for row in recorded]
    del event["id"]
    return rows, event | {"stream": f"courses/bare/{other_id}", "version": 1}


def _set_form(service: RunningService, rows: list[dict[str, Any]], outbox_row: dict[str, Any]) -> float:
    def write() -> None:
        with service.database.writing() as connection:
            connection.execute(insert(ATTENDANCE), rows)
            connection.execute(insert(OUTBOX), [outbox_row])

    return timed(write)[0]
