"""What waits for each role: the doors its home page opens, and where the work begins."""

from dataclasses import dataclass

from shared.vocabulary import Role
from shared.web.language import N_


@dataclass(frozen=True)
class Door:
    """A way into a piece of work."""

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Work:
    """A role's work: what it is about, and its doors in the order of the work."""

    role: Role
    text: str
    doors: tuple[Door, ...]


_ACCOUNTS = Door(N_("Accounts and slips"), N_("See who has an account, print activation slips."), "/portal/accounts")
_CHECK = Door(N_("Check a certificate"), N_("By number and check code, or by its QR."), "/certificates/check")
_TOTALS = Door(N_("Totals"), N_("Intakes, cohorts, participations, people and hours, with filters and Excel."), "/finance/totals")
_UNITS = N_("Fill your places, replace who cannot come, hand out activation slips – for your own unit.")

_WORKS = (
    Work(
        Role.ORGANIZER,
        N_("From the plan to the certificate: quota, rosters, teaching, completion, totals."),
        (
            Door(N_("Intakes and cohorts"), N_("Plan intakes, split the seats, take in rosters, confirm cohorts."), "/enrollment/intakes"),
            Door(
                N_("Teaching and attendance"),
                N_("Timetables in the four modes, sessions held, attendance, completion."),
                "/courses/cohorts",
            ),
            Door(N_("Certificates"), N_("Issued on completion; print a cohort, void and issue anew."), "/certificates/certificates"),
            _TOTALS,
            Door(N_("Organizations"), N_("Counties, schools and their branches."), "/enrollment/organizations"),
            _ACCOUNTS,
        ),
    ),
    Work(
        Role.COUNTY_CONTACT,
        _UNITS,
        (
            Door(N_("Places and rosters"), N_("Your quota, who is nominated, who waits; upload your roster."), "/enrollment/intakes"),
            _ACCOUNTS,
        ),
    ),
    Work(
        Role.SCHOOL_CONTACT,
        _UNITS,
        (
            Door(N_("Our people in training"), N_("Who of your school is nominated, confirmed or waiting."), "/enrollment/intakes"),
            _ACCOUNTS,
        ),
    ),
    Work(
        Role.CLASS_TEACHER,
        N_("Your cohorts: today's sessions and who is there."),
        (Door(N_("My cohorts"), N_("Timetable, attendance by half-day, leave, completion."), "/courses/cohorts"),),
    ),
    Work(
        Role.TRAINEE,
        N_("Where you stand, what is missing, your hours and certificates."),
        (Door(N_("My record"), N_("All your trainings on one page."), "/portal/me"),),
    ),
    Work(Role.FINANCE, N_("What took part, when and from where – figures that reconcile."), (_TOTALS, _CHECK)),
    Work(
        Role.AUDITOR,
        N_("Who did what, when and from where, in every service; and that nobody has changed it since."),
        (Door(N_("Audit log"), N_("Search all services, verify the chain, export."), "/portal/audit"), _CHECK),
    ),
    Work(
        Role.ADMINISTRATOR,
        N_("How the services stand: backlog, and events that could not be applied."),
        (Door(N_("Operations"), N_("Events waiting or parked in every service."), "/portal/operations"),),
    ),
)


def work_of(role: Role) -> Work:
    """The work of a role."""
    return next(work for work in _WORKS if work.role is role)
