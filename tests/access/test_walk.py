"""The walk sees what it is there for: a door nobody declared, one open to too many or too few, and each check of reach taken out."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, true

from services.certificates.queries import certificates
from services.courses.queries import cohorts as courses
from services.courses.queries import completion, reach, records
from services.enrollment.operations import enrollments, nominations, people
from services.enrollment.queries import enrollments as places
from services.enrollment.queries import organizations, rosters
from services.portal.queries import accounts
from shared.storage.tables import AUDIT_ENTRIES
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web.access import allow
from tests.access.law import LAW, read
from tests.access.walk import findings, unlisted

DOORS = {
    "enrollment": ("GET /enrollment/organizations", "organizations.list_organizations"),
    "courses": ("GET /api/courses/cohorts/<cohort_id>/groups", "cohorts_api.list_groups"),
    "certificates": ("POST /certificates/certificates/<certificate_id>/void", "certificates.void"),
    "finance": ("GET /api/finance/totals", "totals.get_totals"),
    "portal": ("GET /portal/accounts/new", "accounts.show_new_account"),
}
ORGANIZER = Actor("organizer", "组织者", frozenset({Role.ORGANIZER}))


@pytest.fixture(params=DOORS)
def door(request, city, monkeypatch):
    """One door of each service, with `declare` to have it declared in another way."""
    return OneDoor(city, request.param, *DOORS[request.param], monkeypatch)


class OneDoor:
    def __init__(self, city, service, door, endpoint, monkeypatch):
        self.city, self.service, self.door = city, service, door
        self.app = city.house.apps[service]
        view = self.app.view_functions[endpoint]
        self.declare = partial(monkeypatch.setattr, view, "allowed_roles")
        self.forget = partial(monkeypatch.delattr, view, "allowed_roles")

    def seen_by(self, comer):
        return findings(self.city, self.service, self.city.comers[comer], only=self.door)


def test_a_door_that_the_law_does_not_name_is_seen():
    app = Flask("little", static_folder=None)
    app.add_url_rule("/seats", "seats", allow(Role.ORGANIZER)(lambda: "seats"))
    app.add_url_rule("/secrets/<uuid:person_id>", "secrets", lambda person_id: "secrets")
    assert unlisted(app, read("organizer\n    GET /seats\n    GET /stars")) == [
        "GET /secrets/<person_id> is a door the law does not name: say in tests/access/law.py who may use it",
        "GET /stars stands in the law, but there is no such door",
        "/secrets/<uuid:person_id> does not declare who may use it",
    ]


@pytest.mark.parametrize("text", ["organizer\n GET /a\n GET /a", "organizer: own galaxy\n GET /a", "king\n GET /a"])
def test_a_law_that_contradicts_itself_is_refused(text):
    with pytest.raises(ValueError, match=r"twice|does not know|is not a valid"):
        read(text)


def test_a_door_that_forgets_to_declare_is_seen(door):
    door.forget()
    assert [text for text in unlisted(door.app, LAW[door.service]) if text.endswith("does not declare who may use it")]
    for comer in ("anybody", "organizer", "trainee"):
        assert door.seen_by(comer)[0].startswith(f"{comer} at {door.door} (LookupError: ")


def test_a_door_open_to_too_many_is_seen(door):
    door.declare(frozenset(Role))
    for comer in ("trainee", "administrator"):
        assert [text for text in door.seen_by(comer) if text.endswith("may not enter here")]
    door.declare(None)
    assert [text for text in door.seen_by("anybody") if text.endswith("has to sign in first")]


def test_a_door_closed_to_its_own_people_is_seen(door):
    door.declare(frozenset({Role.AUDITOR}))
    assert f"organizer at {door.door} (403): may enter here" in door.seen_by("organizer")


def _nothing_refused(*_anything, **_more):
    return True


def _everything(*_anything):
    return true()


def _as_organizer(look):
    """`look` as if the organizer did it, whoever does."""

    def looks(connection, *given, **options):
        return look(connection, *(ORGANIZER if isinstance(one, Actor) else one for one in given), **options)

    return looks


CHECKS = {
    "whose place is changed": (
        "enrollment",
        [(enrollments, "require_place", _nothing_refused)],
        {"county contact": "POST /api/enrollment/enrollments/<enrollment_id>/withdrawal"},
    ),
    "whose school nominates": (
        "enrollment",
        [(nominations, "require_place", _nothing_refused)],
        {"school contact": "POST /api/enrollment/cohorts/<cohort_id>/enrollments"},
    ),
    "whose ID number is shown": (
        "enrollment",
        [(people, "require_place", _nothing_refused), (places, "place", _as_organizer(places.place))],
        {"county contact": "POST /enrollment/enrollments/<enrollment_id>/identity"},
    ),
    "whose people are listed": (
        "enrollment",
        [(places, "of_cohort", _as_organizer(places.of_cohort))],
        {
            "county contact": "GET /enrollment/cohorts/<cohort_id>",
            "school contact": "GET /api/enrollment/cohorts/<cohort_id>/enrollments",
        },
    ),
    "whose organizations are listed": (
        "enrollment",
        [(organizations, "visible", _as_organizer(organizations.visible))],
        {"county contact": "GET /enrollment/organizations", "school contact": "GET /api/enrollment/organizations"},
    ),
    "who sent the roster": (
        "enrollment",
        [(rosters, "_own", _as_organizer(rosters._own))],
        {"county contact": "GET /enrollment/rosters/<roster_id>", "school contact": "GET /api/enrollment/rosters/<roster_id>/workbook"},
    ),
    "whose class arrives": (
        "enrollment",
        [(enrollments, "require_cohort", _nothing_refused)],
        {"class teacher": "POST /api/enrollment/cohorts/<cohort_id>/check-ins"},
    ),
    "whose class is taught": (
        "courses",
        [(reach, "teaches", _nothing_refused)],
        {
            "class teacher": "POST /courses/sessions/<session_id>/attendance/<enrollment_id>",
        },
    ),
    "whose records are read": (
        "courses",
        [(completion, "within_reach", _everything), (courses, "within_reach", _everything), (records, "within_reach", _everything)],
        {
            "county contact": "GET /courses/cohorts/<cohort_id>/completion",
            "school contact": "GET /api/courses/people/<person_id>/record",
            "trainee": "GET /api/courses/cohorts/<cohort_id>",
        },
    ),
    "whose certificate it is": (
        "certificates",
        [(certificates, "reach", _everything)],
        {"class teacher": "GET /certificates/certificates", "trainee": "GET /api/certificates/certificates/<certificate_id>/pdf"},
    ),
    "whose account it is": (
        "portal",
        [(accounts, "_subtree", _everything)],
        {"county contact": "GET /portal/accounts", "school contact": "POST /portal/accounts/slips"},
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_of_reach_that_is_taken_out_is_seen(city, check, monkeypatch):
    service, instead, seen = CHECKS[check]
    for module, name, pretended in instead:
        monkeypatch.setattr(module, name, pretended)
    for comer, door in seen.items():
        assert findings(city, service, city.comers[comer], only=door) != []


def test_nothing_that_is_done_on_a_walk_stays(city):
    def entries():
        with city.house.databases["courses"].reading() as connection:
            return connection.execute(select(func.count()).select_from(AUDIT_ENTRIES)).scalar_one()

    before = entries()
    findings(city, "courses", city.comers["organizer"])
    assert entries() == before
