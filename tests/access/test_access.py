"""R45: everyone gets in where they belong and nowhere else, at every door of every service."""

import re

import pytest
from sqlalchemy import select

from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import SERVICES, Role
from tests.access import asking
from tests.access.city import comers
from tests.access.law import LAW
from tests.access.walk import Walk, findings, unlisted

SCOPED = ("county contact", "school contact", "class teacher", "trainee")
EVERY_DOOR = {door: line for law in LAW.values() for door, line in law.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_the_law_names_every_door_and_no_others(city, service):
    assert unlisted(city.house.apps[service], LAW[service]) == []


@pytest.mark.parametrize("comer", [comer.name for comer in comers()])
@pytest.mark.parametrize("service", SERVICES)
def test_everyone_gets_in_where_they_belong_and_nowhere_else(city, service, comer):
    assert findings(city, service, city.comers[comer]) == []


@pytest.mark.parametrize("comer", SCOPED)
def test_behind_an_open_door_ones_own_is_there(city, comer):
    """Where the organizer reads the trainee's name, so does everyone who has the trainee within reach."""
    read_at, missing = set(), set()
    for service in SERVICES:
        organizer, own = (Walk(city, service, city.comers[name]) for name in ("organizer", comer))
        for door in readable_by(service, comer):
            if "林一帆" in own.ask(door).text:
                read_at.add(door)
            elif Role.ORGANIZER in LAW[service][door].reach and "林一帆" in organizer.ask(door).text:
                missing.add(door)
    assert missing == set()
    assert len(read_at) > 3


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_sent_lets_the_question_of_reach_come_up(city, service):
    """No form is malformed in the hands of the organizer, who may do all this: sent by others it is refused for its reach alone."""
    walk = Walk(city, service, city.comers["organizer"])
    with city.nothing_stays():
        answers = {door: walk.ask(door).status for door, line in LAW[service].items() if changes_what_is_someones(door, line)}
    assert {door: status for door, status in answers.items() if status in (400, 415, 422)} == {}


def test_every_form_and_every_try_to_reach_beyond_belongs_to_a_door(city):
    assert {*asking.BODIES, *asking.ELSEWHERE, *asking.QUERIES} <= EVERY_DOOR.keys()
    for name in SCOPED:
        comer = city.comers[name]
        tried = {door for door, _body in asking.reaching(city, comer)}
        assert {door for door in tried if comer.role not in EVERY_DOOR[door].reach} == set()
        sorting = {door for door, line in EVERY_DOOR.items() if not door.startswith("GET ") and line.sorts_out(comer.role)}
        assert sorting <= tried


@pytest.mark.parametrize("service", SERVICES)
def test_a_form_that_a_strange_page_sends_is_refused_at_every_door(city, service):
    """In the hands of somebody who may do it, and without the session's CSRF value, which a strange page does not know."""
    answers = {}
    with city.nothing_stays():
        for door, line in LAW[service].items():
            if not door.startswith("GET "):
                role = next(iter(line.reach), Role.ORGANIZER)
                walk = Walk(city, service, city.comers[role.value.replace("_", " ")])
                answers[door] = walk.ask(door, without="X-CSRF-Token").status
    assert {door: status for door, status in answers.items() if status != 400} == {}
    assert answers


def test_finance_counts_and_never_names(city):
    text = everything_read_by(city, "finance")
    assert "participations" in text
    assert not re.search(r"\b131099\d{11}[\dX]\b|\b139\d{8}\b", text)
    assert not [word for word in city.hidden_from(city.comers["finance"]) if word in text]


def test_an_auditor_reads_what_was_done_and_no_records(city):
    text = everything_read_by(city, "auditor")
    with city.house.databases["courses"].reading() as connection:
        actions = set(connection.execute(select(AUDIT_ENTRIES.c.action)).scalars())
    assert {"session.held", "attendance.recorded"} <= {action for action in actions if action in text}
    assert not [word for word in city.hidden_from(city.comers["auditor"]) if word in text]


def test_an_administrator_reads_of_events_without_what_they_tell(city):
    text = everything_read_by(city, "administrator")
    assert "enrollment.cohort.confirmed.v1" in text
    hidden = city.hidden_from(city.comers["administrator"]) | {"三河市", "公办学校领导培训班"}
    assert not [word for word in hidden if word in text]


def changes_what_is_someones(door, line):
    reaches = [line.refuses_others(role) or line.sorts_out(role) for role in Role]
    return not door.startswith("GET ") and Role.ORGANIZER in line.reach and any(reaches)


def readable_by(service, comer):
    role = Role(comer.replace(" ", "_"))
    # What waits is each role's own: the organizer's tasks name others than the contact's.
    return [door for door, line in LAW[service].items() if door.startswith("GET ") and role in line.reach and "/tasks" not in door]


def everything_read_by(city, comer):
    """All that one comer reads at the doors that are open to the role."""
    with city.nothing_stays():
        walks = {service: Walk(city, service, city.comers[comer]) for service in SERVICES}
        return "\n".join(walk.ask(door).text for service, walk in walks.items() for door in readable_by(service, comer))
