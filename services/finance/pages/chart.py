"""The chart of a report: one bar per group, offline and online side by side, drawn as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.finance.queries.report import Group
from shared.vocabulary import Word
from shared.web.language import word

WIDTH = 360
ROW = 42
BAR = 16
ROOM_FOR_NUMBER = 60
LONGEST_LABEL = 24


@dataclass(frozen=True)
class Bar:
    """One group's bar; lengths and heights in the chart's own units."""

    label: str
    full_label: str
    text_y: int
    bar_y: int
    offline: float
    online: float
    total: int

    @property
    def end(self) -> float:
        """Where the number stands."""
        return round(self.offline + self.online + 6, 1)


def bars(groups: Sequence[Group]) -> list[Bar]:
    """Bars in the order of the groups, the longest as wide as the chart leaves room for."""
    most = max((group.figures.participations for group in groups), default=0)
    unit = (WIDTH - ROOM_FOR_NUMBER) / most if most else 0
    return [_bar(number, group, unit) for number, group in enumerate(groups)]


def height(groups: Sequence[Group]) -> int:
    """How high the chart is."""
    return ROW * len(groups)


def _bar(number: int, group: Group, unit: float) -> Bar:
    name = word(group.name) if isinstance(group.name, Word) else group.name
    label = name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"
    top = number * ROW
    offline, online = round(group.figures.offline * unit, 1), round(group.figures.online * unit, 1)
    return Bar(label, name, top + 14, top + 20, offline, online, group.figures.participations)
