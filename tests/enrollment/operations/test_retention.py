"""Phone, lodging, diet, reasons of leaving and rosters are erased a year after closing; name and places stay (R48)."""

import json
from datetime import date, timedelta
from functools import partial

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from services.enrollment.__main__ import command
from services.enrollment.domain.errors import WorkbookErased
from services.enrollment.operations import intakes, quotas, retention, rosters
from services.enrollment.operations.duplicates import merge_people
from services.enrollment.operations.people import find_or_add
from services.enrollment.queries import rosters as roster_queries
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, INTAKES, PEOPLE, ROSTERS
from shared.domain import city_date, now
from shared.storage.retention import erase, seldom
from shared.storage.tables import ANSWERED_REQUESTS, AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.conftest import actor
from tests.enrollment.places import A, B, County, resident_id
from tests.enrollment.sheets import as_sent, person, xlsx

CLOSED = date(2023, 5, 15)


@pytest.fixture
def county(make_service, both_databases):
    """A cohort with a nominated person, one who left, and a roster with somebody who eats halal; not closed yet."""
    county = County(make_service("enrollment", both_databases))
    county.open(seats=40)
    county.nominate(1, lodging=True, remarks="糖尿病,低糖")
    left = county.nominate(2)
    content = xlsx(as_sent([person(20, resident_id(20), name="李秀英", lodging="是", remarks="清真餐")]))
    options = {"content": content, "file_name": "霸州市.xlsx", "mode": "strict", "preview": False, "secrets": county.secrets}
    county.roster = county.service.work(rosters.import_roster, county.cohort_id, **options).roster_id
    county.confirm()
    county.withdraw(left.enrollment_id)
    return county


def close(county, intake_id=None, on=CLOSED):
    county.service.work(intakes.close_intake, intake_id or county.intake_id, closed_on=on)


def forget(county, days=365, **options):
    return erase(county.service.database, partial(retention.forget, days=days), **options)


def rows(county, *columns):
    with county.service.database.reading() as connection:
        return sorted((tuple(row) for row in connection.execute(select(*columns))), key=str)


def another_intake(county, number, closed_on):
    """A second intake with this person in it, closed on a day or open."""
    intake_id = county.open_intake(2, starts_on=date(2023, 9, 4))
    cohort_id = county.service.work(intakes.open_cohort, intake_id, seats=4)
    county.service.work(quotas.set_grid, cohort_id, cells={A: 2, B: 2})
    county.nominate(number, cohort_id=cohort_id)
    if closed_on:
        with county.service.database.writing() as connection:
            connection.execute(update(COHORTS).where(COHORTS.c.id == cohort_id).values(state="confirmed"))
        close(county, intake_id, closed_on)
    return intake_id


def test_a_year_after_closing_what_was_for_the_stay_is_gone_and_who_was_there_stays(county):
    close(county)
    before = rows(county, PEOPLE.c.name, PEOPLE.c.id_hash), rows(county, ENROLLMENTS.c.status, ENROLLMENTS.c.school_name)
    erased = forget(county)
    assert erased == {"intakes": 1, "places": 2, "reasons": 1, "rosters": 1, "phones": 3}
    assert {row[0] for row in rows(county, PEOPLE.c.phone_cipher)} == {None}
    assert set(rows(county, ENROLLMENTS.c.lodging, ENROLLMENTS.c.remarks)) == {(None, "")}
    assert {reason for (reason,) in rows(county, ENROLLMENT_HISTORY.c.reason)} == {""}
    assert rows(county, ROSTERS.c.content_cipher) == [(b"",)]
    assert (rows(county, PEOPLE.c.name, PEOPLE.c.id_hash), rows(county, ENROLLMENTS.c.status, ENROLLMENTS.c.school_name)) == before
    assert forget(county) == {}


def test_a_day_before_the_year_is_over_nothing_is_gone(county):
    days = (city_date(now()) - CLOSED).days
    close(county)
    assert forget(county, days=days + 1) == {}
    assert forget(county, days=days).total() == 8


def test_an_intake_that_is_not_closed_keeps_everything(county):
    assert forget(county, days=0) == {}


@pytest.mark.parametrize(("closed_on", "phones"), [(None, 2), (date(2023, 9, 12), 3)])
def test_a_phone_is_kept_for_as_long_as_the_latest_of_its_owners_trainings(county, closed_on, phones):
    close(county)
    another_intake(county, 1, closed_on)
    assert forget(county)["phones"] == phones
    assert sum(cipher is not None for (cipher,) in rows(county, PEOPLE.c.phone_cipher)) == 3 - phones


def test_the_time_runs_from_the_latest_closing(county):
    close(county)
    another_intake(county, 1, date(2023, 9, 12))
    days = (city_date(now()) - date(2023, 9, 12)).days
    assert forget(county, days=days + 1)["phones"] == 2
    assert forget(county, days=days)["phones"] == 1


def test_the_phone_of_a_merged_record_goes_with_the_kept_one(county):
    kept = county.service.work(find_or_add, county.nominee(1), secrets=county.secrets)
    twin = county.service.work(find_or_add, county.nominee(9), secrets=county.secrets)
    county.service.work(merge_people, kept, merged=twin, reason="同一人")
    assert forget(county) == {}
    close(county)
    assert forget(county)["phones"] == 4


def test_who_comes_again_gives_the_phone_again(county):
    close(county)
    forget(county)
    intake_id = county.open_intake(2, starts_on=date(2024, 9, 2))
    cohort_id = county.service.work(intakes.open_cohort, intake_id, seats=40)
    county.service.work(quotas.set_grid, cohort_id, cells={A: 20, B: 20})
    options = {"file_name": "霸州市.xlsx", "mode": "strict", "preview": False, "secrets": county.secrets}
    content = xlsx(as_sent([person(1, resident_id(1))]))
    county.service.work(rosters.import_roster, cohort_id, content=content, **options)
    assert sum(cipher is not None for (cipher,) in rows(county, PEOPLE.c.phone_cipher)) == 1
    assert forget(county) == {}


def test_each_batch_leaves_an_entry_that_counts_and_names_nobody(county, monkeypatch):
    monkeypatch.setattr(retention, "PEOPLE", 2)
    close(county)
    forget(county)
    wanted = (AUDIT_ENTRIES.c.subject, AUDIT_ENTRIES.c.facts, AUDIT_ENTRIES.c.action)
    entries = [(subject, json.loads(facts)) for subject, facts, action in rows(county, *wanted) if action == "personal_data.erased"]
    assert sorted(entries, key=str) == sorted(
        [
            (str(county.intake_id), {"places": 2, "reasons": 1, "rosters": 1}),
            ("people", {"phones": 2}),
            ("people", {"phones": 1}),
        ],
        key=str,
    )


def test_a_dry_run_counts_the_same_and_erases_nothing(county):
    close(county)
    counted = forget(county, only_count=True)
    assert counted == forget(county)
    assert counted.total() == 8


def test_the_command_says_what_it_erased(county):
    close(county)
    settings = county.service.app.extensions["linghang"].settings
    given = {"ENROLLMENT_DATABASE_URL": settings.database_url, "ENROLLMENT_DATA_FOLDER": str(settings.data_folder)}
    counted = CliRunner().invoke(command, ["forget", "--dry-run"], env=given)
    assert (counted.exit_code, counted.output.splitlines()[-1]) == (0, "nothing was erased, only counted")
    done = CliRunner().invoke(command, ["forget"], env=given)
    assert done.output.splitlines() == ["intakes: 1", "phones: 3", "places: 2", "reasons: 1", "rosters: 1", "done"]
    later = CliRunner().invoke(command, ["forget"], env=given | {"ENROLLMENT_FORGET_AFTER_DAYS": "1"})
    assert later.output.splitlines() == ["done"]


def test_the_worker_erases_by_itself_and_looks_once_an_hour(county, monkeypatch):
    close(county)
    hour = [0.0]
    monkeypatch.setattr("shared.storage.retention.time.monotonic", lambda: hour[0])
    asked = []

    def batch(work):
        asked.append(work)
        return retention.forget(work, days=365)

    step = seldom(county.service.database, batch)
    assert [step(), step(), step()] == [0, 0, 0]
    assert {row[0] for row in rows(county, PEOPLE.c.phone_cipher)} == {None}
    looked = len(asked)
    hour[0] = 3600.0
    step()
    assert len(asked) == looked + 1
    assert "retention" in county.service.app.extensions["linghang"].background


def test_old_answers_to_requests_are_erased_too(county):
    answered = {"account": "a", "request": "0" * 64, "status": 200, "answer": '{"problems": [{"facts": {"name": "王小明"}}]}'}
    with county.service.database.writing() as connection:
        for days in (1, 400):
            connection.execute(ANSWERED_REQUESTS.insert().values(key=str(days), at=now() - timedelta(days=days), **answered))
    assert forget(county) == {"answers": 1}
    assert rows(county, ANSWERED_REQUESTS.c.key) == [("1",)]


def test_pages_say_that_it_was_erased(county):
    close(county)
    (place,) = [row for row in rows(county, ENROLLMENTS.c.id, ENROLLMENTS.c.status) if row[1] == "left"]
    organizer = county.service.client(Role.ORGANIZER, browser=True)
    page = f"/enrollment/enrollments/{place[0]}"
    assert "131****0001" in organizer.get(page).text
    assert "工作原因" in organizer.get(page).text
    forget(county)
    assert organizer.get(page).text.count("保存期满已清除") == 2
    assert organizer.get(page, headers={"Accept-Language": "en"}).text.count("Erased after its time") == 2
    assert "此名单文件不再保存" in organizer.get(f"/enrollment/rosters/{county.roster}").text
    with pytest.raises(WorkbookErased):
        county.service.look(
            roster_queries.annotated_workbook, actor(Role.ORGANIZER), county.roster, secrets=county.secrets, explain=lambda code, _: code
        )
    assert organizer.get(f"/enrollment/rosters/{county.roster}/workbook").status_code == 409
    assert rows(county, INTAKES.c.forgotten_on) == [(city_date(now()),)]
