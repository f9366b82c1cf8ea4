"""The public check, for programs (R41)."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from werkzeug.exceptions import TooManyRequests

from services.certificates.api.certificates import office
from services.certificates.api.schemas import CheckSchema, VerdictSchema
from services.certificates.domain.errors import TooManyChecks
from services.certificates.operations.checking import Question, Verdict, check_certificate
from shared.web.access import public
from shared.web.doors import run

checks = Blueprint("checks_api", __name__, url_prefix="/api/certificates", description="The public check (R41)")


@checks.post("/checks")
@public
@checks.arguments(CheckSchema)
@checks.response(200, VerdictSchema)
def check(body: dict[str, Any]) -> Verdict:
    """Answer valid, superseded, revoked or unknown, for a token or a number with its check code."""
    return asked(Question(**body))


@checks.after_request
def keep_no_trace(response: Response) -> Response:
    """Neither caches, nor search engines, nor the next page learn what was checked."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def asked(question: Question) -> Verdict:
    """The verdict for whoever asks from this address; 429 when that was too often."""
    try:
        return run(check_certificate, office(), question, address=request.remote_addr or "")
    except TooManyChecks as error:
        raise TooManyRequests(retry_after=error.facts["seconds"]) from error
