"""The figures on top of a home page: how the work stands, from the services that know."""

from dataclasses import dataclass
from typing import Any

from services.portal.pages.parts import Parts, ServiceName
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web.language import city_date, city_time
from shared.web.language import gettext as _


@dataclass(frozen=True)
class Figure:
    """One figure: its name, value, what it is measured against, and the page behind it."""

    label: str
    value: Any
    note: str
    url: str


def figures_for(actor: Actor, parts: Parts) -> list[Figure]:
    """The figures of the person's roles; a service that is silent leaves its figures out and is named in `parts`."""
    figures: list[Figure] = []
    if actor.is_any(Role.ORGANIZER):
        figures += _of_intakes(parts.ask(ServiceName.ENROLLMENT, "/api/enrollment/intakes", limit="200"))
    if actor.is_any(Role.ORGANIZER, Role.FINANCE):
        figures += _of_totals(parts.ask(ServiceName.FINANCE, "/api/finance/totals"))
    return figures


def _of_intakes(answer: Any) -> list[Figure]:
    if answer is None:
        return []
    under_way = [intake for intake in answer["items"] if intake["state"] == "open"]
    cohorts, taken, seats = (sum(intake[name] for intake in under_way) for name in ("cohorts", "taken", "seats"))
    return [
        Figure(_("Open intakes"), len(under_way), _("%(count)s cohorts", count=cohorts), "/enrollment/intakes"),
        Figure(_("Seats taken"), taken, _("of %(seats)s", seats=seats), "/enrollment/intakes"),
    ]


def _of_totals(answer: Any) -> list[Figure]:
    if answer is None:
        return []
    totals = answer["totals"]
    by_delivery = _("offline %(offline)s · online %(online)s", offline=totals["offline"], online=totals["online"])
    attended = _("of %(count)s who attended", count=totals["participations"])
    return [
        Figure(_("Participations so far"), totals["participations"], by_delivery, "/finance/totals"),
        Figure(_("Completed"), totals["funnel"]["completed"], attended, "/finance/totals"),
        *_cut_off(answer["basis"]["cut_off"]),
    ]


def _cut_off(moment: str | None) -> list[Figure]:
    return [Figure(_("Figures as of"), city_time(moment), city_date(moment), "/finance/totals")] if moment else []
