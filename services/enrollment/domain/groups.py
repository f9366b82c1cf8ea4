"""Seminar groups of a cohort (R13)."""

from collections.abc import Sequence


def groups_of_ten(counties: Sequence[str]) -> list[int]:
    """A group number for each person, given everyone's county: sizes and counties differ by at most one (R13)."""
    count = max(1, -(-len(counties) // 10))
    numbers = [0] * len(counties)
    for turn, place in enumerate(sorted(range(len(counties)), key=lambda place: counties[place])):
        numbers[place] = turn % count + 1
    return numbers
