"""Certificates: list, look at, download, void, replace."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, current_app, send_file
from flask_smorest import Blueprint

from services.certificates.api.schemas import (
    CertificateSchema,
    CertificateWithLinksSchema,
    CohortQuerySchema,
    ReplacementSchema,
    VoidSchema,
)
from services.certificates.operations.downloads import take_file
from services.certificates.operations.office import Office
from services.certificates.operations.voiding import replace_certificate, void_certificate
from services.certificates.queries.certificates import Certificate, certificate, certificates_of_cohort, certificates_of_person
from services.certificates.queries.files import SignedFile
from shared.domain import NotFound
from shared.storage.work import NOBODY, Actor, UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading, run

certificates = Blueprint("certificates_api", __name__, url_prefix="/api/certificates", description="Certificates (R39, R40)")


@certificates.get("/certificates")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@certificates.arguments(CohortQuerySchema, location="query")
@certificates.response(200, CertificateWithLinksSchema(many=True))
def list_certificates(query: dict[str, Any]) -> list[dict[str, Any]]:
    """The certificates of a cohort by number, void ones included."""
    with reading() as connection:
        return [_with_links(each) for each in certificates_of_cohort(connection, _actor(), query["cohort_id"])]


@certificates.get("/certificates/<uuid:certificate_id>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
@certificates.response(200, CertificateWithLinksSchema)
def show_certificate(certificate_id: UUID) -> dict[str, Any]:
    """One certificate with what became of it."""
    with reading() as connection:
        return _with_links(certificate(connection, _actor(), certificate_id))


@certificates.get("/certificates/<uuid:certificate_id>/pdf")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
@certificates.response(200, {"format": "binary", "type": "string"}, content_type="application/pdf")
def download_certificate(certificate_id: UUID) -> Response:
    """The signed file, the same bytes every time; 409 while it is still being made."""
    return as_download(run(take_file, certificate_id))


@certificates.post("/certificates/<uuid:certificate_id>/void")
@allow(Role.ORGANIZER)
@certificates.arguments(VoidSchema)
@certificates.response(200, CertificateSchema)
def void(body: dict[str, Any], certificate_id: UUID) -> Response:
    """Revoke a certificate, with a reason (R40)."""
    return answer(CertificateSchema(), _void, certificate_id, reason=body["reason"])


@certificates.post("/certificates/<uuid:certificate_id>/replacement")
@allow(Role.ORGANIZER)
@certificates.arguments(ReplacementSchema)
@certificates.response(201, CertificateSchema)
def replace(body: dict[str, Any], certificate_id: UUID) -> Response:
    """Void a certificate and issue a new one in its place, with its own number (R40)."""
    return answer(CertificateSchema(), _replace, certificate_id, status=201, **body)


@certificates.get("/people/<uuid:person_id>/certificates")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
@certificates.response(200, CertificateWithLinksSchema(many=True))
def list_certificates_of_person(person_id: UUID) -> list[dict[str, Any]]:
    """A person's certificates, the latest first; of others' only those that you may see."""
    with reading() as connection:
        return [_with_links(each) for each in certificates_of_person(connection, _actor(), person_id)]


@certificates.get("/me/certificates")
@allow(Role.TRAINEE)
@certificates.response(200, CertificateWithLinksSchema(many=True))
def list_own_certificates() -> list[dict[str, Any]]:
    """The certificates of the person who asks."""
    person_id = _actor().person_id
    if person_id is None:
        raise NotFound
    with reading() as connection:
        return [_with_links(each) for each in certificates_of_person(connection, _actor(), person_id)]


def as_download(file: SignedFile) -> Response:
    """A signed file as the browser saves it; no cache on the way keeps it."""
    response = send_file(BytesIO(file.pdf), "application/pdf", as_attachment=True, download_name=file.name, etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


def office() -> Office:
    """The issuing office of this service."""
    found: Office = current_app.extensions["linghang_office"]
    return found


def _actor() -> Actor:
    return current_actor() or NOBODY


def _with_links(found: Certificate) -> dict[str, Any]:
    return {
        **vars(found),
        "check_url": office().codes(found.id).check_url,
        "pdf_url": f"/api/certificates/certificates/{found.id}/pdf" if found.rendered_at else None,
    }


def _void(work: UnitOfWork, certificate_id: UUID, *, reason: str) -> Certificate:
    void_certificate(work, certificate_id, reason=reason)
    return certificate(work.connection, work.actor, certificate_id)


def _replace(work: UnitOfWork, certificate_id: UUID, *, reason: str, name: str | None) -> Certificate:
    new_id = replace_certificate(work, office(), certificate_id, reason=reason, name=name)
    return certificate(work.connection, work.actor, new_id)
