"""The work that goes on behind the doors: relay, receiver, dispatcher and a service's own background tasks."""

import threading
from collections.abc import Callable, Sequence

import structlog

log = structlog.get_logger(__name__)
LONGEST_PAUSE = 5.0


class Loop(threading.Thread):
    """Repeats `step` for as long as it answers that it did something; pauses when it did not, or when it failed."""

    def __init__(self, name: str, step: Callable[[], int], *, pause: float = 0.05) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._pause = pause
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self.failure: str | None = None

    def wake(self) -> None:
        """There may be something to do."""
        self._awake.set()

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self._stopping.set()
        self._awake.set()

    def run(self) -> None:
        """Work until stopped. A failure is logged once per kind and tried again, ever more slowly."""
        wait = self._pause
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                did = self._step()
            except Exception as error:
                if self.failure != repr(error):
                    log.warning("background work failed", loop=self.name, exc_info=True)
                self.failure = repr(error)
                wait = min(wait * 2, LONGEST_PAUSE)
                self._stopping.wait(wait)
                continue
            self.failure = None
            wait = self._pause
            if not did:
                self._awake.wait(self._pause)


class Worker:
    """A set of loops that start and stop together."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        self.loops = tuple(loops)

    def start(self) -> None:
        """Start every loop."""
        for loop in self.loops:
            loop.start()

    def wake(self) -> None:
        """Wake every loop."""
        for loop in self.loops:
            loop.wake()

    def stop(self, timeout: float = 20.0) -> None:
        """Ask every loop to finish what is in hand and wait for it."""
        for loop in self.loops:
            loop.stop()
        for loop in self.loops:
            loop.join(timeout)

    @property
    def alive(self) -> bool:
        """Whether every loop runs."""
        return all(loop.is_alive() for loop in self.loops)
