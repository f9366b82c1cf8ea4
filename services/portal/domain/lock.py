"""When wrong passwords lock an account, and for how long (R46)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 5


@dataclass(frozen=True)
class Tries:
    """The failures counted against an account, and until when it is locked."""

    failures: int
    locked_until: datetime | None

    def is_locked(self, at: datetime) -> bool:
        """Whether no password is looked at."""
        return self.locked_until is not None and at < self.locked_until

    def counted(self, at: datetime, lock: timedelta) -> "Tries":
        """With one more try. It is counted before the password is looked at, so that tries side by side all count."""
        over = self.locked_until is not None and at >= self.locked_until
        failures = (0 if over else self.failures) + 1
        return Tries(failures, at + lock if failures >= FAILURES else None)
