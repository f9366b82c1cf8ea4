"""My data: what every service keeps of the person, who dealt with it, and a copy to take away (R44, R47, R48)."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, send_file

from services.portal.api.own_data import OWN_DATA
from services.portal.pages.parts import Parts, ServiceName
from services.portal.queries.own_data import who
from shared.domain import CITY_TIME, now
from shared.storage.work import NOBODY, SYSTEM
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading
from shared.web.language import gettext as _

own_data = Blueprint("own_data_pages", __name__, url_prefix="/portal/my-data")
SIGN_INS = "session."  # the own coming and going stands under sign-ins
IN_ORDER = (ServiceName.ENROLLMENT, ServiceName.COURSES, ServiceName.CERTIFICATES, ServiceName.FINANCE, ServiceName.PORTAL)


@dataclass(frozen=True)
class Deed:
    """What somebody did with the person's data, as the person reads it."""

    at: str
    service: ServiceName
    who: str
    action: str
    reason: str
    own: bool
    """Whether the person did it."""


@dataclass(frozen=True)
class Kept:
    """What the services keep of a person, who dealt with it, and which of them did not answer."""

    services: Sequence[tuple[ServiceName, Any]]
    deeds: Sequence[Deed]
    missing: Sequence[ServiceName]


@own_data.get("")
@allow(Role.TRAINEE)
def show_own_data() -> str:
    """All of it on one page, ID number and phone masked; a part whose service does not answer is named as missing."""
    parts = Parts()
    return render_template("portal/own_data.html", kept=_gather(parts, lambda name: parts.ask(name, f"/api/{name}/me/data"), OWN_DATA.kept))


@own_data.post("/export")
@allow(Role.TRAINEE)
def export_own_data() -> Response:
    """The same as an archive: JSON for machines, a page for people. Every service that gives its part leaves an audit entry."""
    parts = Parts()
    kept = _gather(parts, lambda name: parts.take(name, f"/api/{name}/me/exports"), OWN_DATA.copy)
    made_at, actor = now(), current_actor()
    told = {
        "name": actor.name if actor else "",
        "made_at": made_at.isoformat(),
        "services": [_for_machines(answer) for _name, answer in kept.services],
        "deeds": [asdict(deed) for deed in kept.deeds],
        "missing": [name.value for name in kept.missing],
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("my-data.json", json.dumps(told, ensure_ascii=False, indent=1))
        files.writestr("my-data.html", render_template("portal/own_data_copy.html", kept=kept, made_at=made_at))
    archive.seek(0)
    return send_file(
        archive, "application/zip", as_attachment=True, download_name=f"my-data-{made_at.astimezone(CITY_TIME):%Y%m%d-%H%M}.zip"
    )


def _gather(parts: Parts, ask: Callable[[ServiceName], Any], own: Callable[[], Any]) -> Kept:
    answers = [(name, own() if name is ServiceName.PORTAL else ask(name)) for name in IN_ORDER]
    found = [(name, answer) for name, answer in answers if answer]
    return Kept(found, _deeds(found), parts.missing)


def _deeds(found: Sequence[tuple[ServiceName, Any]]) -> list[Deed]:
    entries = [(name, entry) for name, answer in found for entry in answer["entries"] if not entry["action"].startswith(SIGN_INS)]
    names = _names({entry["account"] for _name, entry in entries})
    own = _own_account()
    deeds = [
        Deed(entry["at"], name, names[entry["account"]], entry["action"], entry["reason"], entry["account"] == own)
        for name, entry in entries
    ]
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)


def _names(accounts: set[str]) -> dict[str, str]:
    """Whoever acted has a name and a unit; the person's own deeds, programs and the house itself are called what they are."""
    keys = {account: key for account in accounts if (key := _key(account))}
    with reading() as connection:
        known = who(connection, keys.values())
    named = {account: " · ".join(filter(None, known[key])) for account, key in keys.items() if key in known}
    fixed = {SYSTEM.account_id: _("The system itself"), "command line": _("An operator at the command line"), "": _("Nobody signed in")}
    fixed[_own_account()] = _("You")
    return {account: fixed.get(account) or named.get(account) or _("A program") for account in accounts}


def _own_account() -> str:
    return (current_actor() or NOBODY).account_id


def _key(account: str) -> UUID | None:
    try:
        return UUID(account)
    except ValueError:
        return None


def _for_machines(answer: dict[str, Any]) -> dict[str, Any]:
    sections = [{name: value for name, value in section.items() if name != "shown"} for section in answer["sections"]]
    return {"service": answer["service"], "sections": sections}
