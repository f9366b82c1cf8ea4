"""Seminar groups: sizes differ by at most one and counties spread over the groups (R13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

DEFAULT_GROUPS = 10


@dataclass(frozen=True)
class Member:
    """Who is to be put in a group."""

    enrollment_id: UUID
    county_code: str


def deal(members: Sequence[Member], groups: int = DEFAULT_GROUPS) -> dict[UUID, int]:
    """Group numbers from 1. Dealt like cards, county by county, so that neither sizes nor a county's heads differ by more than one."""
    ordered = sorted(members, key=lambda member: (member.county_code, member.enrollment_id))
    return {member.enrollment_id: index % groups + 1 for index, member in enumerate(ordered)}


def smallest_group(sizes: Sequence[int]) -> int:
    """The number of the group that a latecomer joins: the smallest, the first of equals."""
    return min(range(len(sizes)), key=lambda index: sizes[index]) + 1
