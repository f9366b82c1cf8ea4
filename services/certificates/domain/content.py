"""What a certificate states, frozen at issue: nothing that happens later changes a word of it (R40)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from shared.vocabulary import Category, Delivery

FACE = 1


@dataclass(frozen=True)
class Issuer:
    """Who issues, as it stands on the certificate."""

    zh: str
    en: str


@dataclass(frozen=True)
class Training:
    """The training that was completed, as courses told it (R16)."""

    cohort_number: int
    intake_number: int
    intake_title: str
    category: Category
    delivery: Delivery
    starts_on: date
    ends_on: date
    earned_quarter_hours: int
    total_quarter_hours: int
    completed_on: date


@dataclass(frozen=True)
class Content:
    """Every word of a certificate but its codes. `face` is the edition of the printed form it was issued for."""

    number: str
    name: str
    training: Training
    issuer: Issuer
    issued_on: date
    sample: bool
    replaces_number: str | None = None
    face: int = FACE

    def frozen(self) -> dict[str, Any]:
        """The content as it is stored: JSON values only."""
        training = self.training
        return {
            "face": self.face,
            "number": self.number,
            "name": self.name,
            "cohort_number": training.cohort_number,
            "intake_number": training.intake_number,
            "intake_title": training.intake_title,
            "category": training.category.value,
            "delivery": training.delivery.value,
            "starts_on": training.starts_on.isoformat(),
            "ends_on": training.ends_on.isoformat(),
            "earned_quarter_hours": training.earned_quarter_hours,
            "total_quarter_hours": training.total_quarter_hours,
            "completed_on": training.completed_on.isoformat(),
            "issuer_zh": self.issuer.zh,
            "issuer_en": self.issuer.en,
            "issued_on": self.issued_on.isoformat(),
            "sample": self.sample,
            "replaces_number": self.replaces_number,
        }

    @classmethod
    def thawed(cls, stored: dict[str, Any]) -> Self:
        """The content that `frozen` stored, to the letter."""
        training = Training(
            cohort_number=stored["cohort_number"],
            intake_number=stored["intake_number"],
            intake_title=stored["intake_title"],
            category=Category(stored["category"]),
            delivery=Delivery(stored["delivery"]),
            starts_on=date.fromisoformat(stored["starts_on"]),
            ends_on=date.fromisoformat(stored["ends_on"]),
            earned_quarter_hours=stored["earned_quarter_hours"],
            total_quarter_hours=stored["total_quarter_hours"],
            completed_on=date.fromisoformat(stored["completed_on"]),
        )
        return cls(
            number=stored["number"],
            name=stored["name"],
            training=training,
            issuer=Issuer(stored["issuer_zh"], stored["issuer_en"]),
            issued_on=date.fromisoformat(stored["issued_on"]),
            sample=stored["sample"],
            replaces_number=stored["replaces_number"],
            face=stored["face"],
        )
