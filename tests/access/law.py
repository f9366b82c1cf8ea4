"""The law of the doors (R45): who may use each route, and how far. Written by hand, and never read from the routes.

A heading says who may, the lines below it where. After a role stands how far it reaches:

- nothing: whatever is asked for;
- ``own county``, ``own school``, ``own cohorts``, ``own uploads``, ``self``: what belongs to others does not exist;
- ``any, only own county`` and the like: the door opens for anything, and behind it only what is one's own is shown or touched.

Whatever the door, no answer holds what lies beyond the reader's reach: `City.hidden_from` has the words that would give it away.
"""

import re
from dataclasses import dataclass

from shared.vocabulary import SERVICES, Role

EVERY_SERVICE = """
public
    GET     /health
    GET     /ready
    GET     /metrics
    GET     /static/<folder>/<name>
    GET     /api/{service}/openapi.json
administrator
    GET     /api/{service}/operations/events
    POST    /api/{service}/operations/replays
    POST    /api/{service}/operations/events/<event_id>/discard
auditor
    GET     /api/{service}/audit/entries
    GET     /api/{service}/audit/verdict
trainee: self
    GET     /api/{service}/me/data
    POST    /api/{service}/me/exports
"""

ENROLLMENT = """
organizer
    POST    /api/enrollment/organizations
    GET     /api/enrollment/programs
    POST    /api/enrollment/programs
    POST    /api/enrollment/intakes
    PUT     /api/enrollment/intakes/<intake_id>
    POST    /api/enrollment/intakes/<intake_id>/closure
    POST    /api/enrollment/intakes/<intake_id>/cohorts
    PUT     /api/enrollment/cohorts/<cohort_id>/quotas
    GET     /api/enrollment/cohorts/<cohort_id>/quotas/proposal
    POST    /api/enrollment/cohorts/<cohort_id>/quotas/return
    POST    /api/enrollment/cohorts/<cohort_id>/confirmation
    GET     /api/enrollment/people/<person_id>/enrollments
    POST    /api/enrollment/people/<person_id>/merge
    GET     /enrollment/programs
    POST    /enrollment/programs
    GET     /enrollment/intakes/new
    POST    /enrollment/intakes/new
    POST    /enrollment/intakes/clone
    GET     /enrollment/intakes/<intake_id>/correction
    POST    /enrollment/intakes/<intake_id>/correction
    POST    /enrollment/intakes/<intake_id>/closure
    POST    /enrollment/intakes/<intake_id>/cohorts
    POST    /enrollment/cohorts/<cohort_id>/quotas
    POST    /enrollment/cohorts/<cohort_id>/quotas/return
    POST    /enrollment/cohorts/<cohort_id>/confirmation
    GET     /api/enrollment/correction-requests
    POST    /api/enrollment/correction-requests/<request_id>/decision
    GET     /enrollment/correction-requests
    GET     /enrollment/correction-requests/<request_id>
    POST    /enrollment/correction-requests/<request_id>/value
    POST    /enrollment/correction-requests/<request_id>/decision
organizer · county contact · school contact · class teacher
    GET     /api/enrollment/intakes
    GET     /api/enrollment/intakes/<intake_id>
    GET     /enrollment/intakes
organizer · county contact · school contact · class teacher: any, only own cohorts
    GET     /api/enrollment/intakes/<intake_id>/cohorts
organizer · county contact: any, only own county · school contact: any, only own county · class teacher: any, only own cohorts
    GET     /enrollment/intakes/<intake_id>
organizer · county contact · school contact · class teacher: own cohorts
    GET     /api/enrollment/cohorts
    GET     /api/enrollment/cohorts/<cohort_id>
organizer · county contact: any, only own county · school contact: any, only own school · class teacher: own cohorts
    GET     /api/enrollment/cohorts/<cohort_id>/enrollments
    GET     /enrollment/cohorts/<cohort_id>
organizer · county contact: any, only own county · school contact: any, only own county
    GET     /api/enrollment/cohorts/<cohort_id>/quotas
    GET     /enrollment/cohorts/<cohort_id>/quotas
organizer · county contact: any, only own county · school contact: any, only own school
    GET     /api/enrollment/organizations
    GET     /enrollment/organizations
    POST    /api/enrollment/cohorts/<cohort_id>/enrollments
    GET     /enrollment/cohorts/<cohort_id>/nomination
    POST    /enrollment/cohorts/<cohort_id>/nomination
    POST    /api/enrollment/cohorts/<cohort_id>/rosters
    GET     /enrollment/cohorts/<cohort_id>/rosters/new
    POST    /enrollment/cohorts/<cohort_id>/rosters
organizer · county contact: own uploads · school contact: own uploads
    GET     /api/enrollment/rosters/<roster_id>
    GET     /api/enrollment/rosters/<roster_id>/workbook
    POST    /api/enrollment/rosters/<roster_id>/writing
    GET     /enrollment/rosters/<roster_id>
    GET     /enrollment/rosters/<roster_id>/workbook
    POST    /enrollment/rosters/<roster_id>/writing
organizer · county contact: own county · school contact: own school
    POST    /api/enrollment/enrollments/<enrollment_id>/withdrawal
    POST    /api/enrollment/enrollments/<enrollment_id>/substitution
    POST    /enrollment/enrollments/<enrollment_id>/withdrawal
    POST    /enrollment/enrollments/<enrollment_id>/substitution
    POST    /enrollment/enrollments/<enrollment_id>/identity
organizer · county contact: own county · school contact: own school · class teacher: own cohorts
    GET     /enrollment/enrollments/<enrollment_id>
organizer · class teacher: own cohorts
    POST    /api/enrollment/cohorts/<cohort_id>/check-ins
    POST    /api/enrollment/enrollments/<enrollment_id>/check-in
    POST    /enrollment/cohorts/<cohort_id>/check-ins
organizer · county contact: any, only own county · school contact: any, only own school · class teacher: any, only own cohorts
    GET     /api/enrollment/me/tasks
    GET     /enrollment/tasks/<code>
trainee: self
    GET     /api/enrollment/me/enrollments
    GET     /api/enrollment/me/correction-requests
    POST    /api/enrollment/me/correction-requests
    GET     /enrollment/me/correction-requests
    POST    /enrollment/me/correction-requests
"""

COURSES = """
organizer
    PUT     /api/courses/curricula/<category>/<delivery>
organizer · class teacher
    GET     /api/courses/curricula
organizer · class teacher: own cohorts
    GET     /api/courses/cohorts
    GET     /api/courses/cohorts/<cohort_id>/groups
    POST    /api/courses/cohorts/<cohort_id>/groups
    PUT     /api/courses/cohorts/<cohort_id>/groups/officers
    GET     /api/courses/cohorts/<cohort_id>/leaves
    POST    /api/courses/leaves/<leave_id>/approval
    POST    /api/courses/cohorts/<cohort_id>/attendance
    POST    /api/courses/cohorts/<cohort_id>/assessments
    POST    /api/courses/cohorts/<cohort_id>/pledges
    GET     /api/courses/attendance/<session_id>
    POST    /api/courses/attendance/<session_id>/corrections
    POST    /api/courses/sessions/<session_id>/holding
    POST    /api/courses/sessions/<session_id>/cancellation
    PUT     /api/courses/sessions/<session_id>/slot
    PUT     /api/courses/sessions/<session_id>/stops
    POST    /api/courses/stops/<stop_id>/check-ins
    POST    /api/courses/joint-lectures
    GET     /courses/cohorts
    GET     /courses/cohorts/<cohort_id>
    POST    /courses/cohorts/<cohort_id>/leaves/<leave_id>
    POST    /courses/cohorts/<cohort_id>/assessments
    POST    /courses/cohorts/<cohort_id>/pledges
    GET     /courses/sessions/<session_id>
    POST    /courses/sessions/<session_id>/holding
    POST    /courses/sessions/<session_id>/cancellation
    POST    /courses/sessions/<session_id>/slot
    GET     /courses/sessions/<session_id>/attendance
    POST    /courses/sessions/<session_id>/attendance
    GET     /courses/sessions/<session_id>/attendance/<enrollment_id>
    POST    /courses/sessions/<session_id>/attendance/<enrollment_id>
    POST    /courses/sessions/<session_id>/attendance/<enrollment_id>/preview
    GET     /api/courses/appeals
    POST    /api/courses/appeals/<appeal_id>/decision
    GET     /courses/appeals
    GET     /courses/appeals/<appeal_id>
    POST    /courses/tasks/leaves_to_decide/<leave_id>
    POST    /courses/appeals/<appeal_id>/decision
organizer · class teacher: own cohorts · county contact: own county · school contact: own school · trainee: self
    GET     /api/courses/cohorts/<cohort_id>
    GET     /api/courses/cohorts/<cohort_id>/sessions
    GET     /api/courses/people/<person_id>/record
organizer · class teacher: own cohorts · county contact: own county · school contact: own school
    GET     /api/courses/cohorts/<cohort_id>/completion
    GET     /courses/cohorts/<cohort_id>/completion
organizer · class teacher: own cohorts · trainee: self
    POST    /api/courses/cohorts/<cohort_id>/evaluations
    POST    /api/courses/enrollments/<enrollment_id>/leaves
organizer · county contact: any, only own county · school contact: any, only own school · class teacher: any, only own cohorts
    GET     /api/courses/me/tasks
    GET     /courses/tasks/<code>
trainee: self
    GET     /api/courses/me/record
    GET     /courses/me
    GET     /api/courses/me/appeals
    POST    /api/courses/me/appeals
    GET     /courses/me/appeals
    POST    /courses/me/appeals
    POST    /courses/enrollments/<enrollment_id>/leaves
    POST    /courses/cohorts/<cohort_id>/evaluations/<enrollment_id>
"""

CERTIFICATES = """
public
    GET     /C/<token>
    POST    /C/<token>
    GET     /certificates/check
    POST    /certificates/check
    POST    /api/certificates/checks
    GET     /certificates/trust
    GET     /certificates/trust/root.pem
organizer
    POST    /api/certificates/certificates/<certificate_id>/void
    POST    /api/certificates/certificates/<certificate_id>/replacement
    POST    /certificates/certificates/<certificate_id>/void
    POST    /certificates/certificates/<certificate_id>/replacement
organizer · class teacher: any, only own cohorts
    GET     /api/certificates/me/tasks
    GET     /certificates/tasks/<code>
    GET     /api/certificates/certificates
    GET     /certificates/certificates
organizer · class teacher: own cohorts
    GET     /certificates/cohorts/<cohort_id>/certificates.zip
organizer · class teacher: own cohorts · trainee: self
    GET     /api/certificates/certificates/<certificate_id>
    GET     /api/certificates/certificates/<certificate_id>/pdf
    GET     /certificates/certificates/<certificate_id>
    GET     /certificates/certificates/<certificate_id>/pdf
organizer · class teacher: any, only own cohorts · trainee: any, only self
    GET     /api/certificates/people/<person_id>/certificates
trainee: self
    GET     /api/certificates/me/certificates
    GET     /certificates/mine
"""

FINANCE = """
finance
    GET     /api/finance/me/tasks
organizer · finance
    GET     /api/finance/totals
    GET     /api/finance/intakes
    GET     /api/finance/report.xlsx
    GET     /api/finance/freshness
    GET     /finance/
    GET     /finance/totals
administrator
    GET     /api/finance/operations/read-model/runs
    POST    /api/finance/operations/read-model/runs
"""

PORTAL = """
public
    GET     /
    GET     /portal/language
    GET     /portal/sign-in
    POST    /portal/sign-in
    GET     /portal/sign-in/code
    POST    /portal/sign-in/code
    GET     /portal/notice
    POST    /portal/notice
    GET     /portal/activate
    POST    /portal/activate
    POST    /portal/sign-out
    POST    /portal/sign-ins/end
    GET     /portal/oidc/sign-in
    GET     /portal/oidc/callback
    GET     /portal/exchange
    GET     /api/portal/keys
    POST    /api/portal/tokens
organizer · county contact · school contact · class teacher · trainee · finance · auditor · administrator
    GET     /portal/password
    POST    /portal/password
    GET     /portal/sign-ins
    GET     /portal/second-factor
    POST    /portal/second-factor/begin
    POST    /portal/second-factor/confirm
    POST    /portal/second-factor/off
    POST    /portal/oidc/link
    POST    /portal/oidc/unlink
trainee: self
    GET     /portal/me
    GET     /portal/my-data
    POST    /portal/my-data/export
organizer
    GET     /portal/accounts/new
    POST    /portal/accounts/new
organizer · county contact: any, only own county · school contact: any, only own school
    GET     /portal/accounts
    POST    /portal/accounts/slips
administrator
    GET     /portal/operations
    POST    /portal/operations/<name>/replays
    GET     /portal/operations/<name>/events/<event_id>/discard
    POST    /portal/operations/<name>/events/<event_id>/discard
    GET     /portal/operations/read-model/rebuild
    POST    /portal/operations/read-model/runs
auditor
    GET     /portal/audit
    GET     /portal/audit/export
    GET     /portal/audit/verdicts
"""

CONVERTER = re.compile(r"<[^<>]*:")
ANYTHING = ""
REACHES = {ANYTHING, "own county", "own school", "own cohorts", "own uploads", "self"}
OPEN_TO_ANYTHING = "any, only "


@dataclass(frozen=True)
class Line:
    """What the law says of one door: open to the public, or to these roles, each so far."""

    is_public: bool
    reach: dict[Role, str]

    def refuses_others(self, role: Role) -> bool:
        """Whether what belongs to others does not exist for the role at this door."""
        reach = self.reach.get(role, ANYTHING)
        return reach != ANYTHING and not reach.startswith(OPEN_TO_ANYTHING)

    def sorts_out(self, role: Role) -> bool:
        """Whether the door opens for anything, and what is others' is left alone behind it."""
        return self.reach.get(role, ANYTHING).startswith(OPEN_TO_ANYTHING)


def read(text: str) -> dict[str, Line]:
    """The lines of a part of the law, by door (``GET /portal/me``). Raises `ValueError` where it contradicts itself."""
    found: dict[str, Line] = {}
    heading = Line(False, {})
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith(" "):
            heading = _heading(line)
            continue
        door = " ".join(line.split())
        if door in found:
            raise ValueError(f"the law names {door} twice")
        found[door] = heading
    return found


def _heading(line: str) -> Line:
    if line.strip() == "public":
        return Line(True, {})
    reach = {}
    for part in line.split("·"):
        name, _, far = (piece.strip() for piece in part.partition(":"))
        if far.removeprefix(OPEN_TO_ANYTHING) not in REACHES:
            raise ValueError(f"the law does not know how far {far!r} is")
        reach[Role(name.replace(" ", "_"))] = far
    return Line(False, reach)


PARTS = {"portal": PORTAL, "enrollment": ENROLLMENT, "courses": COURSES, "certificates": CERTIFICATES, "finance": FINANCE}
LAW = {service: read(EVERY_SERVICE.format(service=service) + PARTS[service]) for service in SERVICES}


def door_of(method: str, rule: str) -> str:
    """A route as the law names it: ``<uuid:cohort_id>`` is ``<cohort_id>``."""
    return f"{method} {CONVERTER.sub('<', rule)}"
