"""What goes out at the machines' door."""

from typing import Any

from marshmallow import Schema, fields

from services.courses.domain.attendance import Source
from services.courses.domain.completion import Outlook
from services.courses.domain.leave import LeaveKind, LeaveState
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState, StageState
from services.courses.operations.corrections import Effect
from services.courses.pages.messages import missing_sentence
from shared.vocabulary import AttendanceStatus, Category, Delivery, HalfDay, Ledger, OrganizedBy, Post, TeachingMode


def _code(words: Any, **options: Any) -> fields.Field[Any]:
    return fields.Enum(words, by_value=True, **options)


class UnitAnswer(Schema):
    mode = _code(TeachingMode)
    title = fields.String()
    quarter_hours = fields.Integer()
    virtual = fields.Boolean()


class CurriculumAnswer(Schema):
    category = _code(Category)
    delivery = _code(Delivery)
    units = fields.List(fields.Nested(UnitAnswer))
    waived = fields.List(_code(TeachingMode))
    ledgers = fields.List(_code(Ledger))
    total_quarter_hours = fields.Integer()
    required_numerator = fields.Integer()
    required_denominator = fields.Integer()
    evaluation_required = fields.Boolean()


class SessionAnswer(Schema):
    session_id = fields.UUID(attribute="id")
    cohort_id = fields.UUID()
    position = fields.Integer()
    mode = _code(TeachingMode)
    title = fields.String()
    quarter_hours = fields.Integer()
    virtual = fields.Boolean()
    state = _code(SessionState)
    planned_on = fields.Date(allow_none=True)
    half_day = _code(HalfDay, allow_none=True)
    held_on = fields.Date(allow_none=True)
    joint_lecture_id = fields.UUID(allow_none=True)
    record = fields.String()
    reason = fields.String()


class StageAnswer(Schema):
    mode = _code(TeachingMode)
    state = _code(StageState)
    held = fields.Integer()
    cancelled = fields.Integer()
    planned = fields.Integer()


class StopAnswer(Schema):
    stop_id = fields.UUID(attribute="id")
    session_id = fields.UUID()
    position = fields.Integer()
    host_school = fields.String()
    arrives_at = fields.AwareDateTime(allow_none=True)
    leaves_at = fields.AwareDateTime(allow_none=True)


class CohortFacts(Schema):
    cohort_id = fields.UUID(attribute="cohort.id")
    cohort_number = fields.Integer(attribute="cohort.cohort_number")
    intake_id = fields.UUID(attribute="cohort.intake_id")
    intake_number = fields.Integer(attribute="cohort.intake_number", allow_none=True)
    intake_title = fields.String(attribute="cohort.intake_title")
    category = _code(Category, attribute="cohort.category")
    delivery = _code(Delivery, attribute="cohort.delivery")
    organized_by = _code(OrganizedBy, attribute="cohort.organized_by")
    starts_on = fields.Date(attribute="cohort.starts_on")
    ends_on = fields.Date(attribute="cohort.ends_on")


class CohortLineAnswer(CohortFacts):
    trainees = fields.Integer()
    completed = fields.Integer()
    withdrawn = fields.Integer()
    sessions = fields.Integer()
    held = fields.Integer()


class CohortAnswer(CohortFacts):
    total_quarter_hours = fields.Integer(attribute="cohort.planned_quarter_hours")
    waived = fields.List(fields.String(), attribute="cohort.waived")
    trainees = fields.Integer()
    completed = fields.Integer()
    withdrawn = fields.Integer()
    stages = fields.List(fields.Nested(StageAnswer))
    timetable = fields.List(fields.Nested(SessionAnswer), attribute="sessions")
    stops = fields.List(fields.Nested(StopAnswer))


class StopsAnswer(Schema):
    stop_ids = fields.List(fields.UUID())


class CountAnswer(Schema):
    recorded = fields.Integer()


class JointLectureAnswer(Schema):
    joint_lecture_id = fields.UUID()


class SheetResultAnswer(Schema):
    sheet_id = fields.UUID()
    recorded = fields.Integer()
    unchanged = fields.Integer()
    completed = fields.List(fields.UUID())
    withdrawn = fields.List(fields.UUID())


class LedgerEntryAnswer(Schema):
    revision = fields.Integer()
    status = _code(AttendanceStatus)
    minutes = fields.Integer(allow_none=True)
    quarter_hours = fields.Integer()
    held_on = fields.Date()
    source = _code(Source)
    reason = fields.String()
    recorded_at = fields.AwareDateTime()
    recorded_by_name = fields.String()


class SheetLineAnswer(Schema):
    enrollment_id = fields.UUID(attribute="trainee.enrollment_id")
    name = fields.String(attribute="trainee.name")
    school_name = fields.String(attribute="trainee.school_name")
    group_number = fields.Integer(attribute="trainee.group_number", allow_none=True)
    checked_in = fields.Boolean()
    suggested = _code(AttendanceStatus)
    history = fields.List(fields.Nested(LedgerEntryAnswer))


class SheetAnswer(Schema):
    session = fields.Nested(SessionAnswer)
    is_open = fields.Boolean()
    lines = fields.List(fields.Nested(SheetLineAnswer))


class MissingAnswer(Schema):
    code = fields.String()
    facts = fields.Dict()
    reachable = fields.Boolean()
    message = fields.Function(missing_sentence)


class StandingAnswer(Schema):
    outlook = _code(Outlook)
    missing = fields.List(fields.Nested(MissingAnswer))
    earned_quarter_hours = fields.Integer(attribute="earned")
    completed_on = fields.Date(allow_none=True)


class CorrectionAnswer(Schema):
    sheet_id = fields.UUID(attribute="session_id")
    enrollment_id = fields.UUID()
    changed = fields.Boolean()
    preview = fields.Boolean()
    old_status = _code(AttendanceStatus, attribute="old.status")
    old_minutes = fields.Integer(attribute="old.minutes", allow_none=True)
    new_status = _code(AttendanceStatus, attribute="new.status")
    new_minutes = fields.Integer(allow_none=True)
    effects = fields.List(_code(Effect))
    before = fields.Nested(StandingAnswer)
    after = fields.Nested(StandingAnswer)


class ResultsAnswer(Schema):
    recorded = fields.Integer()
    unchanged = fields.Integer()
    completed = fields.List(fields.UUID())


class LeaveOutcomeAnswer(Schema):
    leave_id = fields.UUID()
    state = _code(LeaveState)
    quarter_hours = fields.Integer()
    missed_before = fields.Integer()
    leave_left = fields.Integer()
    would_withdraw = fields.Boolean()


class LeaveAnswer(Schema):
    leave_id = fields.UUID(attribute="id")
    enrollment_id = fields.UUID()
    kind = _code(LeaveKind)
    first_day = fields.Date()
    first_half = _code(HalfDay)
    last_day = fields.Date()
    last_half = _code(HalfDay)
    reason = fields.String()
    state = _code(LeaveState)


class TraineeStandingAnswer(Schema):
    enrollment_id = fields.UUID(attribute="trainee.enrollment_id")
    person_id = fields.UUID(attribute="trainee.person_id")
    name = fields.String(attribute="trainee.name")
    county_code = fields.String(attribute="trainee.county_code")
    county_name = fields.String(attribute="trainee.county_name")
    school_name = fields.String(attribute="trainee.school_name")
    post = _code(Post, attribute="trainee.post")
    place = _code(PlaceState, attribute="trainee.place")
    withdrawn = fields.Boolean(attribute="trainee.withdrawn")
    completed_on = fields.Date(attribute="trainee.completed_on", allow_none=True)
    outlook = _code(Outlook, attribute="standing.outlook")
    missing = fields.List(fields.Nested(MissingAnswer), attribute="standing.missing")
    earned_quarter_hours = fields.Integer(attribute="record.earned")
    missed_quarter_hours = fields.Integer(attribute="record.missed")


class CompletionAnswer(CohortFacts):
    total_quarter_hours = fields.Integer(attribute="course.total")
    required_quarter_hours = fields.Integer(attribute="course.required")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    trainees = fields.List(fields.Nested(TraineeStandingAnswer))


class YearHoursAnswer(Schema):
    year = fields.Integer()
    ledger = _code(Ledger)
    quarter_hours = fields.Integer()


class MinimumAnswer(Schema):
    year = fields.Integer()
    ledger = _code(Ledger)
    required_quarter_hours = fields.Integer(attribute="required")
    earned_quarter_hours = fields.Integer(attribute="earned")
    concentrated_required = fields.Integer()
    concentrated = fields.Integer()
    met = fields.Boolean()


class ModeRecordAnswer(StageAnswer):
    attended = fields.Integer()
    earned_quarter_hours = fields.Integer()


class TrainingAnswer(CohortFacts):
    enrollment_id = fields.UUID(attribute="own.trainee.enrollment_id")
    place = _code(PlaceState, attribute="own.trainee.place")
    withdrawn = fields.Boolean(attribute="own.trainee.withdrawn")
    completed_on = fields.Date(attribute="own.trainee.completed_on", allow_none=True)
    outlook = _code(Outlook, attribute="own.standing.outlook")
    missing = fields.List(fields.Nested(MissingAnswer), attribute="own.standing.missing")
    earned_quarter_hours = fields.Integer(attribute="own.record.earned")
    total_quarter_hours = fields.Integer(attribute="cohort.planned_quarter_hours")
    modes = fields.List(fields.Nested(ModeRecordAnswer))
    next_session = fields.Nested(SessionAnswer, allow_none=True)


class RecordAnswer(Schema):
    person_id = fields.UUID()
    trainings = fields.List(fields.Nested(TrainingAnswer))
    hours = fields.List(fields.Nested(YearHoursAnswer))
    minimums = fields.List(fields.Nested(MinimumAnswer))


class MemberAnswer(Schema):
    enrollment_id = fields.UUID()
    name = fields.String()
    county_name = fields.String()
    school_name = fields.String()


class GroupAnswer(Schema):
    number = fields.Integer()
    members = fields.List(fields.Nested(MemberAnswer))
    leader_id = fields.UUID(allow_none=True)
    recorder_id = fields.UUID(allow_none=True)
