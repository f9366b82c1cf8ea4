"""Who is one person: records found to be the same are counted once, by union (R7, R27)."""

from collections.abc import Iterable
from uuid import UUID


def one_person(merges: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """For every merged record, the id under which the person counts.

    The smallest id of all records joined stands for them, so neither the order of the merges nor their direction matters.
    """
    leader: dict[UUID, UUID] = {}

    def lead(person_id: UUID) -> UUID:
        leader.setdefault(person_id, person_id)
        while leader[person_id] != person_id:
            leader[person_id] = leader[leader[person_id]]
            person_id = leader[person_id]
        return person_id

    for one, other in merges:
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first
    return {person_id: lead(person_id) for person_id in leader}
