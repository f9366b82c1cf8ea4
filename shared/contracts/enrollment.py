"""What enrollment tells: who is in which cohort, and what became of each place."""

from marshmallow import fields, validate

from shared.contracts.event_type import EventType, Payload, personal
from shared.vocabulary import Category, Delivery, OrganizedBy, Post


class IntakeFacts(Payload):
    """The intake a cohort belongs to, as it stood when the event happened."""

    intake_id = fields.UUID(required=True)
    number = fields.Integer(allow_none=True, load_default=None, metadata={"description": "第几期; none for an intake of another level"})
    title = fields.String(required=True)
    category = fields.Enum(Category, by_value=True, required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    organized_by = fields.Enum(OrganizedBy, by_value=True, required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    planned = fields.Boolean(required=True, metadata={"description": "false: outside the plan, held with a leader's approval"})


class PlaceFacts(Payload):
    """One person's place in a cohort: snapshots of the day, since people move and past totals do not."""

    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    name = personal(sentence="Full name as it will stand on the certificate.")
    sex = personal(sentence="男 or 女.")
    county_code = fields.String(required=True, metadata={"description": "Six-digit division code."})
    county_name = fields.String(required=True)
    school_id = fields.UUID(required=True)
    school_name = fields.String(required=True)
    post = fields.Enum(Post, by_value=True, required=True)
    group_number = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(min=1))


class FunnelFacts(Payload):
    """What a county was given and had nominated when the cohort was confirmed (R24)."""

    county_code = fields.String(required=True)
    county_name = fields.String(required=True)
    quota = fields.Integer(required=True)
    nominated = fields.Integer(required=True)
    confirmed = fields.Integer(required=True)


class CohortConfirmedPayload(Payload):
    cohort_id = fields.UUID(required=True)
    cohort_number = fields.Integer(required=True, metadata={"description": "第几班 within the intake."})
    seats = fields.Integer(required=True)
    intake = fields.Nested(IntakeFacts, required=True)
    roster = fields.List(fields.Nested(PlaceFacts), required=True)
    funnel = fields.List(fields.Nested(FunnelFacts), required=True)


class TraineeAdmittedPayload(Payload):
    cohort_id = fields.UUID(required=True)
    place = fields.Nested(PlaceFacts, required=True)


class TraineeSubstitutedPayload(Payload):
    cohort_id = fields.UUID(required=True)
    substituted_enrollment_id = fields.UUID(required=True)
    place = fields.Nested(PlaceFacts, required=True, metadata={"description": "The place of the person who comes instead."})


class TraineeLeftPayload(Payload):
    cohort_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    checked_in = fields.Boolean(required=True, metadata={"description": "Whether the person had checked in before leaving."})


class TraineeCheckedInPayload(Payload):
    cohort_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    checked_in_at = fields.AwareDateTime(required=True)


class IntakeClosedPayload(Payload):
    intake_id = fields.UUID(required=True)
    cohort_ids = fields.List(fields.UUID(), required=True)
    closed_on = fields.Date(required=True)


class PersonMergedPayload(Payload):
    kept_person_id = fields.UUID(required=True)
    merged_person_id = fields.UUID(required=True)


COHORT_CONFIRMED = EventType(
    name="enrollment.cohort.confirmed.v1",
    when="An organizer has closed the roster of a cohort.",
    subject="cohort",
    payload=CohortConfirmedPayload,
)
TRAINEE_ADMITTED = EventType(
    name="enrollment.trainee.admitted.v1",
    when="A person from the waiting list has taken a free seat of a confirmed cohort.",
    subject="cohort",
    payload=TraineeAdmittedPayload,
)
TRAINEE_SUBSTITUTED = EventType(
    name="enrollment.trainee.substituted.v1",
    when="Before check-in, another person has taken over a place in a confirmed cohort (R9).",
    subject="cohort",
    payload=TraineeSubstitutedPayload,
)
TRAINEE_LEFT = EventType(
    name="enrollment.trainee.left.v1",
    when="A person has given up the place in a confirmed cohort.",
    subject="cohort",
    payload=TraineeLeftPayload,
)
TRAINEE_CHECKED_IN = EventType(
    name="enrollment.trainee.checked_in.v1",
    when="A trainee has reported at the venue (报到), or has first entered the online class.",
    subject="enrollment",
    payload=TraineeCheckedInPayload,
)
INTAKE_CLOSED = EventType(
    name="enrollment.intake.closed.v1",
    when="An organizer has closed an intake after its last day; only closed intakes count as held (R22).",
    subject="intake",
    payload=IntakeClosedPayload,
)
PERSON_MERGED = EventType(
    name="enrollment.person.merged.v1",
    when="An organizer has found two records to be one person (R7).",
    subject="person",
    payload=PersonMergedPayload,
)
