"""The figures of finance beside the log of events: what was compared or rebuilt, and asking for another run."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from services.portal.pages import deeds
from services.portal.pages.parts import Parts, RunKind, RunState, ServiceName
from services.portal.queries.accounts import names_of
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext as _
from shared.web.language import word

read_model = Blueprint("read_model", __name__, url_prefix="/portal/operations/read-model")
RUNS = "/api/finance/operations/read-model/runs"


@read_model.get("/rebuild")
@allow(Role.ADMINISTRATOR)
def show_rebuild() -> str:
    """What a rebuild means, before it is asked for."""
    return render_template("portal/rebuild.html")


@read_model.post("/runs")
@allow(Role.ADMINISTRATOR)
def ask_for_run() -> Response:
    """Ask finance for a comparison with the log, or for a rebuild from it."""
    try:
        kind = RunKind(request.form.get("kind", ""))
    except ValueError as error:
        raise UnprocessableEntity from error
    try:
        deeds.ask_for_run(kind.value)
    except deeds.NotDone as error:
        flash(str(error), "danger")
    else:
        flash(_("%(kind)s: asked for. It begins in a moment; load this page again to see what came of it.", kind=word(kind)), "success")
    return redirect(url_for("operations.show_operations", _anchor="read-model"))


def runs_of_finance(parts: Parts) -> list[dict[str, Any]] | None:
    """The last runs, newest first, with the names of those who asked; none when finance does not answer."""
    body = parts.ask(ServiceName.FINANCE, RUNS)
    if body is None:
        return None
    with reading() as connection:
        names = names_of(connection, {run["asked_by"] for run in body["runs"]})
    names[SYSTEM.account_id] = _("Command line")
    return [_shown(run, names) for run in body["runs"]]


def _shown(run: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    named = {"kind": _word_of(RunKind, run["kind"]), "state": _word_of(RunState, run["state"])}
    return {**run, **named, "asked_by": names.get(run["asked_by"], run["asked_by"])}


def _word_of(words: type[RunKind] | type[RunState], code: str) -> str:
    try:
        return words(code)
    except ValueError:
        return code  # finance is newer than this page
