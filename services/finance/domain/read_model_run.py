"""A run over the figures: they are compared with the log of events, or rebuilt from it, and how that went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TOLD = 20  # differences are kept to begin a search with, not to read them all
LONGEST = 500
TRIES = 3


class RunKind(StrEnum):
    """What an operator asks for."""

    COMPARISON = "comparison"
    REBUILD = "rebuild"


class RunState(StrEnum):
    """How far it is, and what came of it."""

    WAITING = "waiting"
    RUNNING = "running"
    AGREES = "agrees"
    DIFFERS = "differs"
    REBUILT = "rebuilt"
    FAILED = "failed"


@dataclass(frozen=True)
class Run:
    """One run; `asked_by` is an account, and `tries` counts the workers that took it in hand."""

    id: int
    kind: RunKind
    state: RunState
    asked_at: datetime
    asked_by: str
    tries: int
    started_at: datetime | None
    finished_at: datetime | None
    events: int | None
    difference_count: int | None
    differences: Sequence[str]
    error: str | None


@dataclass(frozen=True)
class Outcome:
    """What came of a run: how many events were applied, and what differs or failed."""

    state: RunState
    events: int | None = None
    difference_count: int | None = None
    differences: Sequence[str] = ()
    error: str | None = None


def compared(events: int, differences: Sequence[str]) -> Outcome:
    """A comparison that came to its end; of many differences the first are kept, and how many there were."""
    told = [difference[:LONGEST] for difference in differences[:TOLD]]
    return Outcome(RunState.DIFFERS if told else RunState.AGREES, events, len(differences), told)


def rebuilt(events: int) -> Outcome:
    """A rebuild that came to its end."""
    return Outcome(RunState.REBUILT, events)


def failed(words: str) -> Outcome:
    """The run could not be carried out; `words` say why."""
    return Outcome(RunState.FAILED, error=words)


def abandoned() -> Outcome:
    """A run whose worker ended before it did, time after time."""
    return Outcome(RunState.FAILED, error=f"The worker ended while it was at work, {TRIES} times.")
