"""How many class hours a year a post asks for; dated, so that a new rule leaves past years as they were (R20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.vocabulary import Ledger, Post

LEADING = frozenset({Post.SECRETARY, Post.DEPUTY_SECRETARY, Post.FULL_TIME_DEPUTY_SECRETARY})
NEW_SECRETARY_MONTHS = 6
MONTHS = 12


@dataclass(frozen=True)
class YearlyMinimum:
    """From `valid_from` on, these posts need so many hours in a ledger, and so many concentrated trainings."""

    valid_from: date
    posts: frozenset[Post]
    quarter_hours: int
    concentrated: int = 0
    ledger: Ledger = Ledger.PARTY_TRAINING


SHIPPED_MINIMUMS = (
    YearlyMinimum(date(2019, 1, 1), frozenset(Post) - LEADING, 128),
    YearlyMinimum(date(2019, 1, 1), LEADING, 224, concentrated=1),
)


@dataclass(frozen=True)
class MinimumStanding:
    """How a person stands against the minimum of a year."""

    year: int
    ledger: Ledger
    required: int
    earned: int
    concentrated_required: int
    concentrated: int

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.earned >= self.required and self.concentrated >= self.concentrated_required


def minimum_for(post: Post, year: int, minimums: Sequence[YearlyMinimum] = SHIPPED_MINIMUMS) -> YearlyMinimum | None:
    """The rule in force for a post on the last day of a year, if there is one."""
    in_force = [minimum for minimum in minimums if post in minimum.posts and minimum.valid_from <= date(year, 12, 31)]
    return max(in_force, key=lambda minimum: minimum.valid_from, default=None)


def standing(minimum: YearlyMinimum, year: int, earned: int, concentrated: int) -> MinimumStanding:
    """What is required beside what is there."""
    return MinimumStanding(year, minimum.ledger, minimum.quarter_hours, earned, minimum.concentrated, concentrated)


def first_training_due(took_post_on: date) -> date:
    """The day by which a new secretary must have been trained: six months after taking the post."""
    months = took_post_on.month - 1 + NEW_SECRETARY_MONTHS
    year, month = took_post_on.year + months // MONTHS, months % MONTHS + 1
    day = took_post_on.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1  # 31 August has no 31 February
