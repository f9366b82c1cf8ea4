"""The sentences behind the codes of rules and problems."""

from typing import Any

from services.courses.domain.completion import Missing
from shared.web.language import N_, class_hours
from shared.web.problems import explain

# What keeps a trainee from completion (R16); places are filled with the amounts.
MISSING: dict[str, str] = {
    "place_given_up": N_("The place has been given up."),
    "withdrawn": N_("Missed {missed} of {total} class hours, more than a seventh: withdrawn from training."),
    "mode_missing": N_("Still missing: {mode}, {hours} class hours."),
    "stops_missing": N_("Still missing: check-in at {stops} more stops of the observation tour."),
    "hours_missing": N_("Still missing in total: {hours} class hours."),
    "training_not_over": N_("Sessions still to come: {sessions}."),
    "assessment_missing": N_("Still missing: the assessment."),
    "assessment_unqualified": N_("The assessment was not passed."),
    "pledge_missing": N_("Still missing: the signed discipline pledge."),
    "evaluation_missing": N_("Still missing: the evaluation of the training."),
}
RULES: dict[str, str] = {
    "appeal_open": N_("Your appeal against this entry is not decided yet."),
    "too_many_appeals": N_("You have {most} open appeals; please wait for an answer first."),
    "appeal_decided": N_("Somebody has already decided this appeal."),
    "not_corrected_yet": N_("Correct the entry first; then say here that it is done."),
    "answer_missing": N_("Say why the entry stays; the person reads it."),
    "mode_out_of_order": N_("{mode} opens when {earlier} is done; sessions still open there: {waiting}."),
    "session_closed": N_("“{title}” has already been held or cancelled."),
    "session_is_cancelled": N_("“{title}” was cancelled, so nobody can have attended it."),
    "session_has_attendance": N_("“{title}” has attendance in the ledger and cannot be cancelled."),
    "seminar_record_missing": N_("A seminar closes only with its record. Write down what was discussed."),
    "in_the_future": N_("{day} has not come yet; only what has happened can be recorded."),
    "already_recorded": N_("This slot is already recorded with other values for {count} people ({names}). Change them by a correction."),
    "nothing_to_correct": N_("Nothing is recorded for {name} in this slot, so there is nothing to correct."),
    "slot_taken": N_("“{title}” already takes place in this half-day."),
    "leave_decided": N_("This leave has already been decided otherwise."),
    "place_given_up": MISSING["place_given_up"],
    "evaluation_handed_in": N_("{name} has already handed in an evaluation."),
    "stops_visited": N_("Somebody has already checked in at a stop, so the stops stay as they are."),
    "no_tour_session": N_("“{title}” is not an observation tour, so it has no stops."),
    "held_on_another_day": N_("Attendance says that “{title}” took place on {held_on}."),
    "joint_lecture_elsewhere": N_("A joint lecture takes place at one time; “{title}” was held at another."),
}
PROBLEMS: dict[str, str] = {
    "text_too_long": N_("At most {most} characters, please."),
    "curriculum_empty": N_("A curriculum needs units."),
    "unit_hours": N_("A unit has between 1 and {most} quarter-hours."),
    "unit_out_of_order": N_("{mode} stands after a later mode; the four modes come in order."),
    "waived_mode_has_unit": N_("{mode} is waived and has a unit all the same."),
    "virtual_visit": N_("Online, on-site teaching and observation tour are virtual visits; other units are not."),
    "mode_not_waivable": N_("{mode} cannot be waived here."),
    "mode_missing": N_("{mode} has no unit."),
    "required_share": N_("The required share lies above 0 and is at most 1."),
    "ledger_missing": N_("Name at least one ledger that the hours go to."),
    "half_day_offline_only": N_("Offline sessions need a half-day, online units have none."),
    "day_missing": N_("Say on which day."),
    "text_missing": N_("This must not be empty."),
    "status_or_minutes": N_("Give either a status or the minutes watched."),
    "minutes_online_only": N_("Minutes are counted online only."),
    "not_in_cohort": N_("This enrollment is not in this cohort."),
    "was_substituted": N_("{name} was substituted before check-in and cannot have attended."),
    "listed_twice": N_("This person is listed twice."),
    "sheet_empty": N_("Nobody is listed."),
    "allowed_missing": N_("Between 0 and {most} stops may be missed."),
    "group_count": N_("There can be between 1 and {most} groups."),
    "officers_of_group": N_("Leader and recorder are two different members of group {group}."),
    "leave_ends_before_it_begins": N_("The leave ends before it begins."),
    "slot_unnamed": N_("Name the session, or the day with its half-day."),
    "not_a_date": N_("This is not a date."),
    "not_a_choice": N_("Choose one of the values offered."),
    "not_a_number": N_("This is not a number."),
}
# "mode_missing" of a curriculum and of a trainee are different sentences; the trainee's is chosen in missing_sentence.
MESSAGES: dict[str, str] = {**RULES, **PROBLEMS, **{f"missing.{code}": text for code, text in MISSING.items()}}
_IN_HOURS = ("missed", "total")


def missing_sentence(item: Missing) -> str:
    """What is missing, in the reader's language, with hours as class hours."""
    facts: dict[str, Any] = dict(item.facts)
    if "quarter_hours" in facts:
        facts["hours"] = class_hours(facts["quarter_hours"])
    facts |= {name: class_hours(facts[name]) for name in _IN_HOURS if name in facts}
    return explain(f"missing.{item.code}", facts)
