"""The rules of enrollment that can be broken, by name."""

from shared.domain import RuleBroken


class CohortFull(RuleBroken):
    """All seats are taken (R1)."""

    code = "cohort_full"


class CohortNotOpen(RuleBroken):
    """The roster of this cohort is confirmed; changes go by withdrawal and substitution."""

    code = "cohort_not_open"


class CohortNotConfirmed(RuleBroken):
    """The roster of this cohort is not confirmed yet."""

    code = "cohort_not_confirmed"


class CohortEmpty(RuleBroken):
    """Nobody is enrolled in this cohort."""

    code = "cohort_empty"


class IntakeIsClosed(RuleBroken):
    """The intake has been closed."""

    code = "intake_is_closed"


class IntakeNotOver(RuleBroken):
    """An intake is closed after its last day, with its cohorts confirmed (R22)."""

    code = "intake_not_over"


class IntakeAlreadyTold(RuleBroken):
    """The roster of one of its cohorts is confirmed, and the other services know title and days of the intake."""

    code = "intake_already_told"


class IntakeOpenedTwice(RuleBroken):
    """The province's intake with this title and these days is open already."""

    code = "intake_opened_twice"


class NumberTaken(RuleBroken):
    """This number, code or title is in use."""

    code = "number_taken"


class QuotaSumWrong(RuleBroken):
    """The cells of a grid add up to the seats exactly (R4)."""

    code = "quota_sum_wrong"


class QuotaBelowTaken(RuleBroken):
    """A cell never drops below what is used in it (R4)."""

    code = "quota_below_taken"


class QuotaMissing(RuleBroken):
    """Seats are split over the counties before anyone is nominated (R4)."""

    code = "quota_missing"


class QuotaExceeded(RuleBroken):
    """The unit has used its quota (R4)."""

    code = "quota_exceeded"


class RoundAlreadyClosed(RuleBroken):
    """Round 1 is over; unused seats have returned to the city's pool (R4)."""

    code = "round_already_closed"


class WrongCategory(RuleBroken):
    """Post or school does not fit the category of the intake (R2)."""

    code = "wrong_category"


class AlreadyInIntake(RuleBroken):
    """The same person twice in one intake (R3)."""

    code = "already_in_intake"


class DatesOverlap(RuleBroken):
    """The person is in another offline cohort on the same days (R3)."""

    code = "dates_overlap"


class KnownUnderAnotherName(RuleBroken):
    """This ID number is known under another name; nothing is overwritten (R7)."""

    code = "known_under_another_name"


class NotEnrolled(RuleBroken):
    """This place is not an enrolled one (any more)."""

    code = "not_enrolled"


class AlreadyCheckedIn(RuleBroken):
    """After check-in nobody else can take the place (R9: 不准冒名顶替)."""

    code = "already_checked_in"


class SamePerson(RuleBroken):
    """A person cannot be merged with themselves, nor take their own place."""

    code = "same_person"


class OtherCounty(RuleBroken):
    """Seat and quota cell stay with the county; the person who comes instead is from the same one (R9)."""

    code = "other_county"


class ReasonMissing(RuleBroken):
    """Whoever gives up a place or takes another's says why (R9)."""

    code = "reason_missing"


class RequestOpen(RuleBroken):
    """The person has asked for a correction of the same thing, and it is not decided yet (R48)."""

    code = "request_open"


class RequestDecided(RuleBroken):
    """A request for a correction is decided once."""

    code = "request_decided"


class AnswerMissing(RuleBroken):
    """Who decides a request says what was done, or why nothing was."""

    code = "answer_missing"


class KeyChangedMeanwhile(RuleBroken):
    """Another secret was put in force while this one waited for its turn (R43)."""

    code = "key_changed_meanwhile"


class NextSecretMissing(RuleBroken):
    """Secrets come from the settings here, and the settings give no other than the one in force (R43)."""

    code = "next_secret_missing"


class WorkbookErased(RuleBroken):
    """The file holds phones and diets, and is kept no longer than they are (R48)."""

    code = "workbook_erased"
