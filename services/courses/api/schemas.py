"""What comes in at the machines' door."""

from marshmallow import fields, validate

from services.courses.domain.attendance import Source
from services.courses.domain.completion import Grade
from services.courses.domain.leave import LeaveKind
from shared.vocabulary import AttendanceStatus, HalfDay, Ledger, TeachingMode
from shared.web.service import ApiSchema

MOST_ENTRIES = validate.Length(max=2000)
TEXT = validate.Length(max=2000)
TITLE = validate.Length(min=1, max=200)
MINUTES = validate.Range(min=0, max=24 * 60)


class UnitSchema(ApiSchema):
    mode = fields.Enum(TeachingMode, by_value=True, required=True)
    title = fields.String(required=True, validate=TITLE)
    quarter_hours = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=32))
    virtual = fields.Boolean(load_default=False, metadata={"description": "A virtual visit in place of a real one (R11)."})


class CurriculumEditSchema(ApiSchema):
    units = fields.List(fields.Nested(UnitSchema), required=True, validate=validate.Length(min=1, max=200))
    waived = fields.List(fields.Enum(TeachingMode, by_value=True), load_default=list)
    ledgers = fields.List(fields.Enum(Ledger, by_value=True), required=True)
    required_numerator = fields.Integer(load_default=6, strict=True)
    required_denominator = fields.Integer(load_default=7, strict=True, validate=validate.Range(min=1))
    evaluation_required = fields.Boolean(load_default=True)


class HoldingSchema(ApiSchema):
    held_on = fields.Date(load_default=None, allow_none=True)
    joint_lecture_id = fields.UUID(load_default=None, allow_none=True)
    record = fields.String(load_default="", validate=validate.Length(max=20000))


class JointLectureSchema(ApiSchema):
    session_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=2, max=50))
    held_on = fields.Date(load_default=None, allow_none=True)


class CancellationSchema(ApiSchema):
    reason = fields.String(required=True, validate=TEXT)


class SlotSchema(ApiSchema):
    planned_on = fields.Date(required=True)
    half_day = fields.Enum(HalfDay, by_value=True, load_default=None, allow_none=True)


class StopSchema(ApiSchema):
    host_school = fields.String(required=True, validate=TITLE)
    arrives_at = fields.AwareDateTime(load_default=None, allow_none=True)
    leaves_at = fields.AwareDateTime(load_default=None, allow_none=True)


class StopsSchema(ApiSchema):
    stops = fields.List(fields.Nested(StopSchema), required=True, validate=validate.Length(max=50))
    allowed_missing = fields.Integer(load_default=0, strict=True)


class StopCheckInSchema(ApiSchema):
    enrollment_ids = fields.List(fields.UUID(), required=True, validate=MOST_ENTRIES)
    checked_in_at = fields.AwareDateTime(load_default=None, allow_none=True)


class EntrySchema(ApiSchema):
    enrollment_id = fields.UUID(required=True)
    status = fields.Enum(AttendanceStatus, by_value=True, load_default=None, allow_none=True)
    minutes = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=MINUTES, metadata={"description": "Online only (R17)."}
    )


class AttendanceSchema(ApiSchema):
    session_id = fields.UUID(load_default=None, allow_none=True)
    held_on = fields.Date(load_default=None, allow_none=True)
    half_day = fields.Enum(HalfDay, by_value=True, load_default=None, allow_none=True)
    entries = fields.List(fields.Nested(EntrySchema), load_default=list, validate=MOST_ENTRIES)
    default_status = fields.Enum(AttendanceStatus, by_value=True, load_default=None, allow_none=True)
    default_minutes = fields.Integer(load_default=None, allow_none=True, strict=True, validate=MINUTES)
    source = fields.Enum(Source, by_value=True, load_default=Source.SHEET)


class CorrectionSchema(EntrySchema):
    reason = fields.String(load_default="", validate=TEXT)
    preview = fields.Boolean(load_default=False, metadata={"description": "Show the effect on completion and write nothing (R40)."})


class GradeSchema(ApiSchema):
    enrollment_id = fields.UUID(required=True)
    grade = fields.Enum(Grade, by_value=True, required=True)


class AssessmentsSchema(ApiSchema):
    entries = fields.List(fields.Nested(GradeSchema), load_default=list, validate=MOST_ENTRIES)
    default_grade = fields.Enum(Grade, by_value=True, load_default=None, allow_none=True)
    assessed_on = fields.Date(load_default=None, allow_none=True)


class SignerSchema(ApiSchema):
    enrollment_id = fields.UUID(required=True)


class PledgesSchema(ApiSchema):
    entries = fields.List(fields.Nested(SignerSchema), load_default=list, validate=MOST_ENTRIES)
    everyone = fields.Boolean(load_default=False)
    signed_on = fields.Date(load_default=None, allow_none=True)


class AnswerSchema(ApiSchema):
    enrollment_id = fields.UUID(required=True)
    satisfied = fields.Boolean(required=True)
    comment = fields.String(load_default="", validate=TEXT)


class EvaluationsSchema(ApiSchema):
    entries = fields.List(fields.Nested(AnswerSchema), required=True, validate=MOST_ENTRIES)
    handed_in_on = fields.Date(load_default=None, allow_none=True)


class LeaveSchema(ApiSchema):
    kind = fields.Enum(LeaveKind, by_value=True, required=True)
    first_day = fields.Date(required=True)
    first_half = fields.Enum(HalfDay, by_value=True, load_default=HalfDay.MORNING)
    last_day = fields.Date(load_default=None, allow_none=True)
    last_half = fields.Enum(HalfDay, by_value=True, load_default=HalfDay.AFTERNOON)
    reason = fields.String(required=True, validate=TEXT)


class ApprovalSchema(ApiSchema):
    approved = fields.Boolean(required=True)


class GroupsSchema(ApiSchema):
    groups = fields.Integer(load_default=10, strict=True, validate=validate.Range(min=1, max=50))


class OfficerSchema(ApiSchema):
    group = fields.Integer(required=True, strict=True)
    leader = fields.UUID(required=True)
    recorder = fields.UUID(required=True)


class OfficersSchema(ApiSchema):
    officers = fields.List(fields.Nested(OfficerSchema), required=True, validate=validate.Length(min=1, max=50))
