"""The four modes as stages: a stage opens when the one before is held, or cancelled with a reason (R10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.courses.domain.errors import ModeOutOfOrder, SeminarRecordMissing
from shared.vocabulary import MODES_IN_ORDER, TeachingMode, Word


class SessionState(Word):
    """What has become of a session."""

    PLANNED = "planned", "未开课", "Planned"
    HELD = "held", "已开课", "Held"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class StageState(Word):
    """Where a cohort stands in one mode."""

    CLOSED = "closed", "未开放", "Not open yet"
    OPEN = "open", "进行中", "Open"
    HELD = "held", "已完成", "Done"
    WAIVED = "waived", "免修", "Waived"


@dataclass(frozen=True)
class PlannedSession:
    """What the stages need to know of a session."""

    id: UUID
    mode: TeachingMode
    state: SessionState
    quarter_hours: int


@dataclass(frozen=True)
class Stage:
    """One mode of a cohort: its state and how many of its sessions are held, cancelled and still open."""

    mode: TeachingMode
    state: StageState
    held: int
    cancelled: int
    planned: int


def stages(sessions: Sequence[PlannedSession], waived: Collection[TeachingMode] = ()) -> list[Stage]:
    """The four stages of a cohort in their order."""
    result = []
    earlier_done = True
    for mode in MODES_IN_ORDER:
        states = [session.state for session in sessions if session.mode == mode]
        planned = states.count(SessionState.PLANNED)
        if mode in waived or not states:
            state = StageState.WAIVED
        elif not planned:
            state = StageState.HELD
        else:
            state = StageState.OPEN if earlier_done else StageState.CLOSED
        result.append(Stage(mode, state, states.count(SessionState.HELD), states.count(SessionState.CANCELLED), planned))
        earlier_done = earlier_done and not planned
    return result


def require_open(mode: TeachingMode, sessions: Sequence[PlannedSession]) -> None:
    """Refuse a mode whose predecessors still have open sessions (R10)."""
    for earlier in MODES_IN_ORDER[: MODES_IN_ORDER.index(mode)]:
        waiting = sum(1 for session in sessions if session.mode == earlier and session.state == SessionState.PLANNED)
        if waiting:
            raise ModeOutOfOrder(mode=mode, earlier=earlier, waiting=waiting)


def require_record(mode: TeachingMode, record: str) -> None:
    """A seminar unit closes only with a record (R13)."""
    if mode == TeachingMode.EXCHANGE_SEMINAR and not record.strip():
        raise SeminarRecordMissing()
