"""What enrollment tells a person of the own data, with masks, and who dealt with it (R44, R47, R48)."""

import pytest

from services.enrollment.operations import people, rosters
from services.enrollment.storage.data_keys import in_force
from services.enrollment.storage.people import by_hash
from shared.vocabulary import Role
from tests.conftest import actor
from tests.enrollment.places import B, County, resident_id
from tests.enrollment.sheets import as_sent, person, xlsx

DATA, COPY = "/api/enrollment/me/data", "/api/enrollment/me/exports"


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open(seats=10)
    return county


def of(county, person_id, url=DATA):
    client = county.service.client(Role.TRAINEE, person_id=person_id)
    answer = client.get(url) if url == DATA else client.post(url, json={})
    assert answer.status_code == 200, answer.text
    return answer.json


def section(told, code):
    return next(each for each in told["sections"] if each["code"] == code)


def person_of(county, number):
    id_hash = county.service.look(in_force, county.secrets).lookup_hash(resident_id(number))
    return county.service.look(by_hash, [id_hash])[id_hash].person_id


def test_record_places_and_history_are_told_with_masks(county):
    place = county.nominate(1, remarks="清真餐", lodging=True)
    told = of(county, place.person_id)
    (record,) = section(told, "person")["rows"]
    assert (record["name"], record["phone"]) == ("王小明", "131****0001")
    assert record["id_number"] == "13" + "*" * 14 + resident_id(1)[-2:]
    (own,) = section(told, "places")["rows"]
    assert (own["remarks"], own["lodging"], own["status"], own["school_name"]) == ("清真餐", True, "enrolled", "霸州市示例第一小学")
    assert [line["change"] for line in section(told, "history")["rows"]] == ["nominated"]
    assert resident_id(1) not in str(told)
    assert "13100000001" not in str(told)


def test_nothing_of_another_person_is_told(county):
    own = county.nominate(1)
    county.nominate(2, f"{B}0001", name="李别人", remarks="他人备注")
    assert "李别人" not in str(of(county, own.person_id))
    assert "他人备注" not in str(of(county, own.person_id))


def test_whoever_is_no_trainee_or_unknown_has_no_own_data(county):
    place = county.nominate(1)
    for role in set(Role) - {Role.TRAINEE}:
        client = county.service.client(role, person_id=place.person_id)
        assert (client.get(DATA).status_code, client.post(COPY, json={}).status_code) == (403, 403)
    assert county.service.client(Role.TRAINEE).get(DATA).status_code == 404
    assert county.service.client(Role.TRAINEE, person_id=county.cohort_id).get(DATA).status_code == 404


def test_r47_a_full_view_is_told_with_who_and_why_to_the_person_it_was_about_and_to_nobody_else(county):
    seen, other = county.nominate(1), county.nominate(2)
    looker = actor(Role.ORGANIZER, account_id="looker")
    county.service.work(people.show_in_full, seen.enrollment_id, reason="核对证件", secrets=county.secrets, by=looker)
    entries = [(entry["account"], entry["action"], entry["reason"]) for entry in of(county, seen.person_id)["entries"]]
    assert ("looker", "person.shown_in_full", "核对证件") in entries
    assert "person.shown_in_full" not in {entry["action"] for entry in of(county, other.person_id)["entries"]}


def test_r47_a_roster_that_is_taken_away_is_told_to_everyone_in_it_and_to_nobody_else(county):
    outside = county.nominate(9, f"{B}0001").person_id
    content = xlsx(as_sent([person(number, resident_id(number), name=f"王{'甲乙丙'[number]}") for number in (1, 2)]))
    options = {"content": content, "file_name": "roster.xlsx", "mode": "lenient", "preview": False, "secrets": county.secrets}
    sent = county.service.work(rosters.import_roster, county.cohort_id, **options)
    assert sent.added == 2
    for url in (f"/api/enrollment/rosters/{sent.roster_id}/workbook", f"/enrollment/rosters/{sent.roster_id}/workbook"):
        assert county.service.client(Role.ORGANIZER, account_id="taker").get(url).status_code == 200
    inside = person_of(county, 1)
    took = [entry["account"] for entry in of(county, inside)["entries"] if entry["action"] == "roster.downloaded"]
    assert took == ["taker", "taker"]
    assert "roster.downloaded" not in {entry["action"] for entry in of(county, outside)["entries"]}


def test_changes_to_a_place_are_told_to_both_who_gave_it_and_who_took_it(county):
    first = county.nominate(1)
    second = county.substitute(first.enrollment_id, 2)
    actions = [{entry["action"] for entry in of(county, place.person_id)["entries"]} for place in (first, second)]
    assert "enrollment.nominated" in actions[0]
    assert "enrollment.substituted" in actions[0]
    assert "enrollment.substitutes" in actions[1]
    assert "enrollment.substituted" not in actions[1]


def test_a_copy_holds_the_same_and_leaves_an_entry_that_the_next_one_shows(county):
    place = county.nominate(1)
    first = of(county, place.person_id, COPY)
    assert first["sections"] == of(county, place.person_id)["sections"]
    assert "data.exported" not in {entry["action"] for entry in first["entries"]}
    assert "data.exported" in {entry["action"] for entry in of(county, place.person_id)["entries"]}
