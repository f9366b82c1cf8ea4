"""My record: one page for the trainee, composed from enrollment, courses and certificates."""

from flask import Blueprint, render_template

from services.portal.domain.record import compose
from services.portal.pages.parts import CertificateStanding, Outlook, Parts, PlaceStatus, ServiceName
from shared.domain import city_date, now
from shared.vocabulary import Role
from shared.web.access import allow

record = Blueprint("record", __name__)


@record.get("/portal/me")
@allow(Role.TRAINEE)
def show_record() -> str:
    """Where the trainee stands; a part whose service does not answer is named as missing."""
    parts = Parts()
    own = compose(
        parts.ask(ServiceName.ENROLLMENT, "/api/enrollment/me/enrollments"),
        parts.ask(ServiceName.COURSES, "/api/courses/me/record"),
        parts.ask(ServiceName.CERTIFICATES, "/api/certificates/me/certificates"),
    )
    return render_template(
        "portal/record.html",
        record=own,
        year=city_date(now()).year,
        missing=parts.missing,
        statuses=PlaceStatus,
        outlooks=Outlook,
        standings=CertificateStanding,
    )
