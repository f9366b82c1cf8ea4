"""The work that goes on behind the doors: relay, receiver, dispatcher and a service's own background tasks."""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts import listeners_of
from shared.logs import described
from shared.messaging.dispatcher import Dispatcher, Handler
from shared.messaging.embedded import EmbeddedRelay
from shared.messaging.link import BrokerGone
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay, Refused
from shared.storage.database import Database

log = structlog.get_logger(__name__)
LONGEST_PAUSE = 5.0
POLL = 0.02  # the relay, for what other processes commit: 20 to 50 ms cost next to nothing
RETRY = 0.1  # the dispatcher, whom the receiver of its process wakes
STUCK = 60.0  # no step takes so long, unless a server that hangs holds it
WOKEN = 0.5  # within one process a commit wakes who waits; this is for retries


class Loop(threading.Thread):
    """Repeats `step` for as long as it answers that it did something; pauses when it did not, or when it failed.

    `finish` gives back, at the end and in the same thread, what the step holds (a connection, deliveries). A step that has not
    come back after `longest` seconds counts as trouble.
    """

    def __init__(
        self, name: str, step: Callable[[], int], *, pause: float = 0.05, finish: Callable[[], None] | None = None, longest: float = STUCK
    ) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._pause = pause
        self._finish = finish
        self._longest = longest
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._begun: float | None = None
        self.failure: str | None = None

    @property
    def trouble(self) -> str | None:
        """What keeps it from its work at present: its last step failed, the present one hangs, or it has ended."""
        if self.ident is not None and not self.is_alive():
            return "it has ended"
        if (begun := self._begun) is not None and (seconds := time.monotonic() - begun) > self._longest:
            return f"its step has not come back for {seconds:.0f} s: what it waits for hangs"
        return self.failure

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
            if self._stopping.is_set():
                break  # a stop between the two lines above must not be slept over
            try:
                did = self._watched_step()
            except Exception as error:
                self._report(error)
                wait = min(wait * 2, LONGEST_PAUSE)
                self._stopping.wait(wait)
                continue
            if self.failure is not None:
                with suppress(Exception):  # a log that cannot be written must not end the work
                    log.info("background work goes on", loop=self.name)
            self.failure = None
            wait = self._pause
            if not did:
                self._awake.wait(self._pause)
        if self._finish is not None:
            self._finish()

    def _watched_step(self) -> int:
        self._begun = time.monotonic()
        try:
            return self._step()
        finally:
            self._begun = None

    def _report(self, error: Exception) -> None:
        words, before = described(error), self.failure
        self.failure = words
        if words != before:
            expected = isinstance(error, BrokerGone | Refused | SQLAlchemyError)
            with suppress(Exception):
                log.warning("background work failed, trying again", loop=self.name, error=words, exc_info=not expected)


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
        """Ask every loop to finish what is in hand and wait for all of them, `timeout` seconds at most."""
        for loop in self.loops:
            loop.stop()
        end = time.monotonic() + timeout
        for loop in self.loops:
            if loop.ident is not None:
                loop.join(max(0.0, end - time.monotonic()))

    @property
    def alive(self) -> bool:
        """Whether every loop runs."""
        return all(loop.is_alive() for loop in self.loops)

    @property
    def failures(self) -> dict[str, str]:
        """What keeps a loop from working at present, by its name; empty when all is well."""
        return {loop.name: trouble for loop in self.loops if (trouble := loop.trouble)}


def service_worker(
    service: str,
    database: Database,
    listens: Mapping[str, Handler],
    background: Mapping[str, Callable[[], int]] | None = None,
    *,
    broker_url: str | None = None,
    neighbors: Mapping[str, Database] | None = None,
) -> Worker:
    """Everything that goes on behind one service: relay, receiver, dispatcher and its own background steps.

    Give it the broker's URL, or the databases of all services of this process (the embedded bus). What this
    process commits wakes dispatcher and relay; they poll as well, for what other processes commit and for retries.
    """
    if (broker_url is None) == (neighbors is None):
        raise ValueError("a worker needs a broker or neighbors, and not both")
    pause = WOKEN if neighbors is not None else POLL
    loops = [Loop(f"{service} dispatcher", Dispatcher(database, listens).dispatch, pause=max(pause, RETRY))]
    if neighbors is not None:
        loops.append(Loop(f"{service} relay", EmbeddedRelay(service, neighbors).relay, pause=pause))
    elif broker_url is not None:
        receiver = RabbitReceiver(service, database, broker_url)
        loops.append(Loop(f"{service} receiver", receiver.receive, pause=POLL, finish=receiver.close))
        if listeners_of(service):
            relay = RabbitRelay(service, database, broker_url)
            loops.append(Loop(f"{service} relay", relay.relay, pause=pause, finish=relay.close))
    database.told.append(loops[0].wake)
    database.woken.append(loops[-1].wake)  # the relay; background steps look once a second, however much is committed
    loops += [Loop(f"{service} {name}", step, pause=1.0, longest=math.inf) for name, step in (background or {}).items()]
    return Worker(loops)
