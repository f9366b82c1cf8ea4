"""What enrollment's API takes and answers."""

from marshmallow import Schema, fields, validate

from services.enrollment.domain.words import CohortState, EnrollmentStatus, IntakeState, OrganizationKind
from shared.vocabulary import Category, Delivery, OrganizedBy, Post
from shared.web.service import ApiSchema

TEXT = validate.Length(min=1, max=100)
REASON = validate.Length(min=2, max=200)
COUNTY = validate.Regexp(r"^\d{6}$")


class OrganizationEntry(ApiSchema):
    code = fields.String(required=True, validate=validate.Length(min=1, max=20))
    name = fields.String(required=True, validate=TEXT)
    kind = fields.Enum(OrganizationKind, by_value=True, required=True)
    parent_code = fields.String(load_default=None, allow_none=True)
    county_code = fields.String(required=True, validate=COUNTY)
    is_public = fields.Boolean(load_default=None, allow_none=True)
    school_level = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(("primary", "junior", "senior")))
    party_organization = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(("committee", "general_branch", "branch"))
    )
    stars = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 5))
    is_new = fields.Boolean(load_default=False)


class Organizations(ApiSchema):
    organizations = fields.List(fields.Nested(OrganizationEntry), required=True, validate=validate.Length(min=1, max=20_000))


class Registered(Schema):
    added = fields.Integer()
    updated = fields.Integer()


class OrganizationFilter(ApiSchema):
    kind = fields.Enum(OrganizationKind, by_value=True, load_default=None)
    county_code = fields.String(load_default=None, validate=COUNTY)
    name = fields.String(load_default="")
    after = fields.String(load_default="")
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 2000))


class Organization(Schema):
    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    kind = fields.Enum(OrganizationKind, by_value=True)
    county_code = fields.String()
    is_public = fields.Boolean(allow_none=True)
    school_level = fields.String(allow_none=True)
    party_organization = fields.String(allow_none=True)
    stars = fields.Integer(allow_none=True)
    is_new = fields.Boolean()


class NewProgram(ApiSchema):
    year = fields.Integer(required=True, validate=validate.Range(2000, 2100))
    title = fields.String(required=True, validate=TEXT)
    category = fields.Enum(Category, by_value=True, required=True)
    planned_intakes = fields.Integer(required=True, validate=validate.Range(0, 1000))
    planned_people = fields.Integer(required=True, validate=validate.Range(0, 1_000_000))
    funding = fields.String(load_default="", validate=validate.Length(max=200))


class Program(NewProgram):
    id = fields.UUID()


class NewIntake(ApiSchema):
    number = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 10_000))
    title = fields.String(required=True, validate=TEXT)
    category = fields.Enum(Category, by_value=True, required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    organized_by = fields.Enum(OrganizedBy, by_value=True, load_default=OrganizedBy.CITY)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    program_id = fields.UUID(load_default=None, allow_none=True)
    base = fields.String(load_default="", validate=validate.Length(max=100))
    planned = fields.Boolean(load_default=True)
    approval = fields.String(load_default="", validate=validate.Length(max=200))


class IntakeCorrection(ApiSchema):
    title = fields.String(required=True, validate=TEXT)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    base = fields.String(required=True, validate=validate.Length(max=100))
    planned = fields.Boolean(required=True)
    approval = fields.String(load_default="", validate=validate.Length(max=200))


class Intake(Schema):
    id = fields.UUID()
    number = fields.Integer(allow_none=True)
    title = fields.String()
    category = fields.Enum(Category, by_value=True)
    delivery = fields.Enum(Delivery, by_value=True)
    organized_by = fields.Enum(OrganizedBy, by_value=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    program_id = fields.UUID(allow_none=True)
    base = fields.String()
    planned = fields.Boolean()
    approval = fields.String()
    state = fields.Enum(IntakeState, by_value=True)
    closed_on = fields.Date(allow_none=True)


class IntakeWithCounts(Intake):
    cohorts = fields.Integer()
    seats = fields.Integer()
    taken = fields.Integer()


class IntakePage(ApiSchema):
    after = fields.String(load_default=None, metadata={"description": "The `next` of the page before."})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class IntakeList(Schema):
    items = fields.List(fields.Nested(IntakeWithCounts))
    next = fields.String(allow_none=True)


class Closure(ApiSchema):
    closed_on = fields.Date(load_default=None, allow_none=True)


class NewCohort(ApiSchema):
    number = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 1000))
    seats = fields.Integer(load_default=100, validate=validate.Range(1, 1000))
    round_deadline = fields.Date(load_default=None, allow_none=True)


class Cohort(Schema):
    id = fields.UUID()
    intake_id = fields.UUID()
    number = fields.Integer()
    seats = fields.Integer()
    taken = fields.Integer()
    waiting = fields.Integer()
    checked_in = fields.Integer()
    quota_round = fields.Integer()
    round_deadline = fields.Date(allow_none=True)
    state = fields.Enum(CohortState, by_value=True)


class CohortFilter(ApiSchema):
    intake_id = fields.UUID(load_default=None)


class Made(Schema):
    id = fields.UUID()


class Cell(ApiSchema):
    county_code = fields.String(required=True, validate=COUNTY)
    seats = fields.Integer(required=True, validate=validate.Range(0, 1000))


class Grid(ApiSchema):
    cells = fields.List(fields.Nested(Cell), required=True)


class CellProgress(Schema):
    county_code = fields.String()
    county_name = fields.String()
    seats = fields.Integer()
    used = fields.Integer()
    nominated = fields.Integer()
    waiting = fields.Integer()
    left = fields.Integer()
    schools = fields.Integer()


class NewNominee(ApiSchema):
    name = fields.String(required=True)
    id_number = fields.String(required=True)
    phone = fields.String(load_default="")
    post = fields.String(required=True, metadata={"description": "A code, or a wording such as 党支部书记."})
    school_id = fields.UUID(required=True)
    nation = fields.String(load_default="", validate=validate.Length(max=20))
    political_status = fields.String(load_default="", validate=validate.Length(max=20))
    lodging = fields.Boolean(load_default=None, allow_none=True)
    remarks = fields.String(load_default="")
    override_reason = fields.String(load_default="")


class Nomination(Schema):
    enrollment_id = fields.UUID()
    person_id = fields.UUID()
    status = fields.Enum(EnrollmentStatus, by_value=True)
    waiting_number = fields.Integer(allow_none=True)


class Enrollment(Schema):
    id = fields.UUID()
    cohort_id = fields.UUID()
    intake_id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    sex = fields.String()
    post = fields.Enum(Post, by_value=True)
    school_id = fields.UUID()
    school_name = fields.String()
    county_code = fields.String()
    county_name = fields.String()
    status = fields.Enum(EnrollmentStatus, by_value=True)
    waiting_number = fields.Integer(allow_none=True)
    group_number = fields.Integer(allow_none=True)
    checked_in_at = fields.AwareDateTime(allow_none=True)
    substitutes = fields.UUID(allow_none=True)


class OwnEnrollment(Enrollment):
    cohort_number = fields.Integer()
    intake_title = fields.String()
    intake_number = fields.Integer(allow_none=True)
    intake_delivery = fields.Enum(Delivery, by_value=True)
    intake_starts_on = fields.Date()
    intake_ends_on = fields.Date()
    intake_base = fields.String()


class Confirmed(Schema):
    people = fields.Integer()


class CheckIns(ApiSchema):
    enrollment_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=1000))
    checked_in_at = fields.AwareDateTime(load_default=None, allow_none=True)


class CheckIn(ApiSchema):
    checked_in_at = fields.AwareDateTime(load_default=None, allow_none=True)


class Withdrawal(ApiSchema):
    reason = fields.String(required=True, validate=REASON)


class MovedUp(Schema):
    moved_up = fields.UUID(allow_none=True)


class Substitution(ApiSchema):
    reason = fields.String(required=True, validate=REASON)
    nominee = fields.Nested(NewNominee, required=True)


class Merge(ApiSchema):
    merged_person_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=REASON)


class Returned(Schema):
    returned = fields.Integer()
