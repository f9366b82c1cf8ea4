"""What each action on the audit log is called, and each way in which its chain can break."""

from typing import Any

from shared.web.language import N_, gettext

ACTIONS: dict[str, str] = {
    "access.refused": N_("Refused at a door"),
    "account.activated": N_("Account activated"),
    "account.closed": N_("Account closed"),
    "account.locked_after_failures": N_("Account locked after wrong passwords"),
    "account.opened": N_("Account opened"),
    "account.password_set": N_("Password set"),
    "account.trainees_opened": N_("Accounts of trainees opened"),
    "activation_code.issued": N_("Activation slip issued"),
    "appeal.decided": N_("Appeal decided"),
    "appeal.filed": N_("Appeal against an attendance"),
    "assessments.recorded": N_("Assessment recorded"),
    "attendance.corrected": N_("Attendance corrected"),
    "attendance.recorded": N_("Attendance recorded"),
    "audit.read": N_("Audit log read"),
    "audit.exported": N_("Audit log exported"),
    "category.overridden": N_("Category overridden"),
    "certificate.downloaded": N_("Certificate downloaded"),
    "certificate.issued": N_("Certificate issued"),
    "certificate.voided": N_("Certificate voided"),
    "certificates.downloaded": N_("Certificates of a cohort downloaded"),
    "client.added": N_("Program added"),
    "client.switched_off": N_("Program switched off"),
    "client.token_given": N_("Token given to a program"),
    "cohort.checked_in": N_("Cohort checked in"),
    "cohort.confirmed": N_("Cohort confirmed"),
    "cohort.opened": N_("Cohort opened"),
    "completion.withdrawn": N_("Completion withdrawn"),
    "correction.decided": N_("Correction decided"),
    "correction.requested": N_("Correction asked for"),
    "curriculum.edited": N_("Curriculum edited"),
    "data.exported": N_("Copy of the own data taken"),
    "data_key.rotated": N_("Key of personal data rotated"),
    "enrollment.left": N_("Place given up"),
    "enrollment.moved_up": N_("Moved up from the waiting list"),
    "enrollment.nominated": N_("Nominated"),
    "enrollment.substituted": N_("Substituted"),
    "enrollment.substitutes": N_("Took over the place"),
    "evaluations.recorded": N_("Evaluation recorded"),
    "event.discarded": N_("Event discarded"),
    "event.replayed": N_("Event applied again"),
    "facts.rebuilt": N_("Finance facts rebuilt"),
    "groups.dealt": N_("Groups dealt"),
    "groups.officers": N_("Group officers named"),
    "identity.linked": N_("Account linked with another sign-in"),
    "identity.refused": N_("Other sign-in refused"),
    "identity.shown": N_("Came by the other sign-in"),
    "identity.unlinked": N_("Account unlinked from the other sign-in"),
    "intake.closed": N_("Intake closed"),
    "intake.corrected": N_("Intake corrected"),
    "intake.opened": N_("Intake opened"),
    "leave.decided": N_("Leave decided"),
    "leave.requested": N_("Leave requested"),
    "notice.accepted": N_("Privacy notice accepted"),
    "organizations.registered": N_("Organizations registered"),
    "person.merged": N_("Records of one person merged"),
    "person.shown_in_full": N_("Personal data shown in full"),
    "personal_data.erased": N_("Personal data erased after their time"),
    "pledges.recorded": N_("Pledge recorded"),
    "program.planned": N_("Program planned"),
    "quota.returned": N_("Quota returned"),
    "quota.set": N_("Quota set"),
    "read_model_run.asked": N_("Comparison or rebuild asked for"),
    "roster.checked": N_("Roster checked"),
    "roster.downloaded": N_("Roster with full ID numbers downloaded"),
    "roster.imported": N_("Roster imported"),
    "second_factor.begun": N_("Second factor begun"),
    "second_factor.shown": N_("Second factor shown"),
    "second_factor.switched_off": N_("Second factor switched off"),
    "second_factor.switched_on": N_("Second factor switched on"),
    "second_factor.taken_away": N_("Second factor taken away"),
    "session.all_ended": N_("Signed out everywhere"),
    "session.cancelled": N_("Session cancelled"),
    "session.ended": N_("Signed out"),
    "session.held": N_("Session held"),
    "session.moved": N_("Session moved"),
    "session.opened": N_("Signed in"),
    "tour.checked_in": N_("Checked in at a stop"),
    "tour.planned": N_("Tour planned"),
    "trainee.returned": N_("Trainee reinstated"),
    "trainee.withdrawn": N_("Trainee withdrawn"),
}


def action_name(code: str) -> str:
    """The action in the reader's language; a code nobody has named yet stands as it is."""
    return gettext(ACTIONS[code]) if code in ACTIONS else code


BREAKS: dict[str, str] = {
    "gone_before": N_("Place %(position)s, entry %(entry)s: %(count)s entries before it are gone."),
    "does_not_follow": N_("Place %(position)s, entry %(entry)s: it does not follow the entry before it."),
    "changed": N_("Place %(position)s, entry %(entry)s: what it says was changed."),
    "chained_anew": N_("Place %(position)s, entry %(entry)s: this entry or one before it was chained anew."),
    "cut_off": N_("Place %(position)s, entry %(entry)s: the log ends here, and %(count)s entries noted earlier are gone."),
}


def chain_break(code: str, **facts: Any) -> str:
    """How and where a chain breaks, in the reader's language."""
    return gettext(BREAKS[code], **facts)
