"""Reads what a form says, and carries out what it asks: a notice either way, then a page to look at."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from shared.domain import Malformed, NotFound, Problem, RuleBroken
from shared.storage.work import NOBODY, Actor
from shared.web.access import current_actor
from shared.web.doors import run
from shared.web.problems import explain_error, explain_problem

Code = TypeVar("Code", bound=StrEnum)
SHOWN = 5


def actor() -> Actor:
    """Who asks."""
    return current_actor() or NOBODY


def day(name: str) -> date | None:
    """The day in a field, or nothing when it is empty."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Malformed([Problem("not_a_date", name)]) from error


def choice(name: str, words: type[Code]) -> Code | None:
    """The code in a field, or nothing when it is empty."""
    text = request.form.get(name, "")
    try:
        return words(text) if text else None
    except ValueError as error:
        raise Malformed([Problem("not_a_choice", name)]) from error


def number(name: str) -> int | None:
    """The whole number in a field, or nothing when it is empty."""
    text = request.form.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise Malformed([Problem("not_a_number", name)])
    return int(text) if text else None


def carry_out(done: Callable[[Any], str], back: str, operation: Callable[..., Any]) -> Response:
    """Run an operation; `done` says what came of it. A broken rule or a slip becomes a notice on the same page."""
    try:
        result = run(operation)
    except NotFound:
        raise
    except RuleBroken as error:
        flash(explain_error(error), "danger")
    except Malformed as error:
        for problem in error.problems[:SHOWN]:
            flash(explain_problem(problem)["message"], "danger")
    else:
        flash(done(result), "success")
    return redirect(back)
