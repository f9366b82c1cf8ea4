"""What certificates tells: which certificates stand and which no longer do."""

from marshmallow import fields

from shared.contracts.event_type import EventType, Payload


class CertificateIssuedPayload(Payload):
    certificate_id = fields.UUID(required=True)
    number = fields.String(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    issued_on = fields.Date(required=True)
    replaces = fields.UUID(allow_none=True, load_default=None, metadata={"description": "The certificate this one stands in for (R40)."})


class CertificateVoidedPayload(Payload):
    certificate_id = fields.UUID(required=True)
    number = fields.String(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    voided_on = fields.Date(required=True)
    superseded_by = fields.UUID(allow_none=True, load_default=None)


CERTIFICATE_ISSUED = EventType(
    name="certificates.certificate.issued.v1",
    when="A certificate has its number and frozen content (R39).",
    subject="enrollment",
    payload=CertificateIssuedPayload,
)
CERTIFICATE_VOIDED = EventType(
    name="certificates.certificate.voided.v1",
    when="A certificate has been voided, with or without a new one in its place (R40).",
    subject="enrollment",
    payload=CertificateVoidedPayload,
)
