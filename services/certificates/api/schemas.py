"""What comes in and goes out at the machines' door."""

from marshmallow import fields, validate

from services.certificates.domain.standing import Answer, Standing
from shared.vocabulary import Category, Delivery
from shared.web.service import ApiSchema


class CohortQuerySchema(ApiSchema):
    cohort_id = fields.UUID(required=True)


class VoidSchema(ApiSchema):
    reason = fields.String(required=True, validate=validate.Length(min=2, max=500))


class ReplacementSchema(ApiSchema):
    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100), metadata={"description": "Corrected name."})
    reason = fields.String(required=True, validate=validate.Length(min=2, max=500))


class CheckSchema(ApiSchema):
    token = fields.String(load_default="", validate=validate.Length(max=100), metadata={"description": "From the QR code."})
    number = fields.String(load_default="", validate=validate.Length(max=100))
    check_code = fields.String(load_default="", validate=validate.Length(max=100), metadata={"description": "Printed beside the number."})
    name = fields.String(load_default="", validate=validate.Length(max=100), metadata={"description": "Full name to compare."})
    sha256 = fields.String(load_default="", validate=validate.Length(max=64), metadata={"description": "SHA-256 of a file to compare."})


class TrainingSchema(ApiSchema):
    cohort_number = fields.Integer()
    intake_number = fields.Integer()
    intake_title = fields.String()
    category = fields.Enum(Category, by_value=True)
    delivery = fields.Enum(Delivery, by_value=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    completed_on = fields.Date()
    earned_quarter_hours = fields.Integer()
    total_quarter_hours = fields.Integer()


class CertificateSchema(ApiSchema):
    id = fields.UUID()
    number = fields.String()
    standing = fields.Enum(Standing, by_value=True)
    name = fields.String(attribute="content.name")
    training = fields.Nested(TrainingSchema, attribute="content.training")
    issuer_zh = fields.String(attribute="content.issuer.zh")
    issuer_en = fields.String(attribute="content.issuer.en")
    issued_on = fields.Date(attribute="content.issued_on")
    sample = fields.Boolean(attribute="content.sample")
    person_id = fields.UUID()
    enrollment_id = fields.UUID()
    cohort_id = fields.UUID()
    intake_id = fields.UUID()
    rendered_at = fields.AwareDateTime(allow_none=True)
    render_error = fields.String(allow_none=True)
    voided_at = fields.AwareDateTime(allow_none=True)
    void_reason = fields.String(allow_none=True)
    replaces = fields.UUID(allow_none=True)
    superseded_by = fields.UUID(allow_none=True)


class CertificateWithLinksSchema(CertificateSchema):
    check_url = fields.String()
    pdf_url = fields.String(allow_none=True)


class VerdictSchema(ApiSchema):
    answer = fields.Enum(Answer, by_value=True)
    number = fields.String(attribute="content.number", dump_default=None)
    masked_name = fields.String()
    training = fields.Nested(TrainingSchema, attribute="content.training", dump_default=None)
    issuer_zh = fields.String(attribute="content.issuer.zh", dump_default=None)
    issuer_en = fields.String(attribute="content.issuer.en", dump_default=None)
    issued_on = fields.Date(attribute="content.issued_on", dump_default=None)
    sample = fields.Boolean(attribute="content.sample", dump_default=None)
    voided_at = fields.AwareDateTime(allow_none=True)
    successor_number = fields.String(allow_none=True)
    name_matches = fields.Boolean(allow_none=True)
    file_matches = fields.Boolean(allow_none=True)
