"""The public check: by QR code, or by number and check code; and is this the file, is this the name (R41)."""

from hashlib import sha256

from flask import Blueprint, render_template, request

from services.certificates.api.checks import asked, keep_no_trace
from services.certificates.operations.checking import Question
from shared.web.access import public

checks = Blueprint("checks", __name__)
checks.after_request(keep_no_trace)


@checks.get("/certificates/check")
@public
def show_check() -> str:
    """The form for number and check code."""
    return _page(None, Question())


@checks.post("/certificates/check")
@public
def check() -> str:
    """Answer for a number and its check code; by POST, so that they stand in no address and no log."""
    question = Question(number=_typed("number"), check_code=_typed("check_code"), name=_typed("name"), sha256=_hash_of_file())
    return _page(asked(question), question)


@checks.route("/C/<token>", methods=["GET", "POST"])
@public
def check_by_token(token: str) -> str:
    """Answer for the token of a QR code; the address is short and in capitals so that the code stays coarse."""
    question = Question(token=token[:100], name=_typed("name"), sha256=_hash_of_file())
    return _page(asked(question), question)


def _page(verdict: object, question: Question) -> str:
    return render_template("certificates/check.html", verdict=verdict, question=question)


def _typed(field: str) -> str:
    return request.form.get(field, "")[:100]


def _hash_of_file() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        return ""
    # Hashed piece by piece and not kept: the file is only compared.
    digest = sha256()
    while piece := file.stream.read(1 << 16):
        digest.update(piece)
    return digest.hexdigest()
