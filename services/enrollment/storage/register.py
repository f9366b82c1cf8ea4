"""The register of schools, as much of it as a roster needs."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select

from services.enrollment.storage.tables import ORGANIZATIONS

_WANTED = select(
    ORGANIZATIONS.c.id, ORGANIZATIONS.c.name, ORGANIZATIONS.c.kind, ORGANIZATIONS.c.is_public, ORGANIZATIONS.c.county_code
).order_by(ORGANIZATIONS.c.code)


def named(connection: Connection, names: Collection[str]) -> Sequence[Any]:
    """Every organization of exactly one of these names."""
    return connection.execute(_WANTED.where(ORGANIZATIONS.c.name.in_(list(names)))).all()


def everyone(connection: Connection) -> Sequence[Any]:
    """The whole register."""
    return connection.execute(_WANTED).all()
