"""Organizations: the register from the city commission down to schools and branches."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.enrollment.domain.words import OrganizationKind
from services.enrollment.storage.tables import ORGANIZATIONS

CHANGEABLE = ("name", "kind", "parent_id", "county_code", "is_public", "school_level", "party_organization", "stars", "is_new")


def upsert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add organizations, or bring those with a known code to what `rows` say; one statement."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    insert = kind(ORGANIZATIONS)
    changed = {name: getattr(insert.excluded, name) for name in CHANGEABLE}
    statement = insert.on_conflict_do_update(index_elements=["code"], set_=changed)
    connection.execute(statement, [{"id": uuid4(), **row} for row in rows])


def ids_by_code(connection: Connection) -> dict[str, UUID]:
    """Code → id of every organization."""
    return {row.code: row.id for row in connection.execute(select(ORGANIZATIONS.c.code, ORGANIZATIONS.c.id))}


def by_id(connection: Connection, organization_id: UUID) -> Any:
    """One organization, or none."""
    return connection.execute(select(ORGANIZATIONS).where(ORGANIZATIONS.c.id == organization_id)).one_or_none()


def by_name(connection: Connection, name: str, county_code: str | None = None) -> Sequence[Any]:
    """Organizations of exactly this name, in a county or anywhere."""
    wanted = select(ORGANIZATIONS).where(ORGANIZATIONS.c.name == name)
    if county_code:
        wanted = wanted.where(ORGANIZATIONS.c.county_code == county_code)
    return connection.execute(wanted).all()


def county_names(connection: Connection) -> dict[str, str]:
    """Division code → name of each county commission."""
    wanted = select(ORGANIZATIONS.c.county_code, ORGANIZATIONS.c.name).where(ORGANIZATIONS.c.kind == OrganizationKind.COUNTY_COMMISSION)
    return {row.county_code: row.name for row in connection.execute(wanted)}
