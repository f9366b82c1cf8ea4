"""What an operation needs to know of the event that told it a fact."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Told:
    """When it happened, and its place in its stream; of two tellings of one thing the later counts, whichever came first."""

    id: str
    version: int
    at: datetime

    @property
    def rank(self) -> str:
        """Orders tellings of different streams: by time, then by event id."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f} {self.id}"
