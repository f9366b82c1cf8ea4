"""What the doors of finance read and answer."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters, period_of
from services.finance.domain.read_model_run import RunKind, RunState
from services.finance.queries.totals import Grouping
from shared.vocabulary import Category, Delivery, OrganizedBy
from shared.web.service import ApiSchema


class ReportQuery(Schema):
    """What a report is narrowed to and broken down by."""

    year = fields.Integer(load_default=None, allow_none=True, metadata={"description": "A calendar year; not together with from and to."})
    first = fields.Date(load_default=None, allow_none=True, data_key="from")
    last = fields.Date(load_default=None, allow_none=True, data_key="to")
    category = fields.Enum(Category, by_value=True, load_default=None, allow_none=True)
    delivery = fields.Enum(Delivery, by_value=True, load_default=None, allow_none=True)
    county_code = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"^\d{6}$"))
    intake_id = fields.UUID(load_default=None, allow_none=True)
    by = fields.Enum(Grouping, by_value=True, load_default=None, allow_none=True)


def filters_of(query: dict[str, Any]) -> Filters:
    """The filters a query asks for. Raises `Malformed` when they contradict each other."""
    return Filters(
        period=period_of(query["year"], query["first"], query["last"]),
        category=query["category"],
        delivery=query["delivery"],
        county_code=query["county_code"],
        intake_id=query["intake_id"],
    )


class FunnelSchema(Schema):
    """From seats to certificates (R24)."""

    quota = fields.Integer()
    nominated = fields.Integer()
    confirmed = fields.Integer()
    checked_in = fields.Integer()
    attended = fields.Integer(attribute="participations")
    completed = fields.Integer()
    certified = fields.Integer()


class FiguresSchema(Schema):
    """One column of figures; days and hours are exact halves and quarters, rates have four places."""

    intakes = fields.Integer()
    cohorts = fields.Integer()
    people = fields.Integer()
    participations = fields.Integer()
    offline = fields.Integer()
    online = fields.Integer()
    person_days = fields.Float()
    billable_person_days = fields.Integer(attribute="billable_days")
    person_hours = fields.Float()
    taught_hours = fields.Float(allow_none=True)
    completion_rate = fields.Float(allow_none=True)
    show_up_rate = fields.Float(allow_none=True)
    satisfaction = fields.Float(allow_none=True)
    answers = fields.Integer()
    funnel = fields.Function(lambda one: _funnel(one))


def _funnel(one: Figures) -> dict[str, int]:
    return dict(FunnelSchema().dump(one))


class GroupSchema(Schema):
    """One group of a report."""

    key = fields.String()
    name = fields.String()
    figures = fields.Nested(FiguresSchema)


class DefinitionSchema(Schema):
    """What one figure means, and the rule it follows."""

    code = fields.String()
    rule = fields.String()
    name = fields.String()
    meaning = fields.String()


class FiltersSchema(Schema):
    """The filters, as they were understood."""

    first = fields.Date(attribute="period.first", data_key="from", allow_none=True)
    last = fields.Date(attribute="period.last", data_key="to", allow_none=True)
    category = fields.Enum(Category, by_value=True, allow_none=True)
    delivery = fields.Enum(Delivery, by_value=True, allow_none=True)
    county_code = fields.String(allow_none=True)
    intake_id = fields.UUID(allow_none=True)


class BasisSchema(Schema):
    """What a report rests on (R22–R32)."""

    rules = fields.String()
    drawn_at = fields.AwareDateTime()
    cut_off = fields.AwareDateTime(allow_none=True)
    filters = fields.Nested(FiltersSchema)
    scope = fields.String()
    definitions = fields.List(fields.Nested(DefinitionSchema))


class ByDeliverySchema(Schema):
    """The figures of each delivery."""

    offline = fields.Nested(FiguresSchema)
    online = fields.Nested(FiguresSchema)


class TotalsSchema(Schema):
    """A report."""

    basis = fields.Nested(BasisSchema)
    totals = fields.Nested(FiguresSchema)
    by_delivery = fields.Nested(ByDeliverySchema)
    by = fields.Enum(Grouping, by_value=True, allow_none=True)
    groups = fields.List(fields.Nested(GroupSchema))


class IntakeSchema(Schema):
    """An intake as finance knows it, with its figures."""

    id = fields.UUID()
    number = fields.Integer(allow_none=True)
    title = fields.String()
    category = fields.Enum(Category, by_value=True)
    delivery = fields.Enum(Delivery, by_value=True)
    organized_by = fields.Enum(OrganizedBy, by_value=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    planned = fields.Boolean()
    closed_on = fields.Date(allow_none=True)
    figures = fields.Nested(FiguresSchema)


class IntakesSchema(Schema):
    """All intakes, by last day."""

    intakes = fields.List(fields.Nested(IntakeSchema))


class FreshnessSchema(Schema):
    """How fresh the figures are."""

    cut_off = fields.AwareDateTime(allow_none=True)
    latest_type = fields.String(allow_none=True)
    applied_at = fields.AwareDateTime(allow_none=True)
    pending = fields.Integer()
    oldest_pending = fields.AwareDateTime(allow_none=True)
    parked = fields.Integer()
    gaps = fields.Integer()
    awaited = fields.Integer(metadata={"description": "Places heard of before their roster; they count as soon as it comes."})


class ReadModelRunRequest(ApiSchema):
    """What is to be done with the figures: compare them with the log of events, or rebuild them from it."""

    kind = fields.Enum(RunKind, by_value=True, required=True)


class ReadModelRunSchema(Schema):
    """One run; figures that are not known yet are none."""

    id = fields.Integer()
    kind = fields.Enum(RunKind, by_value=True)
    state = fields.Enum(RunState, by_value=True)
    asked_at = fields.AwareDateTime()
    asked_by = fields.String(metadata={"description": "The account that asked."})
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)
    events = fields.Integer(allow_none=True, metadata={"description": "How many events were applied."})
    difference_count = fields.Integer(allow_none=True)
    differences = fields.List(fields.String(), metadata={"description": "The first twenty."})
    error = fields.String(allow_none=True)


class ReadModelRunsSchema(Schema):
    """The last runs, newest first."""

    runs = fields.List(fields.Nested(ReadModelRunSchema))
