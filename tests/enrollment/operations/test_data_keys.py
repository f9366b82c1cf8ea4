"""The secret behind personal data is changed: nobody is missed, nobody is known twice, and the old one opens nothing (R43)."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select

from services.enrollment.__main__ import command
from services.enrollment.domain.errors import KeyChangedMeanwhile
from services.enrollment.domain.words import CorrectionField
from services.enrollment.operations import data_keys as operation
from services.enrollment.operations import rosters
from services.enrollment.operations.correction_requests import request_correction
from services.enrollment.operations.people import find_or_add, show_in_full
from services.enrollment.storage import data_keys
from services.enrollment.storage.secrets import PersonalData, Secrets
from services.enrollment.storage.tables import CORRECTION_REQUESTS, DATA_KEYS, PEOPLE, ROSTERS
from shared.storage import migrations
from shared.storage.audit import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.conftest import actor
from tests.enrollment.places import County, resident_id
from tests.enrollment.sheets import as_sent, person, xlsx

ROOT = Path(__file__).parents[3]
STEPS = ("secret made", "half the people", "before the commit", "after the commit")
# Runs the command as an operator does, and dies at the step named.
DYING = """
import os, signal, sys
from services.enrollment import __main__ as door
from services.enrollment.operations import data_keys as operation
from services.enrollment.storage import data_keys, people, rosters

def dies(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step = sys.argv.pop()
if step == "secret made":
    door.rotate = dies
elif step == "half the people":
    whole = people._anew
    counted = iter(range(3))
    people._anew = lambda *given: whole(*given) if next(counted, None) is not None else dies()
elif step == "before the commit":
    whole = data_keys.put_in_force
    data_keys.put_in_force = lambda *given: (whole(*given), dies())
else:
    data_keys.clear_away = dies
door.command()
"""


def opened(make_service, url=None, **settings):
    county = County(make_service("enrollment", url, **settings))
    county.open(seats=40)
    for number in range(6):
        county.nominate(number)
    content = xlsx(as_sent([person(20, resident_id(20), name="李秀英"), person(21, resident_id(21), name="赵国强")]))
    options = {"content": content, "file_name": "霸州市.xlsx", "mode": "strict", "preview": False, "secrets": county.secrets}
    county.service.work(rosters.import_roster, county.cohort_id, **options)
    with county.service.database.reading() as connection:
        somebody = connection.execute(select(PEOPLE.c.id).order_by(PEOPLE.c.id).limit(1)).scalar_one()
    asked = {"stated": "13912345678", "text": "换了手机。", "secrets": county.secrets}
    county.service.work(request_correction, CorrectionField.PHONE, **asked, by=actor(Role.TRAINEE, person_id=somebody))
    return county


def environment(county, **more):
    settings = county.service.app.extensions["linghang"].settings
    given = {"ENROLLMENT_DATABASE_URL": settings.database_url, "ENROLLMENT_DATA_FOLDER": str(settings.data_folder)}
    return given | {f"ENROLLMENT_{name}": value for name, value in more.items()}


def rotate(county, **more):
    return CliRunner().invoke(command, ["rotate-data-key"], env=environment(county, **more))


def key_in_force(county):
    with county.service.database.writing() as connection:
        return data_keys.in_force(connection, county.secrets)


def kept_ciphers(county):
    with county.service.database.reading() as connection:
        people = connection.execute(select(PEOPLE.c.id_cipher, PEOPLE.c.phone_cipher)).all()
        files = connection.execute(select(ROSTERS.c.content_cipher)).all()
        requests = connection.execute(select(CORRECTION_REQUESTS.c.stated_cipher, CORRECTION_REQUESTS.c.text_cipher)).all()
    return [cipher for row in [*people, *files, *requests] for cipher in row]


def assert_all_is_under(county, key: PersonalData):
    for cipher in kept_ciphers(county):
        assert cipher[0] == key.number
        key.decrypt(cipher)
    with county.service.database.reading() as connection:
        for row in connection.execute(select(PEOPLE.c.id_cipher, PEOPLE.c.id_hash)):
            assert row.id_hash == key.lookup_hash(key.decrypt_text(row.id_cipher))


def people_of(county):
    with county.service.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(PEOPLE)).scalar_one()


def test_after_a_rotation_the_old_secret_opens_nothing_that_is_kept(make_service, both_databases):
    county = opened(make_service, both_databases)
    before = key_in_force(county)
    answered = rotate(county)
    assert answered.exit_code == 0, answered.output
    assert "secret 2 is in force: 8 people, 1 rosters and 1 requests encrypted anew" in answered.output
    county.secrets.file(1).unlink()
    assert_all_is_under(county, key_in_force(county))
    for cipher in kept_ciphers(county):
        with pytest.raises(InvalidTag):
            before.decrypt(cipher)


def test_a_process_that_went_on_meanwhile_finds_whom_it_knew_and_shows_them(make_service, both_databases):
    county = opened(make_service, both_databases)
    known = county.service.work(find_or_add, county.nominee(3), secrets=county.secrets)
    place = county.nominate(7)
    assert rotate(county).exit_code == 0
    assert county.service.work(find_or_add, county.nominee(3), secrets=county.secrets) == known
    shown = county.service.work(show_in_full, place.enrollment_id, reason="核对", secrets=county.secrets)
    assert shown == (resident_id(7), "13100000001")


def test_a_rotation_is_on_the_audit_log_with_its_counts_and_no_key(make_service):
    county = opened(make_service)
    rotate(county)
    with county.service.database.reading() as connection:
        entries = connection.execute(select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "data_key.rotated")).all()
    assert [(entry.account, entry.subject, entry.facts) for entry in entries] == [
        ("system", "data-key/2", '{"people": 8, "rosters": 1, "requests": 1}')
    ]


def test_whoever_nominates_while_the_secret_changes_makes_nobody_twice(make_service, both_databases):
    county = opened(make_service, both_databases)
    nominees = [county.nominee(number) for number in range(100, 130)]
    ready = threading.Barrier(5)

    def nominate(_clerk):
        ready.wait()
        return [county.service.work(find_or_add, nominee, secrets=county.secrets) for nominee in nominees * 2]

    def change():
        ready.wait()
        return [rotate(county).exit_code for _ in range(3)]

    with ThreadPoolExecutor(5) as threads:
        changed, *found = [threads.submit(change), *(threads.submit(nominate, clerk) for clerk in range(4))]
        assert changed.result() == [0, 0, 0]
        answers = [clerk.result() for clerk in found]
    assert answers == [answers[0]] * 4
    assert people_of(county) == 8 + len(nominees)
    assert key_in_force(county).number == 4
    assert_all_is_under(county, key_in_force(county))


def test_two_rotations_at_once_change_the_secret_once_or_twice_and_never_by_halves(make_service, both_databases):
    county = opened(make_service, both_databases)
    ready = threading.Barrier(2)

    def change(_):
        ready.wait()
        with county.service.database.reading() as connection:
            key = data_keys.prepared(connection, county.secrets)
        try:
            return county.service.work(operation.rotate, key, secrets=county.secrets).number
        except KeyChangedMeanwhile:
            return None

    with ThreadPoolExecutor(2) as threads:
        numbers = set(threads.map(change, range(2)))
    assert numbers in ({2, None}, {2, 3})
    changed = len(numbers - {None})
    assert key_in_force(county).number == 1 + changed
    assert_all_is_under(county, key_in_force(county))


@pytest.mark.parametrize("step", STEPS)
def test_whoever_is_killed_leaves_the_old_or_the_new_state_and_the_next_try_finishes(make_service, both_databases, step):
    county = opened(make_service, both_databases)
    given = {**os.environ, **environment(county), "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", DYING, "rotate-data-key", step]
    died = subprocess.run(run, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    number = 2 if step == "after the commit" else 1
    assert county.secrets.file(2).exists()
    assert key_in_force(county).number == number
    assert_all_is_under(county, key_in_force(county))
    assert rotate(county).exit_code == 0
    assert key_in_force(county).number == number + 1
    assert_all_is_under(county, key_in_force(county))
    assert people_of(county) == 8


def test_a_configured_secret_is_followed_by_the_next_one_of_the_settings(make_service, tmp_path):
    county = opened(make_service, data_key="the first", next_data_key="the second")
    refused = rotate(county, DATA_KEY="the first")
    assert refused.exit_code == 1
    assert "ENROLLMENT_NEXT_DATA_KEY" in refused.output
    before = key_in_force(county)
    assert rotate(county, DATA_KEY="the first", NEXT_DATA_KEY="the second").exit_code == 0
    after = key_in_force(county)  # by a process that was given both before
    assert (after.number, after.digest == before.digest) == (2, False)
    assert_all_is_under(county, after)
    assert rotate(county, DATA_KEY="the second").exit_code == 1  # the next one is still to be given
    later = Secrets(tmp_path, "the second")
    with county.service.database.writing() as connection:
        assert data_keys.in_force(connection, later).digest == after.digest
    assert [later.decrypt(cipher) for cipher in kept_ciphers(county)] == [after.decrypt(cipher) for cipher in kept_ciphers(county)]
    assert not county.secrets.file(1).exists()


def test_who_has_not_the_secret_in_force_puts_nobody_on_record_as_new(make_service):
    county = opened(make_service)
    assert rotate(county).exit_code == 0
    county.secrets.file(2).unlink()
    with pytest.raises(data_keys.SecretMissing, match="number 2"):
        county.service.work(find_or_add, county.nominee(3), secrets=county.secrets)
    assert people_of(county) == 8


def test_a_database_of_yesterday_goes_on_with_its_first_secret(make_service):
    county = opened(make_service)
    with county.service.database.reading() as connection:
        assert connection.execute(select(DATA_KEYS)).one() == (1, 1, None, None)
    assert [cipher[0] for cipher in kept_ciphers(county)] == [1] * 19
    migrations.upgrade("enrollment", county.service.database)
    assert key_in_force(county).number == 1
