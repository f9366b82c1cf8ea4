"""Who is nominated when: each county sends its people in turn, so that some come again years later."""

from collections import defaultdict
from collections.abc import Sequence

from demo.people import Person


class Pool:
    """The people of one category, county by county; taken in turn, never twice in one intake."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people: dict[str, list[Person]] = defaultdict(list)
        for person in people:
            self._people[person.school.county.code].append(person)
        self._next: dict[str, int] = defaultdict(int)
        self._taken: set[str] = set()

    def begin_intake(self) -> None:
        """A new intake: everyone may be nominated again."""
        self._taken.clear()

    def take(self, county_code: str, number: int) -> list[Person]:
        """The next `number` people of a county who are not yet in this intake."""
        people = self._people[county_code]
        taken: list[Person] = []
        tried = 0
        while len(taken) < number:
            if tried > len(people):
                raise LookupError(f"{county_code} has only {len(people)} people of this category")
            person = people[self._next[county_code] % len(people)]
            self._next[county_code] += 1
            tried += 1
            if person.resident_id not in self._taken:
                self._taken.add(person.resident_id)
                taken.append(person)
        return taken
