"""The named rules of teaching that can be broken; pages turn their codes into sentences."""

from shared.domain import RuleBroken


class ModeOutOfOrder(RuleBroken):
    """A later mode was begun while an earlier one still has open units (R10)."""

    code = "mode_out_of_order"


class SessionClosed(RuleBroken):
    """The session has already been held or cancelled."""

    code = "session_closed"


class SessionIsCancelled(RuleBroken):
    """Nobody can have attended a session that was cancelled."""

    code = "session_is_cancelled"


class SessionHasAttendance(RuleBroken):
    """A session whose attendance is in the ledger cannot be cancelled (R14)."""

    code = "session_has_attendance"


class SeminarRecordMissing(RuleBroken):
    """A seminar unit closes only with a record (R13)."""

    code = "seminar_record_missing"


class InTheFuture(RuleBroken):
    """What has not happened yet cannot be recorded."""

    code = "in_the_future"


class AlreadyRecorded(RuleBroken):
    """The slot stands in the ledger with another value; only a correction may change it (R14)."""

    code = "already_recorded"


class NothingToCorrect(RuleBroken):
    """A correction needs an entry that it supersedes (R14)."""

    code = "nothing_to_correct"


class SlotTaken(RuleBroken):
    """Another session of the cohort stands in this half-day."""

    code = "slot_taken"


class LeaveDecided(RuleBroken):
    """The leave has already been approved or refused."""

    code = "leave_decided"


class PlaceGivenUp(RuleBroken):
    """The person no longer has a place in the cohort."""

    code = "place_given_up"


class EvaluationHandedIn(RuleBroken):
    """An evaluation is handed in once (R30 counts it)."""

    code = "evaluation_handed_in"


class StopsVisited(RuleBroken):
    """The stops of a tour cannot change once somebody has checked in at one (R12)."""

    code = "stops_visited"


class NoTourSession(RuleBroken):
    """Only an observation tour has stops (R12)."""

    code = "no_tour_session"


class HeldOnAnotherDay(RuleBroken):
    """The ledger already says on which day the session took place."""

    code = "held_on_another_day"


class JointLectureElsewhere(RuleBroken):
    """A joint lecture is one lecture: the same day and half-day for every cohort (R29)."""

    code = "joint_lecture_elsewhere"


class AppealOpen(RuleBroken):
    """An appeal against the same entry is not decided yet (R48)."""

    code = "appeal_open"


class TooManyAppeals(RuleBroken):
    """Only a handful of a person's appeals are open at a time."""

    code = "too_many_appeals"


class AppealDecided(RuleBroken):
    """An appeal is decided once."""

    code = "appeal_decided"


class NotCorrectedYet(RuleBroken):
    """An appeal is granted by a correction of the ledger, never by words alone (R14)."""

    code = "not_corrected_yet"


class AnswerMissing(RuleBroken):
    """Who refuses an appeal says why."""

    code = "answer_missing"
