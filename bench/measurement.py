"""What was measured: durations in milliseconds, their middle and spread, and one beside the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Durations:
    """Durations of the same work, in milliseconds."""

    milliseconds: Sequence[float]

    def __post_init__(self) -> None:
        if not self.milliseconds:
            raise ValueError("nothing was measured")

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.milliseconds)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles: half of what was measured lies between them. Of one duration, itself."""
        if len(self.milliseconds) == 1:
            return self.milliseconds[0], self.milliseconds[0]
        lower, _, upper = quantiles(self.milliseconds, n=4, method="inclusive")
        return lower, upper

    def share(self, percent: int) -> float:
        """The duration that `percent` of a hundred stay at or below."""
        ordered = sorted(self.milliseconds)
        return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]

    def per(self, number: int) -> "Durations":
        """The same for one of `number` things that were done together."""
        return Durations([each / number for each in self.milliseconds])


@dataclass(frozen=True)
class Comparison:
    """One line of the table: our operation, its yardstick, and the goal for the ratio of their medians, if there is one."""

    operation: str
    yardstick: str
    ours: Durations
    bare: Durations
    at_most: float | None

    @property
    def ratio(self) -> float:
        """How many times as long as the yardstick we take, by the medians."""
        return self.ours.middle / self.bare.middle

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None when there is none."""
        return None if self.at_most is None else self.ratio <= self.at_most


@dataclass(frozen=True)
class Latency:
    """One line of the second table: how long after a commit here it is applied there; goals in milliseconds."""

    operation: str
    ours: Durations
    bare: Durations
    goal_50: float
    goal_99: float

    @property
    def is_met(self) -> bool:
        """Whether both goals are reached."""
        return self.ours.share(50) <= self.goal_50 and self.ours.share(99) <= self.goal_99


def timed(deed: Callable[[], Result]) -> tuple[float, Result]:
    """Milliseconds that `deed` took, and what it answered."""
    begun = perf_counter()
    result = deed()
    return (perf_counter() - begun) * 1000, result
