"""A process whose clock jumps: at SIGUSR1 an hour ahead, at SIGUSR2 an hour back."""

import os
import signal
from datetime import UTC, datetime, timedelta
from types import FrameType

import time_machine

HOURS = "LINGHANG_FAULT_CLOCK"
_travels: list[time_machine.travel] = []


def listen() -> None:
    """Begin at the hour the environment asks for, and jump whenever a signal says so."""
    if hours := int(os.environ.get(HOURS, "0")):
        _jump(hours)
    signal.signal(signal.SIGUSR1, lambda _number, _frame: _jump(1))
    signal.signal(signal.SIGUSR2, lambda _number, _frame: _jump(-1))


def _jump(hours: int, _frame: FrameType | None = None) -> None:
    there = datetime.now(UTC) + timedelta(hours=hours)
    while _travels:
        _travels.pop().stop()
    travel = time_machine.travel(there, tick=True)
    travel.start()
    _travels.append(travel)
