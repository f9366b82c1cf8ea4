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


class PlaceChange(Word):
    """What has become of a place, line by line of its history."""

    NOMINATED = "nominated", "已报", "Nominated"
    IMPORTED = "imported", "名单导入录入", "Entered by a roster"
    UPDATED = "updated", "名单导入更新", "Changed by a roster"
    CONFIRMED = "confirmed", "已确认", "Confirmed"
    MOVED_UP = "moved_up", "候补递补", "Moved up from the waiting list"
    CHECKED_IN = "checked_in", "已报到", "Checked in"
    LEFT = "left", "退出", "Gave up the place"
    SUBSTITUTED = "substituted", "已换人", "Substituted"
    SUBSTITUTES = "substitutes", "接替名额", "Took over the place"
    WITHDRAWN = "withdrawn", "退训", "Withdrawn from training"
    REINSTATED = "reinstated", "更正后恢复在训", "Back in training after a correction"


class CorrectionField(Word):
    """What of the own data a person can say is wrong (R48)."""

    NAME = "name", "姓名", "Full name"
    ID_NUMBER = "id_number", "身份证号", "ID number"
    PHONE = "phone", "手机号", "Mobile number"
    POST = "post", "职务", "Post"
    UNIT = "unit", "单位", "Unit"
    OTHER = "other", "其他", "Something else"


class RequestState(Word):
    """How a request for a correction stands; it is decided once."""

    OPEN = "open", "待处理", "Open"
    DONE = "done", "已更正", "Corrected"
    REFUSED = "refused", "未更正", "Not corrected"
