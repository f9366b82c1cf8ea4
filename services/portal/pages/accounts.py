"""Accounts of the own subtree, new accounts, and the slips that are handed out."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.portal.domain.account import GIVEN_BY_ORGANIZERS, Scope
from services.portal.operations.accounts import give_account
from services.portal.operations.activation_codes import Slip, issue_slips
from services.portal.pages.cookies import keys, settings
from services.portal.queries.accounts import list_accounts
from shared.domain import Malformed, Problem, RuleBroken
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.problems import explain_error, explain_problem

accounts = Blueprint("accounts", __name__, url_prefix="/portal/accounts")
_HANDS_OUT = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
NOT_ACTIVATED = "not_activated"
# Trainees' accounts open by themselves; a person id is nothing one types.
_OFFERED = tuple(role for role in Role if role in GIVEN_BY_ORGANIZERS and role is not Role.TRAINEE)


@accounts.get("")
@allow(*_HANDS_OUT)
def show_accounts() -> str:
    """The reachable accounts, to search, to choose from and to print slips for."""
    search, after = request.args.get("search", "")[:60], request.args.get("after", "")[:60]
    state = NOT_ACTIVATED if request.args.get("state") == NOT_ACTIVATED else ""
    with reading() as connection:
        page = list_accounts(connection, current_actor() or NOBODY, search=search, after=after, only_not_activated=bool(state))
    asked: dict[str, Any] = {"search": search, **({"state": state} if state else {})}
    following = url_for("accounts.show_accounts", **asked, after=page.after) if page.after else None
    beginning = url_for("accounts.show_accounts", **asked) if after else None
    shown = {"search": search, "state": state, "not_activated": NOT_ACTIVATED}
    return render_template("portal/accounts.html", page=page, first_url=beginning, next_url=following, **shown)


@accounts.post("/slips")
@allow(*_HANDS_OUT)
def print_slips() -> Response | str:
    """New codes for the chosen accounts, on a page to print; they are shown this once."""
    try:
        chosen = [UUID(value) for value in request.form.getlist("account_id")[:200]]
    except ValueError as error:
        raise Malformed([Problem("not_an_account", "account_id")]) from error
    if not chosen:
        flash(_("Choose at least one person."), "warning")
        return redirect(url_for("accounts.show_accounts"))
    slips = run(issue_slips, chosen, secret=keys().secret("activation-codes"), days=settings().activation_days)
    return render_template("portal/slips.html", slips=[_shown(slip) for slip in slips], days=settings().activation_days, address=_address())


@accounts.get("/new")
@allow(Role.ORGANIZER)
def show_new_account() -> str:
    """The form for a new account."""
    return _new_form({}, [])


@accounts.post("/new")
@allow(Role.ORGANIZER)
def open_account() -> Response | tuple[str, int]:
    """Open an account for a contact, a teacher or a colleague; the slip is printed from the list."""
    form = {
        name: request.form.get(name, "").strip()[:200]
        for name in ("login", "name", "role", "unit_name", "county_code", "school_id", "cohort_ids")
    }
    try:
        role, scope = _role_and_scope(form)
        run(give_account, login=form["login"], name=form["name"], roles=[role], scope=scope, unit_name=form["unit_name"])
    except Malformed as error:
        return _new_form(form, [{**explain_problem(problem), "where": ""} for problem in error.problems]), 422
    except RuleBroken as error:
        return _new_form(form, [{"where": "", "message": explain_error(error)}]), 409
    flash(_("The account is open. Print its activation slip from the list."), "success")
    return redirect(url_for("accounts.show_accounts", search=form["login"]))


def _role_and_scope(form: dict[str, str]) -> tuple[Role, Scope]:
    problems = [Problem("required", name) for name in ("login", "name", "role") if not form[name]]
    if form["role"] and form["role"] not in _OFFERED:
        problems.append(Problem("not_a_role", "role"))
    if form["county_code"] and not (form["county_code"].isascii() and form["county_code"].isdigit() and len(form["county_code"]) == 6):
        problems.append(Problem("county_code_form", "county_code"))
    school_id = _ids(form["school_id"], problems)
    cohort_ids = _ids(form["cohort_ids"], problems)
    if problems:
        raise Malformed(problems)
    return Role(form["role"]), Scope(form["county_code"] or None, next(iter(school_id), None), frozenset(cohort_ids))


def _ids(text: str, problems: list[Problem]) -> list[UUID]:
    try:
        return [UUID(part) for part in text.replace(",", " ").split()]
    except ValueError:
        problems.append(Problem("not_an_id", facts={"text": text[:40]}))
        return []


def _new_form(form: dict[str, str], problems: list[dict[str, Any]]) -> str:
    return render_template("portal/new_account.html", form=form, problems=problems, roles=_OFFERED)


def _address() -> str:
    return f"{settings().public_url.rstrip('/')}/portal/activate"


def _shown(slip: Slip) -> dict[str, Any]:
    picture = segno.make(f"{_address()}?code={slip.code}", error="m", micro=False).svg_data_uri(scale=3, border=2)
    return {"account": slip.account, "code": slip.code, "picture": picture}
