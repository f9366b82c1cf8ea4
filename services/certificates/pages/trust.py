"""The root of the built-in signature: published with its fingerprint, so that anyone can check a file (R42)."""

from flask import Blueprint, Response, render_template

from services.certificates.api.certificates import office
from shared.web.access import public

trust = Blueprint("trust", __name__, url_prefix="/certificates/trust")


@trust.get("")
@public
def show_trust() -> str:
    """The root's fingerprint, how to check a signature, and what it does not prove."""
    found = office().trust
    pairs = [found.root_fingerprint[start : start + 4] for start in range(0, 64, 4)]
    return render_template("certificates/trust.html", trust=found, fingerprint=" ".join(pairs).upper())


@trust.get("/root.pem")
@public
def download_root() -> Response:
    """The root's certificate."""
    headers = {"Content-Disposition": 'attachment; filename="linghang-root.pem"'}
    return Response(office().trust.root_pem, content_type="application/x-pem-file", headers=headers)
