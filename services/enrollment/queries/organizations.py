"""What is looked up in the register of organizations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from services.enrollment.domain.words import OrganizationKind
from services.enrollment.storage.tables import ORGANIZATIONS
from shared.storage.work import Actor
from shared.vocabulary import Role


def visible(
    connection: Connection,
    actor: Actor,
    *,
    kind: OrganizationKind | None = None,
    county_code: str | None = None,
    name: str = "",
    after: str = "",
    limit: int = 100,
) -> Sequence[Any]:
    """Organizations in the order of their codes that the actor may see: all, the own county, or the own school (R45)."""
    wanted = select(ORGANIZATIONS).where(ORGANIZATIONS.c.code > after).order_by(ORGANIZATIONS.c.code).limit(limit)
    if not actor.is_any(Role.ORGANIZER):
        if actor.is_any(Role.COUNTY_CONTACT):
            wanted = wanted.where(ORGANIZATIONS.c.county_code == actor.county_code)
        else:
            wanted = wanted.where(ORGANIZATIONS.c.id == actor.school_id)
    if kind is not None:
        wanted = wanted.where(ORGANIZATIONS.c.kind == kind)
    if county_code:
        wanted = wanted.where(ORGANIZATIONS.c.county_code == county_code)
    if name:
        wanted = wanted.where(ORGANIZATIONS.c.name.contains(name, autoescape=True))
    return connection.execute(wanted).all()


def counties(connection: Connection) -> Sequence[Any]:
    """The county commissions, by code."""
    wanted = select(ORGANIZATIONS).where(ORGANIZATIONS.c.kind == OrganizationKind.COUNTY_COMMISSION)
    return connection.execute(wanted.order_by(ORGANIZATIONS.c.county_code)).all()
