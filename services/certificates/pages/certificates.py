"""Certificates of the cohorts: how far they are, who has one, files, voiding and replacing; and one's own."""

import zipfile
from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from services.certificates.api.certificates import as_download, office
from services.certificates.operations.downloads import take_file, take_files_of_cohort
from services.certificates.operations.voiding import replace_certificate, void_certificate
from services.certificates.queries.certificates import Certificate, certificate, certificates_of_cohort, certificates_of_person, cohorts
from shared.domain import Malformed, NotFound, Problem, RuleBroken
from shared.storage.work import NOBODY, Actor
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.problems import explain_error

certificates = Blueprint("certificates", __name__, url_prefix="/certificates")


@certificates.get("/certificates")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
def list_certificates() -> str:
    """A cohort's certificates; without a cohort, how far each cohort is."""
    asked = request.args.get("cohort_id", "")
    with reading() as connection:
        if not asked:
            return render_template("certificates/cohorts.html", cohorts=cohorts(connection, _actor()))
        found = certificates_of_cohort(connection, _actor(), _id(asked))
    return render_template("certificates/cohort.html", cohort_id=asked, certificates=found)


@certificates.get("/cohorts/<uuid:cohort_id>/certificates.zip")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
def download_cohort(cohort_id: UUID) -> Response:
    """The files of a cohort's valid certificates in one archive, to print or to hand out."""
    archive = BytesIO()
    taken = run(take_files_of_cohort, cohort_id)
    if not taken:
        raise NotFound
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as files:
        for file in taken:
            files.writestr(file.name, file.pdf)
    name = taken[0].name.rsplit("-", 2)[0]
    archive.seek(0)
    response = send_file(archive, "application/zip", as_attachment=True, download_name=f"{name}.zip", etag=False)
    response.headers["Cache-Control"] = "no-store"
    return response


@certificates.get("/certificates/<uuid:certificate_id>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
def show_certificate(certificate_id: UUID) -> str:
    """One certificate with what became of it."""
    return _show(certificate_id)


@certificates.get("/certificates/<uuid:certificate_id>/pdf")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
def download_certificate(certificate_id: UUID) -> Response:
    """The signed file, the same bytes every time."""
    return as_download(run(take_file, certificate_id))


@certificates.post("/certificates/<uuid:certificate_id>/void")
@allow(Role.ORGANIZER)
def void(certificate_id: UUID) -> AnyResponse | tuple[str, int]:
    """Revoke a certificate, with a reason (R40)."""
    try:
        run(void_certificate, certificate_id, reason=_typed("reason", 500))
    except NotFound:
        raise
    except RuleBroken as error:
        return _show(certificate_id, problem=error, form="void"), 409
    flash(_("The certificate is void. The public check says so from now on."), "success")
    return redirect(url_for("certificates.show_certificate", certificate_id=certificate_id))


@certificates.post("/certificates/<uuid:certificate_id>/replacement")
@allow(Role.ORGANIZER)
def replace(certificate_id: UUID) -> AnyResponse | tuple[str, int]:
    """Void a certificate and issue a new one in its place (R40)."""
    try:
        new_id = run(replace_certificate, office(), certificate_id, reason=_typed("reason", 500), name=_typed("name", 100) or None)
    except NotFound:
        raise
    except RuleBroken as error:
        return _show(certificate_id, problem=error, form="replace"), 409
    flash(_("The new certificate is issued; the old one points to it."), "success")
    return redirect(url_for("certificates.show_certificate", certificate_id=new_id))


@certificates.get("/mine")
@allow(Role.TRAINEE)
def list_own_certificates() -> str:
    """The certificates of the person who asks."""
    actor = _actor()
    with reading() as connection:
        found = certificates_of_person(connection, actor, actor.person_id) if actor.person_id else []
    return render_template("certificates/mine.html", certificates=found)


def _show(certificate_id: UUID, problem: RuleBroken | None = None, form: str = "") -> str:
    actor = _actor()
    with reading() as connection:
        found = certificate(connection, actor, certificate_id)
        replaced = _linked(connection, actor, found.replaces)
        successor = _linked(connection, actor, found.superseded_by)
    return render_template(
        "certificates/certificate.html",
        certificate=found,
        replaced=replaced,
        successor=successor,
        check_url=office().codes(found.id).check_url,
        may_list=actor.is_any(Role.ORGANIZER, Role.CLASS_TEACHER),
        may_void=actor.is_any(Role.ORGANIZER) and found.is_valid,
        problems=[{"where": "", "message": explain_error(problem)}] if problem else [],
        typed={"form": form, "reason": _typed("reason", 500), "name": _typed("name", 100)},
    )


def _linked(connection: Connection, actor: Actor, certificate_id: UUID | None) -> Certificate | None:
    """Another certificate that is named beside one; after a merge it may be of a class that is not the reader's (R45)."""
    try:
        return certificate(connection, actor, certificate_id) if certificate_id else None
    except NotFound:
        return None


def _actor() -> Actor:
    return current_actor() or NOBODY


def _typed(field: str, longest: int) -> str:
    return request.form.get(field, "")[:longest]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Malformed([Problem("not_an_id", "cohort_id", {"text": text[:40]})]) from error
