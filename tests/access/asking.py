"""What is asked at each door: the objects in its address, and a form or body that lets the question of reach come up."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Any

from shared.vocabulary import Role
from tests.access.city import HELD, NEWCOMERS, OTHER, OWN, PASSWORD, SCHOOLS, City, Comer, Person, roster
from tests.enrollment.places import resident_id

Objects = dict[str, Any]
Body = Callable[[City, Objects], Mapping[str, Any]]
KINDS = ("cohort_id", "enrollment_id", "person_id", "certificate_id", "roster_id", "session_id", "stop_id", "leave_id", "appeal_id")
NOMINEE = "/api/enrollment/cohorts/<cohort_id>/enrollments"


def own_objects(city: City, comer: Comer, service: str) -> Objects:
    """The objects of an address that are within everybody's reach who has any; an intake, program or event is nobody's own."""
    person = city.people["林一帆"]
    return {
        **_of_cohort(city, "X"),
        **_of_person(person),
        "roster_id": comer.rosters[0] if comer.rosters else city.others_roster,
        "intake_id": city.intakes["held"],
        "token": city.token,
        "request_id": city.request,
        "code": TASKS[service].get(comer.role, TASKS[service][Role.ORGANIZER]),
        "event_id": city.parked[service if service != "portal" else "courses"],
        "name": "courses",
        "folder": "linghang",
        "category": "public_school",
        "delivery": "offline",
    }


def others_objects(city: City, comer: Comer, kinds: Set[str]) -> Iterator[Objects]:
    """What to put in an address in place of the own: each object of these kinds that is beyond reach, and all of a stranger."""
    for person in city.people.values():
        if person.cohort in HELD and not comer.sees(person):
            yield from _one_by_one(_of_person(person), kinds)
    yield from _one_by_one({**_of_cohort(city, "Y"), "roster_id": city.others_roster}, kinds)
    if comer.role is Role.SCHOOL_CONTACT:
        yield from _one_by_one({"roster_id": city.comers["county contact"].rosters[0]}, kinds)
    if comer.role is Role.CLASS_TEACHER:
        yield from _one_by_one({"cohort_id": city.cohorts["P"]}, kinds)
    if kinds & set(KINDS):
        yield {**_of_cohort(city, "Y"), **_of_person(city.people["秦四海"]), "roster_id": city.others_roster}


def _one_by_one(objects: Objects, kinds: Set[str]) -> Iterator[Objects]:
    return ({kind: found} for kind, found in objects.items() if kind in kinds)


def _of_person(person: Person) -> dict[str, str]:
    return {"enrollment_id": person.enrollment_id, "person_id": person.person_id, "certificate_id": person.certificate_id}


def _of_cohort(city: City, cohort: str) -> dict[str, str]:
    session = city.sessions[cohort][0]
    taught = {"stop_id": city.stops[cohort], "leave_id": city.leaves[cohort], "appeal_id": city.appeals[cohort]}
    return {"cohort_id": city.cohorts[cohort], "session_id": session, **taught}


def _nominee(city: City, school: str = "own") -> dict[str, Any]:
    """Somebody nobody knows yet, of a school."""
    person = {"name": "胡万方", "id_number": resident_id(1301), "phone": "13900001301", "post": "党支部书记"}
    return {**person, "school_id": city.school_ids[school]}


def _typed_nominee(school: str = "own") -> dict[str, str]:
    return {"name": "胡万方", "id_number": resident_id(1301), "school": SCHOOLS[school][1], "post": "secretary", "reason": "因公务换人"}


def _intake(city: City) -> dict[str, Any]:
    days = {"starts_on": "2024-09-02", "ends_on": "2024-09-06"}
    return {"number": 9, "title": "第9期", "category": "public_school", "delivery": "offline", **days}


def _appeal(city: City, person: Person) -> dict[str, str]:
    return {"session_id": city.sessions[person.cohort][1], "enrollment_id": person.enrollment_id, "text": "我到了。"}


def _typed_appeal(city: City, person: Person) -> dict[str, str]:
    appeal = _appeal(city, person)
    return {"entry": f"{appeal['session_id']}/{appeal['enrollment_id']}", "text": appeal["text"]}


# Each role's own kind of work; the others' do not exist for it.
_AWAY, _DECIDE = "away_today", "leaves_to_decide"
TASKS: dict[str, dict[Role | None, str]] = {
    "enrollment": {Role.ORGANIZER: "rosters_to_check", Role.CLASS_TEACHER: "not_checked_in"},
    "courses": {Role.ORGANIZER: _DECIDE, Role.COUNTY_CONTACT: _AWAY, Role.SCHOOL_CONTACT: _AWAY},
    "certificates": {Role.ORGANIZER: "certificates_not_issued"},
    "finance": {Role.ORGANIZER: ""},
    "portal": {Role.ORGANIZER: ""},
}
REASON = {"reason": "因公务不能参加"}
CORRECTION = {"title": "第1期", "starts_on": "2023-05-08", "ends_on": "2023-05-12", "base": "", "planned": True}
ASKED = {"field": "other", "text": "民族写错了。"}
DECIDED = {"answer": "已更正。"}
ALL_PRESENT = {"default_status": "present"}
LEAVE = {"kind": "sick_leave", "first_day": "2023-05-10", "reason": "看病"}


def _open_cohort(city: City) -> Objects:
    """Rosters and nominations are taken as long as a cohort is open."""
    return {"cohort_id": city.cohorts["O"]}


def _not_arrived(city: City) -> Objects:
    """Who has checked in is substituted by nobody."""
    return {"enrollment_id": city.people["许六安"].enrollment_id}


ELSEWHERE: dict[str, Callable[[City], Objects]] = {
    f"POST {NOMINEE}": _open_cohort,
    "POST /enrollment/cohorts/<cohort_id>/nomination": _open_cohort,
    "POST /api/enrollment/cohorts/<cohort_id>/rosters": _open_cohort,
    "POST /enrollment/cohorts/<cohort_id>/rosters": _open_cohort,
    "POST /api/enrollment/enrollments/<enrollment_id>/substitution": _not_arrived,
    "POST /enrollment/enrollments/<enrollment_id>/substitution": _not_arrived,
    "GET /static/<folder>/<name>": lambda city: {"name": "linghang.css"},
}
QUERIES: dict[str, Callable[[City, Objects], Mapping[str, str]]] = {
    "GET /api/certificates/certificates": lambda city, objects: {"cohort_id": objects["cohort_id"]},
    "GET /certificates/certificates": lambda city, objects: {"cohort_id": objects["cohort_id"]},
}
BODIES: dict[str, Body] = {
    "POST /api/enrollment/organizations": lambda city, o: {"json": {"organizations": [
        {"code": "131002-own", "name": SCHOOLS["own"][1], "kind": "school", "county_code": OWN}]}},
    "POST /api/enrollment/intakes": lambda city, o: {"json": _intake(city)},
    "PUT /api/enrollment/intakes/<intake_id>": lambda city, o: {"json": CORRECTION},
    f"POST {NOMINEE}": lambda city, o: {"json": _nominee(city)},
    "POST /enrollment/cohorts/<cohort_id>/nomination": lambda city, o: {"data": _typed_nominee()},
    "POST /api/enrollment/cohorts/<cohort_id>/rosters": lambda city, o: {"data": {"file": roster(NEWCOMERS["own"])}},
    "POST /enrollment/cohorts/<cohort_id>/rosters": lambda city, o: {"data": {"file": roster(NEWCOMERS["own"])}},
    "POST /api/enrollment/rosters/<roster_id>/writing": lambda city, o: {"json": {"mode": "strict"}},
    "POST /api/enrollment/enrollments/<enrollment_id>/withdrawal": lambda city, o: {"json": REASON},
    "POST /enrollment/enrollments/<enrollment_id>/withdrawal": lambda city, o: {"data": REASON},
    "POST /api/enrollment/enrollments/<enrollment_id>/substitution": lambda city, o: {"json": {**REASON, "nominee": _nominee(city)}},
    "POST /enrollment/enrollments/<enrollment_id>/substitution": lambda city, o: {"data": _typed_nominee()},
    "POST /enrollment/enrollments/<enrollment_id>/identity": lambda city, o: {"data": REASON},
    "POST /api/enrollment/cohorts/<cohort_id>/check-ins": lambda city, o: {"json": {"enrollment_ids": [o["enrollment_id"]]}},
    "POST /enrollment/cohorts/<cohort_id>/check-ins": lambda city, o: {"data": {"enrollment_id": o["enrollment_id"]}},
    "POST /api/enrollment/people/<person_id>/merge": lambda city, o: {"json": {
        "merged_person_id": city.people["许六安"].person_id, **REASON}},
    "POST /api/enrollment/me/correction-requests": lambda city, o: {"json": ASKED},
    "POST /enrollment/me/correction-requests": lambda city, o: {"data": ASKED},
    "POST /api/enrollment/correction-requests/<request_id>/decision": lambda city, o: {"json": {"done": True, **DECIDED}},
    "POST /enrollment/correction-requests/<request_id>/decision": lambda city, o: {"data": {"outcome": "done", **DECIDED}},
    "POST /enrollment/correction-requests/<request_id>/value": lambda city, o: {"data": REASON},
    "POST /api/courses/me/appeals": lambda city, o: {"json": _appeal(city, city.people["林一帆"])},
    "POST /courses/me/appeals": lambda city, o: {"data": _typed_appeal(city, city.people["林一帆"])},
    "POST /api/courses/appeals/<appeal_id>/decision": lambda city, o: {"json": {"granted": False, **DECIDED}},
    "POST /courses/appeals/<appeal_id>/decision": lambda city, o: {"data": {"outcome": "refused", **DECIDED}},
    "POST /api/courses/leaves/<leave_id>/approval": lambda city, o: {"json": {"approved": True}},
    "POST /courses/cohorts/<cohort_id>/leaves/<leave_id>": lambda city, o: {"data": {"approved": "yes"}},
    "POST /courses/tasks/leaves_to_decide/<leave_id>": lambda city, o: {"data": {"approved": "yes"}},
    "POST /api/courses/cohorts/<cohort_id>/groups": lambda city, o: {"json": {"groups": 1}},
    "PUT /api/courses/cohorts/<cohort_id>/groups/officers": lambda city, o: {"json": {"officers": [
        {"group": 1, "leader": city.people["何二妮"].enrollment_id, "recorder": o["enrollment_id"]}]}},
    "POST /api/courses/cohorts/<cohort_id>/attendance": lambda city, o: {"json": {**ALL_PRESENT, "session_id": o["session_id"]}},
    "POST /courses/sessions/<session_id>/attendance": lambda city, o: {"data": {f"mark-{o['enrollment_id']}": "present"}},
    "POST /api/courses/attendance/<session_id>/corrections": lambda city, o: {"json": {
        "enrollment_id": o["enrollment_id"], "status": "late", **REASON}},
    "POST /courses/sessions/<session_id>/attendance/<enrollment_id>": lambda city, o: {"data": {"status": "late", **REASON}},
    "POST /courses/sessions/<session_id>/attendance/<enrollment_id>/preview": lambda city, o: {"data": {"status": "late", **REASON}},
    "POST /api/courses/sessions/<session_id>/cancellation": lambda city, o: {"json": REASON},
    "POST /courses/sessions/<session_id>/cancellation": lambda city, o: {"data": REASON},
    "PUT /api/courses/sessions/<session_id>/slot": lambda city, o: {"json": {"planned_on": "2023-05-08", "half_day": "morning"}},
    "POST /courses/sessions/<session_id>/slot": lambda city, o: {"data": {"planned_on": "2023-05-08", "half_day": "morning"}},
    "PUT /api/courses/sessions/<session_id>/stops": lambda city, o: {"json": {"stops": [{"host_school": "示范校"}]}},
    "POST /api/courses/stops/<stop_id>/check-ins": lambda city, o: {"json": {"enrollment_ids": [o["enrollment_id"]]}},
    "POST /api/courses/joint-lectures": lambda city, o: {"json": {"session_ids": [o["session_id"], city.sessions["X"][1]]}},
    "POST /api/courses/cohorts/<cohort_id>/assessments": lambda city, o: {"json": {"default_grade": "qualified"}},
    "POST /courses/cohorts/<cohort_id>/assessments": lambda city, o: {"data": {"grade": "qualified"}},
    "POST /api/courses/cohorts/<cohort_id>/evaluations": lambda city, o: {"json": {"entries": [
        {"enrollment_id": o["enrollment_id"], "satisfied": True}]}},
    "POST /courses/cohorts/<cohort_id>/evaluations/<enrollment_id>": lambda city, o: {"data": {"satisfied": "yes"}},
    "POST /api/courses/enrollments/<enrollment_id>/leaves": lambda city, o: {"json": LEAVE},
    "POST /courses/enrollments/<enrollment_id>/leaves": lambda city, o: {"data": LEAVE},
    "POST /api/certificates/checks": lambda city, o: {"json": {"token": o["token"]}},
    "POST /portal/sign-in": lambda city, o: {"data": {"login": "organizer", "password": PASSWORD}},
    "POST /api/portal/tokens": lambda city, o: {"json": {"key": city.key}},
    "POST /portal/accounts/slips": lambda city, o: {"data": {"account_id": city.people["林一帆"].account_id}},
    "POST /api/finance/operations/read-model/runs": lambda city, o: {"json": {"kind": "comparison"}},
    "POST /portal/operations/read-model/runs": lambda city, o: {"data": {"kind": "comparison"}},
    "POST /portal/operations/<name>/replays": lambda city, o: {"data": {"all": "true"}},
    "POST /portal/operations/<name>/events/<event_id>/discard": lambda city, o: {"data": {"reason": "学校已撤销"}},
    **{f"POST /api/{service}/operations/events/<event_id>/discard": lambda city, o: {"json": {"reason": "学校已撤销"}}
       for service in ("portal", "enrollment", "courses", "certificates", "finance")},
}  # fmt: skip


def reaching(city: City, comer: Comer) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Forms and bodies that reach beyond this one's own county, school, cohorts or self, by door; none of them may change anything."""
    strangers = [person for person in city.people.values() if person.cohort in HELD and not comer.sees(person)]
    schools = [key for key in SCHOOLS if key not in {person.school for person in city.people.values() if comer.sees(person)}]
    for school in schools if comer.role in (Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT) else ():
        yield f"POST {NOMINEE}", {"json": _nominee(city, school)}
        yield "POST /enrollment/cohorts/<cohort_id>/nomination", {"data": _typed_nominee(school)}
        substitution = {"json": {**REASON, "nominee": _nominee(city, school)}}
        yield "POST /api/enrollment/enrollments/<enrollment_id>/substitution", substitution
        yield "POST /enrollment/enrollments/<enrollment_id>/substitution", {"data": _typed_nominee(school)}
    for person in strangers:
        yield from _by_person(city, comer, person)
    if comer.role is Role.ORGANIZER:
        for watching in ("auditor", "administrator"):  # they watch the organizers, who neither make them nor let anybody in as one
            yield "POST /portal/accounts/slips", {"data": {"account_id": city.accounts[watching]}}
            yield "POST /portal/accounts/new", {"data": {"login": "watching", "name": "某某", "role": watching}}
    if comer.role is Role.CLASS_TEACHER:
        yield "POST /api/courses/joint-lectures", {"json": {"session_ids": [city.sessions["X"][0], city.sessions["Y"][0]]}}
        yield "POST /api/courses/cohorts/<cohort_id>/attendance", {"json": {**ALL_PRESENT, "session_id": city.sessions["Y"][0]}}
    if comer.role in (Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT):
        for account_id in (*city.accounts.values(), *(person.account_id for person in strangers)):
            own = city.people["林一帆"].account_id
            yield "POST /portal/accounts/slips", {"data": {"account_id": [own, account_id]}}
        for person in _on_rosters(city, comer):
            yield "POST /api/enrollment/cohorts/<cohort_id>/rosters", {"data": {"file": roster(person)}}
            yield "POST /enrollment/cohorts/<cohort_id>/rosters", {"data": {"file": roster(person)}}


def _on_rosters(city: City, comer: Comer) -> Iterator[Person]:
    """Rows of a roster: others' people, others' schools not quite as they are called, and the place of others' person as one's own."""
    for person in NEWCOMERS.values():
        if not comer.sees(person):
            yield person
            yield replace(person, school_as_typed=SCHOOLS[person.school][1][:-1])
    for person in city.people_of("O"):
        if not comer.sees(person):
            yield replace(person, school="own")


def _by_person(city: City, comer: Comer, person: Person) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A stranger's place named in the body of a door of the own cohort."""
    who = {"enrollment_id": person.enrollment_id}
    ids = {"enrollment_ids": [person.enrollment_id]}
    if comer.role in (Role.CLASS_TEACHER, Role.TRAINEE):
        yield "POST /api/courses/cohorts/<cohort_id>/evaluations", {"json": {"entries": [{**who, "satisfied": True}]}}
    if comer.role is Role.TRAINEE:
        yield "POST /api/courses/me/appeals", {"json": _appeal(city, person)}
        yield "POST /courses/me/appeals", {"data": _typed_appeal(city, person)}
    if comer.role is not Role.CLASS_TEACHER:
        return
    officers = [{"group": 1, "leader": person.enrollment_id, "recorder": city.people["林一帆"].enrollment_id}]
    yield "PUT /api/courses/cohorts/<cohort_id>/groups/officers", {"json": {"officers": officers}}
    yield "POST /api/enrollment/cohorts/<cohort_id>/check-ins", {"json": ids}
    yield "POST /enrollment/cohorts/<cohort_id>/check-ins", {"data": who}
    yield "POST /api/courses/stops/<stop_id>/check-ins", {"json": ids}
    entry = {**who, "status": "present"}
    sheet = {"session_id": city.sessions["X"][0], "entries": [entry]}
    yield "POST /api/courses/cohorts/<cohort_id>/attendance", {"json": sheet}
    yield "POST /courses/sessions/<session_id>/attendance", {"data": {f"mark-{person.enrollment_id}": "present"}}
    yield "POST /api/courses/attendance/<session_id>/corrections", {"json": {**entry, **REASON}}
    yield "POST /api/courses/cohorts/<cohort_id>/assessments", {"json": {"entries": [{**who, "grade": "qualified"}]}}
    yield "POST /api/courses/cohorts/<cohort_id>/pledges", {"json": {"entries": [who]}}


def widening(city: City, door: str) -> Iterator[Mapping[str, str]]:
    """Queries that try to widen the reach of a reading door."""
    stranger = city.people["孙三江"]
    yield {"county_code": OTHER}
    yield {"cohort_id": city.cohorts["Y"]}
    yield {"intake_id": city.intakes["held"]}
    yield {"name": stranger.name, "search": stranger.name}
    yield {"school_id": city.school_ids["far"], "person_id": stranger.person_id, "enrollment_id": stranger.enrollment_id}
    if door.endswith("/organizations"):
        yield {"name": "示例", "after": "131003"}
    if door.endswith("/quotas"):
        yield {"proposal": "1"}
