"""My record: what enrollment, courses and certificates each say of a person, put together training by training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Part = Mapping[str, Any]
VALID = "valid"


@dataclass(frozen=True)
class Training:
    """One training of the person: the place (enrollment), the teaching (courses), the papers (certificates); any may be missing."""

    enrollment_id: str
    place: Part | None
    course: Part | None
    certificates: Sequence[Part]

    @property
    def starts_on(self) -> str:
        """The first day, for the order of the list; whichever part knows it."""
        if self.course:
            return str(self.course["starts_on"])
        if self.place:
            return str(self.place["intake_starts_on"])
        return max((str(paper["training"]["starts_on"]) for paper in self.certificates), default="")

    @property
    def is_waiting(self) -> bool:
        """Whether the person stands on the waiting list."""
        return self.place is not None and self.place["status"] == "waiting"

    @property
    def is_going_on(self) -> bool:
        """Whether there is still something to attend, to hand in or to wait for."""
        if self.course is not None:
            return bool(self.course["outlook"] == "reachable")
        return self.place is not None and self.place["status"] in ("enrolled", "waiting")

    @property
    def valid_certificate(self) -> Part | None:
        """The certificate that stands, if there is one (R39: at most one)."""
        return next((paper for paper in self.certificates if paper["standing"] == VALID), None)


@dataclass(frozen=True)
class Record:
    """A lifetime's trainings, the latest first, and the hours of the years."""

    trainings: Sequence[Training]
    hours: Sequence[Part]
    minimums: Sequence[Part]

    @property
    def going_on(self) -> Sequence[Training]:
        """The trainings that ask something of the person now, places on a waiting list last."""
        return sorted((training for training in self.trainings if training.is_going_on), key=lambda training: training.is_waiting)

    @property
    def earlier(self) -> Sequence[Training]:
        """The others."""
        return [training for training in self.trainings if not training.is_going_on]

    def hours_of(self, year: int) -> Sequence[Part]:
        """The hours of one year, ledger by ledger; ledgers are never added (R18, R19)."""
        return [hours for hours in self.hours if hours["year"] == year]

    def minimum_of(self, year: int) -> Part | None:
        """What the post asks for in one year (R20)."""
        return next((minimum for minimum in self.minimums if minimum["year"] == year), None)


def compose(places: Sequence[Part] | None, taught: Part | None, certificates: Sequence[Part] | None) -> Record:
    """Put the parts together by enrollment; a part that is missing leaves the others as they are.

    Of places that were given up before any teaching nothing is left to show, except while courses is silent.
    """
    by_place = {str(place["id"]): place for place in places or ()}
    by_course = {str(course["enrollment_id"]): course for course in (taught or {}).get("trainings", ())}
    papers: dict[str, list[Part]] = {}
    for paper in certificates or ():
        papers.setdefault(str(paper["enrollment_id"]), []).append(paper)
    ids = dict.fromkeys([*by_place, *by_course, *papers])
    trainings = [Training(key, by_place.get(key), by_course.get(key), papers.get(key, [])) for key in ids]
    trainings.sort(key=lambda training: training.starts_on, reverse=True)
    return Record(trainings, (taught or {}).get("hours", []), (taught or {}).get("minimums", []))
