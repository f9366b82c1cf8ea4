"""Every error becomes a problem a person can act on: problem details (RFC 9457) for machines, a page for people."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from shared.domain import Malformed, NotFound, Problem, RuleBroken
from shared.logs import described
from shared.storage.database import database_fault
from shared.vocabulary import Word
from shared.web.language import N_, gettext, input_message, language

log = structlog.get_logger(__name__)

SHARED_MESSAGES = {
    "not_found": N_("This does not exist, or it is not yours to see."),
    "idempotency_key_used_differently": N_("This Idempotency-Key has already answered another request; use a new one."),
    "database_away": N_("The records cannot be reached at the moment. Nothing is half-written; please send it again shortly."),
    "csrf": N_("This form is no longer valid. Go back, reload the page and send it again."),
}
TITLES = {
    400: N_("The request could not be understood"),
    401: N_("Please sign in"),
    403: N_("This is not open to you"),
    404: N_("Not found"),
    405: N_("This cannot be done here"),
    409: N_("The rules do not allow this"),
    412: N_("Someone else has changed this meanwhile"),
    413: N_("The file is too large"),
    415: N_("This format cannot be read"),
    422: N_("Something in what you sent is not right"),
    428: N_("Say which version you have edited"),
    429: N_("Too many tries; please wait a moment"),
    500: N_("Something went wrong on our side"),
    503: N_("This part is not available right now"),
}


def install_problems(app: Flask, messages: Mapping[str, str]) -> None:
    """Answer every error of `app` in the reader's language."""
    app.extensions["linghang_messages"] = {**SHARED_MESSAGES, **messages}
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(Malformed, _malformed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def explain(code: str, facts: Mapping[str, Any]) -> str:
    """The sentence for a code, with its facts filled in, in the reader's language; unfilled when a fact is missing."""
    messages: Mapping[str, str] = current_app.extensions["linghang_messages"]
    spoken = {name: fact.named(language()) if isinstance(fact, Word) else fact for name, fact in facts.items()}
    if code not in messages:
        return code
    sentence = gettext(messages[code])
    try:
        return sentence.format(**spoken)
    except (LookupError, ValueError):  # a refusal must not become a failure because its sentence lacks a fact
        log.warning("a sentence lacks a fact", code=code, given=sorted(facts))
        return sentence


def explain_error(error: RuleBroken) -> str:
    """The sentence for a broken rule, for pages that show it in place."""
    return explain(error.code, error.facts)


def explain_problem(problem: Problem) -> dict[str, Any]:
    """One problem as the doors show it: where, code, message, warning."""
    return {
        "where": problem.where,
        "code": problem.code,
        "message": explain(problem.code, problem.facts),
        "warning": problem.warning,
    }


def _rule_broken(error: RuleBroken) -> tuple[Response | str, int]:
    status = 404 if isinstance(error, NotFound) else 409
    return _respond(status, error.code, explain_error(error), [])


def _malformed(error: Malformed) -> tuple[Response | str, int]:
    return _respond(422, "malformed", "", [explain_problem(problem) for problem in error.problems])


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    errors = list(_field_errors(data.get("messages") or data.get("errors") or {}))
    code = "csrf" if error.description == "csrf" else str(status)
    detail = explain("csrf", {}) if code == "csrf" else ""
    answer, _ = _respond(status, code, detail, errors)
    response = current_app.make_response((answer, status))
    for name, value in error.get_headers() if status in (405, 429) else []:
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Any:
    if database_fault(error):
        log.error("the database is away", path=request.path, method=request.method, error=described(error))
        response = current_app.make_response(_respond(503, "database_away", explain("database_away", {}), []))
        response.headers["Retry-After"] = "5"
        return response
    log.error("request failed", path=request.path, method=request.method, exc_info=error)
    if current_app.testing:
        raise error
    return _respond(500, "500", "", [])


def _field_errors(messages: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """marshmallow's nested messages as a flat list of (where, message)."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            outer = path if name in ("json", "query", "form", "files", "_schema") and not path.count(".") else f"{path}.{name}".lstrip(".")
            yield from _field_errors(inner, outer)
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from _field_errors(inner, path)
    else:
        yield {"where": path, "code": "malformed", "message": input_message(str(messages)), "warning": False}


def _respond(status: int, code: str, detail: str, errors: list[dict[str, Any]]) -> tuple[Response | str, int]:
    title = gettext(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    if request.path.startswith("/api/"):
        problem = {"type": f"urn:linghang:{code}", "title": title, "status": status, "code": code}
        if detail:
            problem["detail"] = detail
        if errors:
            problem["errors"] = errors
        response = jsonify(problem)
        response.content_type = "application/problem+json"
        response.status_code = status
        return response, status
    return render_template("error.html", status=status, title=title, detail=detail, errors=errors), status
