"""What enrollment hears, and the operation each event calls."""

from collections.abc import Callable

from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork

LISTENS: dict[str, Callable[[UnitOfWork, Event], None]] = {}
