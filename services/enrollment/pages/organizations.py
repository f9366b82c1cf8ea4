"""The register of organizations: looked through by county, kind and name."""

from flask import Blueprint, render_template, request, url_for

from services.enrollment.domain.words import OrganizationKind
from services.enrollment.pages.door import CONTACTS, actor
from services.enrollment.queries import organizations as queries
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading

organizations = Blueprint("organizations", __name__, url_prefix="/enrollment/organizations")
PAGE = 50


@organizations.get("")
@allow(*CONTACTS)
def list_organizations() -> str:
    """The organizations the reader may see, page by page."""
    asked = {name: request.args.get(name, "")[:100] for name in ("name", "county_code", "kind", "after")}
    kind = OrganizationKind(asked["kind"]) if asked["kind"] in [kind.value for kind in OrganizationKind] else None
    with reading() as connection:
        counties = queries.counties(connection) if actor().is_any(Role.ORGANIZER) else []
        found = queries.visible(
            connection, actor(), kind=kind, county_code=asked["county_code"], name=asked["name"], after=asked["after"], limit=PAGE + 1
        )
    shown = found[:PAGE]
    following = None
    if len(found) > PAGE:
        following = url_for("organizations.list_organizations", **{**asked, "after": shown[-1].code})
    names = {county.county_code: county.name for county in counties}
    return render_template(
        "enrollment/organizations.html",
        organizations=shown,
        names=names,
        kinds=list(OrganizationKind),
        asked=asked,
        next_url=following,
    )
