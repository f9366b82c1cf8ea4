"""What each figure is called and means, the same on the page, in the workbook and at the API."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from services.finance.domain.figures import Figures
from services.finance.queries.report import Report
from services.finance.queries.totals import Grouping
from shared.web.language import N_, city_date, gettext, word

Value = int | Decimal | None


@dataclass(frozen=True)
class Line:
    """One figure: its name, its rule, its meaning, and how it is read off."""

    code: str
    rule: str
    name: str
    meaning: str
    value: Callable[[Figures], Value]
    share: bool = False


LINES: tuple[Line, ...] = (
    Line(
        "intakes",
        "R22",
        N_("Intakes held"),
        N_("Closed intakes with at least one cohort that somebody attended, in the period of their last day."),
        lambda one: one.intakes,
    ),
    Line("cohorts", "R23", N_("Cohorts held"), N_("Cohorts that at least one trainee attended."), lambda one: one.cohorts),
    Line(
        "people", "R27", N_("People"), N_("Different persons among the participations; never added up across rows."), lambda one: one.people
    ),
    Line(
        "participations",
        "R25",
        N_("Participations"),
        N_("One person in one intake, with at least one half-day attended offline or one class hour earned online."),
        lambda one: one.participations,
    ),
    Line(
        "offline",
        "R26",
        N_("of these offline"),
        N_("Each participation has one delivery; a class with its replay is offline."),
        lambda one: one.offline,
    ),
    Line("online", "R26", N_("of these online"), N_("Offline and online together are always the participations."), lambda one: one.online),
    Line("person_days", "R28", N_("Person-days attended"), N_("Half-days attended, divided by two."), lambda one: one.person_days),
    Line(
        "billable_person_days",
        "R28",
        N_("Person-days billable"),
        N_("Trainees who checked in times the cohort's offline teaching days; staff are not reported yet and not in it."),
        lambda one: one.billable_days,
    ),
    Line(
        "person_hours",
        "R29",
        N_("Person-hours"),
        N_("Class hours earned by all, in the period of the day attended (R19)."),
        lambda one: one.person_hours,
    ),
    Line(
        "taught_hours",
        "R29",
        N_("Hours taught"),
        N_("Class hours of the sessions held; a lecture to several cohorts at once counts once."),
        lambda one: one.taught_hours,
    ),
    Line("quota", "R24", N_("Seats given"), N_("Quota of the cohorts whose roster is closed."), lambda one: one.quota),
    Line("nominated", "R24", N_("Nominated"), N_("Names handed in when the roster was closed."), lambda one: one.nominated),
    Line(
        "confirmed",
        "R24",
        N_("Confirmed"),
        N_("Persons given a place, also later from the waiting list; substituted ones are not in it."),
        lambda one: one.confirmed,
    ),
    Line(
        "checked_in",
        "R24",
        N_("Checked in"),
        N_("Persons who reported at the venue or entered the online class."),
        lambda one: one.checked_in,
    ),
    Line("completed", "R24", N_("Completed"), N_("Participations that met every rule of completion."), lambda one: one.completed),
    Line("certified", "R24", N_("Certified"), N_("Participations with a certificate that stands."), lambda one: one.certified),
    Line(
        "completion_rate",
        "R30",
        N_("Completion rate"),
        N_("Completed divided by participations."),
        lambda one: one.completion_rate,
        share=True,
    ),
    Line("show_up_rate", "R30", N_("Show-up rate"), N_("Checked in divided by confirmed."), lambda one: one.show_up_rate, share=True),
    Line(
        "satisfaction",
        "R30",
        N_("Satisfaction"),
        N_("Satisfied answers divided by answers of participants."),
        lambda one: one.satisfaction,
        share=True,
    ),
    Line("answers", "R30", N_("Answers"), N_("Evaluations handed in by participants."), lambda one: one.answers),
)
LINE = {line.code: line for line in LINES}

GROUPING_NAMES: dict[Grouping, str] = {
    Grouping.CATEGORY: N_("Category"),
    Grouping.DELIVERY: N_("Delivery"),
    Grouping.COUNTY: N_("County"),
    Grouping.INTAKE: N_("Intake"),
    Grouping.YEAR: N_("Year"),
    Grouping.MONTH: N_("Month"),
}

SCOPE = N_("Only intakes the city holds and pays for are counted (R21, R31); what the province holds is in no figure here.")


def written(line: Line, figures: Figures) -> str:
    """A figure as people read it: 1234.5, 98.25 %, or a dash where there is none."""
    value = line.value(figures)
    if value is None:
        return "–"
    if line.share:
        return f"{Decimal(value) * 100:.2f} %"
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) and "." in f"{value:f}" else str(value)


def filters_in_words(report: Report) -> list[tuple[str, str]]:
    """What the report is narrowed to, each with its name; all of it is said, also where nothing was narrowed."""
    filters, everything = report.filters, gettext("all")
    first, last = filters.period.first, filters.period.last
    period = " – ".join((city_date(first) or gettext("from the beginning"), city_date(last) or gettext("until today")))
    return [
        (gettext("Period"), period if first or last else everything),
        (gettext("Category"), word(filters.category) or everything),
        (gettext("Delivery"), word(filters.delivery) or everything),
        (gettext("County"), report.county_name or filters.county_code or everything),
        (gettext("Intake"), report.intake_title or (str(filters.intake_id) if filters.intake_id else everything)),
    ]
