"""The teaching plan of a category: ordered units in the four modes, with what completion asks (R10, R11, R16)."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain import Problem
from shared.vocabulary import MODES_IN_ORDER, Category, Delivery, Ledger, TeachingMode

QUARTERS = 4  # quarter-hours in a class hour (R17)
HALF_DAY_QUARTER_HOURS = 16
ONLINE_UNIT_QUARTER_HOURS = 4
NEEDED_ONLINE = (TeachingMode.THEMED_LECTURE, TeachingMode.EXCHANGE_SEMINAR)
VISITS = (TeachingMode.ONSITE_TEACHING, TeachingMode.OBSERVATION_TOUR)


@dataclass(frozen=True)
class Unit:
    """A planned unit; offline it fills one half-day. `virtual` marks a virtual visit in place of a real one (R11)."""

    mode: TeachingMode
    title: str
    quarter_hours: int
    virtual: bool = False


@dataclass(frozen=True)
class Curriculum:
    """What a cohort of one category and delivery is taught, and what share of the hours completes it."""

    category: Category
    delivery: Delivery
    units: tuple[Unit, ...]
    waived: frozenset[TeachingMode] = frozenset()
    ledgers: tuple[Ledger, ...] = (Ledger.PARTY_TRAINING,)
    required_numerator: int = 6
    required_denominator: int = 7
    evaluation_required: bool = True

    @property
    def total_quarter_hours(self) -> int:
        """All class hours of the plan, in quarters."""
        return sum(unit.quarter_hours for unit in self.units)

    def problems(self) -> list[Problem]:
        """Everything that keeps this plan from being taught, each with its place."""
        return [*self._unit_problems(), *self._mode_problems(), *self._rule_problems()]

    def _unit_problems(self) -> Iterator[Problem]:
        if not self.units:
            yield Problem("curriculum_empty", "units")
        longest = HALF_DAY_QUARTER_HOURS if self.delivery == Delivery.OFFLINE else ONLINE_UNIT_QUARTER_HOURS
        reached = 0
        for index, unit in enumerate(self.units):
            where = f"units.{index}"
            if not 1 <= unit.quarter_hours <= longest:
                yield Problem("unit_hours", f"{where}.quarter_hours", {"most": longest})
            order = MODES_IN_ORDER.index(unit.mode)
            if order < reached:
                yield Problem("unit_out_of_order", f"{where}.mode", {"mode": unit.mode})
            reached = max(reached, order)
            if unit.mode in self.waived:
                yield Problem("waived_mode_has_unit", f"{where}.mode", {"mode": unit.mode})
            online_visit = self.delivery == Delivery.ONLINE and unit.mode in VISITS
            if unit.virtual != online_visit:
                yield Problem("virtual_visit", f"{where}.virtual", {"mode": unit.mode})

    def _mode_problems(self) -> Iterator[Problem]:
        taught = {unit.mode for unit in self.units}
        waivable = VISITS if self.delivery == Delivery.ONLINE else ()
        for mode in MODES_IN_ORDER:
            if mode in self.waived and mode not in waivable:
                yield Problem("mode_not_waivable", "waived", {"mode": mode})
            elif mode not in taught and mode not in self.waived:
                yield Problem("mode_missing", "units", {"mode": mode})

    def _rule_problems(self) -> Iterator[Problem]:
        if not 0 < self.required_numerator <= self.required_denominator:
            yield Problem("required_share", "required_numerator")
        if not self.ledgers:
            yield Problem("ledger_missing", "ledgers")
