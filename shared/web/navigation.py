"""Where each role may go from the header: one list for all services, so that the product has one menu."""

from collections.abc import Set
from dataclasses import dataclass

from shared.vocabulary import Role
from shared.web.language import N_


@dataclass(frozen=True)
class Entry:
    """One place in the menu: its address, its name, and who sees it."""

    url: str
    message: str
    roles: frozenset[Role]

    def is_here(self, path: str) -> bool:
        """Whether `path` lies at or below this place."""
        return path == self.url or path.startswith(self.url.rstrip("/") + "/")


_CONTACTS = frozenset({Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT})

NAVIGATION: tuple[Entry, ...] = (
    Entry("/portal/me", N_("My record"), frozenset({Role.TRAINEE})),
    Entry("/portal/my-data", N_("My data"), frozenset({Role.TRAINEE})),
    Entry("/enrollment/intakes", N_("Intakes"), frozenset({Role.ORGANIZER}) | _CONTACTS),
    Entry("/enrollment/organizations", N_("Organizations"), frozenset({Role.ORGANIZER}) | _CONTACTS),
    Entry("/courses/cohorts", N_("Teaching"), frozenset({Role.ORGANIZER, Role.CLASS_TEACHER})),
    Entry("/certificates/certificates", N_("Certificates"), frozenset({Role.ORGANIZER, Role.CLASS_TEACHER})),
    Entry("/finance/totals", N_("Totals"), frozenset({Role.ORGANIZER, Role.FINANCE})),
    Entry("/portal/accounts", N_("Accounts"), frozenset({Role.ORGANIZER}) | _CONTACTS),
    Entry("/portal/operations", N_("Operations"), frozenset({Role.ADMINISTRATOR})),
    Entry("/portal/audit", N_("Audit log"), frozenset({Role.AUDITOR})),
)


def entries_for(roles: Set[Role]) -> tuple[Entry, ...]:
    """The menu of a person with these roles, in its fixed order."""
    return tuple(entry for entry in NAVIGATION if entry.roles & roles)
