"""Enrollment's own codes, with their names: what an organization is, and how intakes, cohorts and places stand."""

from shared.vocabulary import Word


class OrganizationKind(Word):
    """The levels of the register, from the city down."""

    CITY_COMMISSION = "city_commission", "市教育工委", "City commission"
    COUNTY_COMMISSION = "county_commission", "县(市、区)教育工委", "County commission"
    SCHOOL = "school", "学校", "School"
    BRANCH = "branch", "校内党组织", "Branch within a school"


class IntakeState(Word):
    """An intake is open until an organizer closes it after its last day (R22)."""

    OPEN = "open", "进行中", "Open"
    CLOSED = "closed", "已结班", "Closed"


class CohortState(Word):
    """A cohort takes nominations until its roster is confirmed."""

    OPEN = "open", "报名中", "Open for nominations"
    CONFIRMED = "confirmed", "已确认", "Confirmed"


class EnrollmentStatus(Word):
    """How a person's place in a cohort stands."""

    ENROLLED = "enrolled", "已录取", "Enrolled"
    WAITING = "waiting", "候补", "On the waiting list"
    LEFT = "left", "已退出", "Left"
    SUBSTITUTED = "substituted", "已换人", "Substituted"
    WITHDRAWN = "withdrawn", "退训", "Withdrawn from training"
