"""The operator's page: how the events of all services stand, which are parked, and what to do with those."""

from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from services.portal.pages import deeds
from services.portal.pages.parts import Parts, ServiceName
from services.portal.pages.read_model import runs_of_finance
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.language import gettext as _
from shared.web.language import ngettext, word
from shared.web.operations import list_events

operations = Blueprint("operations", __name__)
SHORTEST_REASON, LONGEST_REASON = 2, 500
_DIGITS = 18  # of an event's number; more fit into no database
_SERVICE = f"/portal/operations/<any({', '.join(ServiceName)}):name>"
_EVENT = f"{_SERVICE}/events/<int(max={10**_DIGITS - 1}):event_id>"


@operations.get("/portal/operations")
@allow(Role.ADMINISTRATOR)
def show_operations() -> str:
    """Backlog and parked events service by service; a service that does not answer is named."""
    parts = Parts()
    services = [_standing(name, parts) for name in ServiceName]
    finance_answers = ServiceName.FINANCE not in parts.missing  # else it would be waited for twice
    return render_template("portal/operations.html", services=services, runs=runs_of_finance(parts) if finance_answers else None)


@operations.post(f"{_SERVICE}/replays")
@allow(Role.ADMINISTRATOR)
def replay_events(name: str) -> Response:
    """Have parked events of a service applied again: one, those of a type, or all."""
    service = ServiceName(name)
    try:
        count = deeds.replay(service, _chosen(request.form))
    except deeds.NotDone as error:
        flash(str(error), "danger")
    else:
        if count:
            again = ngettext("%(num)s event will be applied again.", "%(num)s events will be applied again.", count)
            flash(f"{word(service)} · {again}", "success")
        else:
            _say_gone(service)
    return _back()


@operations.get(f"{_EVENT}/discard")
@allow(Role.ADMINISTRATOR)
def show_discard(name: str, event_id: int) -> Response | str:
    """What it means to give a parked event up, before it is done."""
    service = ServiceName(name)
    found = _standing(service, Parts())
    if found["standing"] is None:
        flash(deeds.silent(service), "danger")
        return _back()
    event = _event(found, event_id)
    if event is None:
        _say_gone(service)
        return _back()
    return _discard_form(service, event_id, event)


@operations.post(f"{_EVENT}/discard")
@allow(Role.ADMINISTRATOR)
def discard_event(name: str, event_id: int) -> Response | tuple[str, int]:
    """Give a parked event up, with a reason."""
    service = ServiceName(name)
    reason = request.form.get("reason", "").replace("\r\n", "\n").strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        facts = {"shortest": SHORTEST_REASON, "longest": LONGEST_REASON}
        error = _("Give a reason of %(shortest)d to %(longest)d characters.", **facts)
        return _discard_form(service, event_id, _event(_standing(service, Parts()), event_id), reason, error=error), 422
    try:
        done = deeds.discard(service, event_id, reason)
    except deeds.NotDone as refusal:
        return _discard_form(service, event_id, None, reason, problem=str(refusal)), 503
    if done:
        text = _("Event %(id)d is discarded: what waited behind it goes on, and your reason is on the audit log.", id=event_id)
        flash(f"{word(service)} · {text}", "success")
    else:
        _say_gone(service)
    return _back()


def _standing(name: ServiceName, parts: Parts) -> dict[str, Any]:
    own = name is ServiceName.PORTAL
    body = list_events().get_json() if own else parts.ask(name, f"/api/{name.value}/operations/events")
    parked = body["parked"] if body else []
    by_type = sorted(parked, key=lambda event: event["type"])  # stable: the oldest of a type stays first
    kinds = [(kind, list(events)) for kind, events in groupby(by_type, lambda event: event["type"])]
    return {"name": name, "standing": body["standing"] if body else None, "parked": parked, "kinds": kinds}


def _event(found: dict[str, Any], event_id: int) -> dict[str, Any] | None:
    return next((event for event in found["parked"] if event["id"] == event_id), None)


def _chosen(form: MultiDict[str, str]) -> dict[str, Any]:
    """What is to be applied again. All of a service only when the form says so: a slip must not become everything."""
    event_id, event_type = form.get("event_id", ""), form.get("event_type", "")
    if event_id.isascii() and event_id.isdigit() and len(event_id) <= _DIGITS:
        return {"ids": [int(event_id)], "event_type": None}
    if event_type:
        return {"ids": None, "event_type": event_type}
    if form.get("all") == "true":
        return {"ids": None, "event_type": None}
    raise UnprocessableEntity


def _say_gone(service: ServiceName) -> None:
    gone = _("Not parked any more: it has already been applied again or discarded.")
    flash(f"{word(service)} · {gone}", "warning")


def _discard_form(
    service: ServiceName, event_id: int, event: dict[str, Any] | None, reason: str = "", *, error: str = "", problem: str = ""
) -> str:
    shown = {"service": service, "event_id": event_id, "event": event, "reason": reason, "longest": LONGEST_REASON}
    return render_template("portal/discard.html", **shown, error=error, problem=problem)


def _back() -> Response:
    return redirect(url_for("operations.show_operations"))
