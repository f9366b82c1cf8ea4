"""What courses tells: what was taught, who was there, and who has completed."""

from marshmallow import fields

from shared.contracts.event_type import EventType, Payload, personal
from shared.vocabulary import AttendanceStatus, Category, Delivery, HalfDay, OrganizedBy, TeachingMode


class CohortScheduledPayload(Payload):
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    teaching_days = fields.List(fields.Date(), required=True, metadata={"description": "Offline days, billable (R28); empty online."})
    total_quarter_hours = fields.Integer(required=True, metadata={"description": "Class hours of the curriculum × 4."})


class SessionHeldPayload(Payload):
    session_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    title = fields.String(required=True)
    mode = fields.Enum(TeachingMode, by_value=True, required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    held_on = fields.Date(required=True)
    half_day = fields.Enum(HalfDay, by_value=True, allow_none=True, load_default=None)
    quarter_hours = fields.Integer(required=True)
    joint_lecture_id = fields.UUID(
        allow_none=True,
        load_default=None,
        metadata={"description": "One id for a session taught to several cohorts; paid once (R29)."},
    )


class SessionCancelledPayload(Payload):
    session_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    reason = fields.String(required=True)


class AttendanceEntry(Payload):
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    status = fields.Enum(AttendanceStatus, by_value=True, required=True)
    attended = fields.Boolean(required=True, metadata={"description": "A valid half-day offline, or hours earned online (R25)."})
    quarter_hours = fields.Integer(required=True, metadata={"description": "Class hours earned in it × 4 (R17)."})


class AttendanceRecordedPayload(Payload):
    sheet_id = fields.UUID(required=True, metadata={"description": "One sheet per cohort and slot: a half-day offline, a unit online."})
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    held_on = fields.Date(required=True)
    half_day = fields.Enum(HalfDay, by_value=True, allow_none=True, load_default=None, metadata={"description": "Offline only."})
    entries = fields.List(fields.Nested(AttendanceEntry), required=True)


class AttendanceCorrectedPayload(Payload):
    sheet_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    held_on = fields.Date(required=True)
    half_day = fields.Enum(HalfDay, by_value=True, allow_none=True, load_default=None)
    entry = fields.Nested(AttendanceEntry, required=True, metadata={"description": "What stands now; the ledger keeps the rest."})


class TraineeWithdrawnPayload(Payload):
    cohort_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    missed_quarter_hours = fields.Integer(required=True)
    total_quarter_hours = fields.Integer(required=True)


class TraineeReinstatedPayload(Payload):
    cohort_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)


class TrainingCompletedPayload(Payload):
    """Everything a certificate states, so that it can be issued from this event alone."""

    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    cohort_number = fields.Integer(required=True)
    intake_id = fields.UUID(required=True)
    intake_number = fields.Integer(allow_none=True, load_default=None)
    intake_title = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    organized_by = fields.Enum(OrganizedBy, by_value=True, required=True)
    name = personal(sentence="Full name as it will stand on the certificate.")
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    earned_quarter_hours = fields.Integer(required=True)
    total_quarter_hours = fields.Integer(required=True)
    completed_on = fields.Date(required=True)


class CompletionWithdrawnPayload(Payload):
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    missing = fields.List(fields.String(), required=True, metadata={"description": "Codes of the rules that no longer hold."})


class EvaluationHandedInPayload(Payload):
    cohort_id = fields.UUID(required=True)
    intake_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    satisfied = fields.Boolean(required=True)


COHORT_SCHEDULED = EventType(
    name="courses.cohort.scheduled.v1",
    when="The timetable of a confirmed cohort has been made from its curriculum.",
    subject="cohort",
    payload=CohortScheduledPayload,
)
SESSION_HELD = EventType(
    name="courses.session.held.v1",
    when="A session has been taught to a cohort.",
    subject="cohort",
    payload=SessionHeldPayload,
)
SESSION_CANCELLED = EventType(
    name="courses.session.cancelled.v1",
    when="A session has been cancelled, with a reason (R10).",
    subject="cohort",
    payload=SessionCancelledPayload,
)
ATTENDANCE_RECORDED = EventType(
    name="courses.attendance.recorded.v1",
    when="The attendance of one slot has been entered: everyone listed, once.",
    subject="cohort",
    payload=AttendanceRecordedPayload,
)
ATTENDANCE_CORRECTED = EventType(
    name="courses.attendance.corrected.v1",
    when="One person's attendance in one slot has been superseded by a correction (R14).",
    subject="cohort",
    payload=AttendanceCorrectedPayload,
)
TRAINEE_WITHDRAWN = EventType(
    name="courses.trainee.withdrawn.v1",
    when="A trainee has missed more than a seventh of the hours and is withdrawn from training (R15).",
    subject="enrollment",
    payload=TraineeWithdrawnPayload,
)
TRAINEE_REINSTATED = EventType(
    name="courses.trainee.reinstated.v1",
    when="A correction has removed the ground of a withdrawal; the trainee is in training again (R15).",
    subject="enrollment",
    payload=TraineeReinstatedPayload,
)
TRAINING_COMPLETED = EventType(
    name="courses.training.completed.v1",
    when="A trainee has met every rule of completion (R16).",
    subject="enrollment",
    payload=TrainingCompletedPayload,
)
COMPLETION_WITHDRAWN = EventType(
    name="courses.completion.withdrawn.v1",
    when="A correction has undone a completion (R40).",
    subject="enrollment",
    payload=CompletionWithdrawnPayload,
)
EVALUATION_HANDED_IN = EventType(
    name="courses.evaluation.handed_in.v1",
    when="A trainee has handed in the evaluation of the training (R30).",
    subject="enrollment",
    payload=EvaluationHandedInPayload,
)
