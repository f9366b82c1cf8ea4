"""Accounts: which scope each role needs, who may open accounts for whom, and what a token says of an account."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.portal.domain.errors import RoleNeedsScope, RoleNotYours
from shared.vocabulary import Role

# What an organizer hands out; administrators and auditors are made on the command line only, since they watch the organizers.
GIVEN_BY_ORGANIZERS = frozenset({Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER, Role.TRAINEE, Role.FINANCE})


@dataclass(frozen=True)
class Scope:
    """How far an account reaches: its unit, its cohorts, the person it is (R45)."""

    county_code: str | None = None
    school_id: UUID | None = None
    cohort_ids: frozenset[UUID] = frozenset()
    person_id: UUID | None = None


@dataclass(frozen=True)
class Account:
    """An account as the sign-in check and the token need it."""

    id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    scope: Scope = field(default_factory=Scope)
    accepted_notice: int | None = None

    @property
    def token_scope(self) -> Scope:
        """The scope that the roles carry: where a trainee works gives no authority over that unit."""
        contacts = {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT}
        return Scope(
            county_code=self.scope.county_code if self.roles & contacts else None,
            school_id=self.scope.school_id if Role.SCHOOL_CONTACT in self.roles else None,
            cohort_ids=self.scope.cohort_ids if Role.CLASS_TEACHER in self.roles else frozenset(),
            person_id=self.scope.person_id if Role.TRAINEE in self.roles else None,
        )


def check_scope(roles: Iterable[Role], scope: Scope) -> None:
    """A role that reaches only its own unit, cohorts or person must say which. Raises `RoleNeedsScope`."""
    missing = {
        Role.COUNTY_CONTACT: scope.county_code is None,
        Role.SCHOOL_CONTACT: scope.school_id is None,
        Role.CLASS_TEACHER: not scope.cohort_ids,
        Role.TRAINEE: scope.person_id is None,
    }
    for role in sorted(roles):
        if missing.get(role):
            raise RoleNeedsScope(role=role)


def check_giver(giver_roles: frozenset[Role], roles: frozenset[Role]) -> None:
    """Only organizers open accounts in the portal, and only with roles they may hand out. Raises `RoleNotYours`."""
    if Role.ORGANIZER not in giver_roles or not roles or roles - GIVEN_BY_ORGANIZERS:
        raise RoleNotYours
