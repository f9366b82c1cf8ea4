"""The sentences of the home pages: for every kind of task of any service, its name and what is behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.portal.pages.parts import ServiceName
from shared.web.language import N_, city_date, city_moment, city_time, language, ngettext, word
from shared.web.language import gettext as _

Facts = Mapping[str, Any]


class Tone(StrEnum):
    """Whether a line waits for the reader, warns, tells what is on, or says that all is well."""

    WAITS = "waits"
    WARNS = "warns"
    COMES = "comes"
    WELL = "well"


@dataclass(frozen=True)
class Sentence:
    """The name of a kind of task, the sentence on its facts, and how it is meant."""

    title: str
    text: Callable[[Facts, int], str]
    tone: Tone = Tone.WAITS


def _joined(parts: Sequence[str]) -> str:
    return ("；" if language() == "zh" else "; ").join(parts)


def _each(say: Callable[[Facts], str]) -> Callable[[Facts, int], str]:
    """A sentence that names the most pressing things behind a task."""
    return lambda facts, _count: _joined([say(one) for one in facts["first"]])


def _intake(one: Facts) -> str:
    title, number = one["intake_title"], one.get("intake_number")
    return _("Intake %(number)d · %(title)s", number=number, title=title) if number and f"第{number}期" not in title else title


def _cohort(one: Facts) -> str:
    return _("%(intake)s, cohort %(number)d", intake=_intake(one), number=one["cohort_number"])


def _units(facts: Facts, _count: int) -> str:
    """With one deadline for all that are named, it is said once."""
    deadlines = {one["deadline"] for one in facts["first"]}
    common = deadlines.pop() if len(deadlines) == 1 else None
    units = _joined([_unit(one, None if common else one["deadline"]) for one in facts["first"]])
    said = ngettext(
        "%(num)d seat is still open. Furthest behind: %(units)s",
        "%(num)d seats are still open. Furthest behind: %(units)s",
        facts["left"],
        units=units,
    )
    return _("%(open)s. Round 1 ends on %(day)s.", open=said, day=city_date(common)) if common else said


def _unit(one: Facts, deadline: str | None) -> str:
    if not deadline:
        return _("%(county)s %(left)d", county=one["county_name"], left=one["left"])
    return _("%(county)s %(left)d (round 1 until %(day)s)", county=one["county_name"], left=one["left"], day=city_date(deadline))


def _open_places(facts: Facts, _count: int) -> str:
    cohorts = _joined([_open_place(one) for one in facts["first"]])
    return _("%(used)d of %(seats)d places are used. %(cohorts)s", used=facts["used"], seats=facts["seats"], cohorts=cohorts)


def _open_place(one: Facts) -> str:
    if not one["deadline"]:
        return _("%(cohort)s: %(left)d open", cohort=_cohort(one), left=one["left"])
    return _("%(cohort)s: %(left)d open until %(day)s", cohort=_cohort(one), left=one["left"], day=city_date(one["deadline"]))


def _rosters(facts: Facts, _count: int) -> str:
    said = [_roster(one) for one in facts["first"]]
    if other := facts["under_another_name"]:
        said.append(ngettext("%(num)d ID number is known under another name", "%(num)d ID numbers are known under another name", other))
    return _joined(said)


def _roster(one: Facts) -> str:
    known = {"file": one["file_name"], "cohort": _cohort(one), "wrong": one["wrong"], "rest": one["to_write"]}
    return _("%(file)s (%(cohort)s): rows with errors %(wrong)d, not written yet %(rest)d", **known)


def _to_confirm(one: Facts) -> str:
    known = {"cohort": _cohort(one), "taken": one["taken"], "seats": one["seats"], "day": city_date(one["starts_on"])}
    return _("%(cohort)s: %(taken)d of %(seats)d seats taken, begins on %(day)s", **known)


def _sheet(one: Facts) -> str:
    return ngettext(
        "%(session)s: %(num)d person without an entry",
        "%(session)s: %(num)d people without an entry",
        one["missing"],
        session=_session(one),
    )


def _session(one: Facts) -> str:
    when = f"{city_date(one['day'])} {word(one['half_day'], 'HalfDay')}".strip()
    return _("%(title)s (%(cohort)s, %(when)s)", title=one["title"], cohort=_cohort(one), when=when)


def _session_today(one: Facts) -> str:
    if not one["half_day"]:
        return _("%(title)s (%(cohort)s)", title=one["title"], cohort=_cohort(one))
    return _("%(half_day)s: %(title)s (%(cohort)s)", half_day=word(one["half_day"], "HalfDay"), title=one["title"], cohort=_cohort(one))


def _leave(one: Facts) -> str:
    known = {"name": one["name"], "kind": word(one["kind"], "AttendanceStatus"), "day": city_date(one["first_day"]), "cohort": _cohort(one)}
    return _("%(name)s (%(cohort)s): %(kind)s from %(day)s", **known)


def _away(one: Facts) -> str:
    known = {"name": one["name"], "school": one["school_name"], "status": word(one["status"], "AttendanceStatus")}
    return _("%(name)s (%(school)s): %(status)s", **known)


def _not_issued(facts: Facts, _count: int) -> str:
    said = [_("%(name)s (%(cohort)s)", name=one["name"], cohort=_cohort(one)) for one in facts["first"]]
    return _joined([*said, *_failures(facts["failed"])])


def _without_file(facts: Facts, count: int) -> str:
    said = [_("%(name)s (%(number)s)", name=one["name"], number=one["number"]) for one in facts["first"]]
    made = [_("the others are still being made")] if count > facts["failed"] else []
    return _joined([*said, *_failures(facts["failed"]), *made])


def _failures(failed: int) -> list[str]:
    return [ngettext("%(num)d of them failed", "%(num)d of them failed", failed)] if failed else []


def _behind(facts: Facts, _count: int) -> str:
    moment = city_moment(facts["cut_off"]) or _("never")
    return _(
        "%(pending)d wait, %(parked)d are parked; the figures stand as of %(moment)s.",
        pending=facts["pending"],
        parked=facts["parked"],
        moment=moment,
    )


def _compared(facts: Facts, _count: int) -> str:
    return _(
        "Compared with %(events)d events of the services on %(moment)s.",
        events=facts["events"] or 0,
        moment=city_moment(facts["finished_at"]),
    )


def _not_activated(facts: Facts, _count: int) -> str:
    units = _joined([_("%(unit)s %(people)d", unit=one["unit_name"], people=one["people"]) for one in facts["first"]])
    return _("%(without)d of them have no slip that can be used. Most of them at: %(units)s", without=facts["without_slip"], units=units)


def _locked(one: Facts) -> str:
    return _("%(name)s (%(login)s) until %(time)s", name=one["name"], login=one["login"], time=city_time(one["until"]))


def _failed(facts: Facts, _count: int) -> str:
    addresses = _joined([_("%(address)s %(tries)d", address=one["address"], tries=one["tries"]) for one in facts["first"]])
    return ngettext(
        "From %(num)d address: %(addresses)s", "From %(num)d addresses, most from: %(addresses)s", facts["addresses"], addresses=addresses
    )


def _entries(facts: Facts, _count: int) -> str:
    most = facts["most"]
    said = []
    for name, count in facts["services"].items():
        known = {"service": word(ServiceName(name)), "count": count}
        said.append(_("%(service)s at least %(count)d", **known) if count >= most else _("%(service)s %(count)d", **known))
    return _joined(said)


def _events(one: Facts) -> str:
    known = {"service": word(ServiceName(one["service"])), "count": one["events"]}
    if one["seconds"] is None:
        return _("%(service)s %(count)d", **known)
    return _("%(service)s %(count)d, the oldest %(minutes)d minutes old", **known, minutes=int(one["seconds"] // 60))


def _people(one: Facts) -> str:
    return ngettext("%(cohort)s: %(num)d person", "%(cohort)s: %(num)d people", one["people"], cohort=_cohort(one))


def _ended(one: Facts) -> str:
    return _("%(intake)s ended on %(day)s", intake=_intake(one), day=city_date(one["ends_on"]))


def _unreachable(one: Facts) -> str:
    return _("%(name)s (%(cohort)s)", name=one["name"], cohort=_cohort(one))


SENTENCES: dict[str, Sentence] = {
    "not_checked_in": Sentence(N_("Not checked in, though the training is under way"), _each(_people)),
    "units_behind_quota": Sentence(N_("Units behind on their quota"), _units),
    "open_places": Sentence(N_("Open places of your unit"), _open_places),
    "pool_places": Sentence(N_("Free seats of the city's pool, first come, first served"), _each(_open_place)),
    "rosters_to_check": Sentence(N_("Rosters to check"), _rosters),
    "cohorts_to_confirm": Sentence(N_("Cohorts to confirm"), _each(_to_confirm)),
    "people_waiting": Sentence(N_("Your people on the waiting list"), _each(_people)),
    "intakes_to_close": Sentence(N_("Intakes that are over and not closed"), _each(_ended)),
    "sheets_missing": Sentence(N_("Sessions without a complete attendance sheet"), _each(_sheet)),
    "leaves_to_decide": Sentence(N_("Leave to decide"), _each(_leave)),
    "trainees_unreachable": Sentence(N_("Trainees who cannot complete any more"), _each(_unreachable), Tone.WARNS),
    "away_today": Sentence(N_("Your people absent or on leave today"), _each(_away), Tone.COMES),
    "sessions_today": Sentence(N_("Sessions today"), _each(_session_today), Tone.COMES),
    "next_sessions": Sentence(N_("Sessions on the next teaching day"), _each(_session), Tone.COMES),
    "certificates_not_issued": Sentence(N_("Completed, but without a certificate"), _not_issued, Tone.WARNS),
    "certificates_without_file": Sentence(N_("Certificates without their file"), _without_file, Tone.WARNS),
    "figures_behind": Sentence(N_("Events that the figures do not know yet"), _behind, Tone.WARNS),
    "places_without_roster": Sentence(
        N_("Places whose roster has not been heard yet"), lambda _facts, _count: _("They count as soon as it comes."), Tone.WARNS
    ),
    "figures_differ": Sentence(N_("Differences between the figures and the services' events"), _compared, Tone.WARNS),
    "figures_never_compared": Sentence(
        N_("The figures have not been compared with the services' events yet"),
        lambda _facts, _count: _("The administrator asks for a comparison on the operations page."),
        Tone.COMES,
    ),
    "figures_agree": Sentence(N_("The figures agree with the services' events"), _compared, Tone.WELL),
    "accounts_not_activated": Sentence(N_("Trainees who have not activated their account"), _not_activated),
    "accounts_locked": Sentence(N_("Accounts locked after wrong passwords"), _each(_locked), Tone.WARNS),
    "failed_sign_ins": Sentence(N_("Failed sign-ins in the last 24 hours"), _failed, Tone.WARNS),
    "audit_entries": Sentence(N_("Entries of the audit logs today"), _entries, Tone.COMES),
    "events_parked": Sentence(N_("Parked events, which go no further by themselves"), _each(_events), Tone.WARNS),
    "events_unsent": Sentence(N_("Events not sent yet"), _each(_events)),
    "events_pending": Sentence(N_("Events received and not applied yet"), _each(_events)),
}
