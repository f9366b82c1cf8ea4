"""Words that every domain room speaks: a broken rule, a problem in a place, the city's calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it is, and the facts its sentence needs.

    `code` names the message in the catalogs, `where` is a field path or a cell like ``F7``,
    `facts` fill the message. A warning does not stop the work.
    """

    code: str
    where: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    warning: bool = False


class RuleBroken(Exception):
    """A rule of the trade does not allow what was asked; doors answer 409 with its code and facts."""

    code: ClassVar[str] = "rule_broken"

    def __init__(self, **facts: Any) -> None:
        super().__init__(f"{self.code}: {facts}" if facts else self.code)
        self.facts = facts


class NotFound(RuleBroken):
    """What was named does not exist, or not for the person who asks; doors answer 404."""

    code = "not_found"


class Malformed(Exception):
    """What came in cannot be read as meant; doors answer 422 and name every problem at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.where}: {p.code}" for p in problems))
        self.problems = tuple(problems)


def now() -> datetime:
    """The present moment, in UTC, with its zone."""
    return datetime.now(UTC)


def city_date(moment: datetime) -> date:
    """The calendar day in the city on which a moment falls (class hours and years follow it, R19)."""
    return moment.astimezone(CITY_TIME).date()
