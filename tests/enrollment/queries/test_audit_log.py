"""What was done at the doors stands in a chain (R47), and the command that walks it says where it breaks."""

from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import text, update

from services.enrollment.__main__ import command
from shared.domain import now
from shared.storage.tables import AUDIT_ENTRIES
from tests.enrollment.places import County


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


@pytest.fixture
def run(county, monkeypatch):
    settings = county.service.app.extensions["linghang"].settings
    monkeypatch.setenv("ENROLLMENT_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("ENROLLMENT_DATA_FOLDER", str(settings.data_folder))

    def run(*words: str) -> Result:
        return CliRunner().invoke(command, ["verify-audit", *words])

    return run


def seal(county) -> int:
    """What the worker does a moment later."""
    with time_machine.travel(now() + timedelta(minutes=1)):
        sealed: int = county.service.app.extensions["linghang"].background["audit"]()
    return sealed


def test_a_workers_background_seals_what_was_done_and_the_command_walks_it(county, run):
    county.nominate(1)
    county.confirm()
    assert run().stdout.startswith("PASS: 0 entries sealed, ")
    assert seal(county) > 1
    passed = run()
    assert passed.exit_code == 0
    assert passed.stdout.splitlines()[0].endswith(" entries sealed, 0 not yet")
    head = passed.stdout.splitlines()[1].removeprefix("head ")
    assert run("--head", head).exit_code == 0

    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    refused = run("--head", other)
    assert (refused.exit_code, "chained anew" in refused.stdout) == (1, True)
    assert "POSITION:DIGEST" in run("--head", "12").output


def test_a_change_past_the_database_is_named(county, run):
    county.nominate(1)
    assert seal(county) > 0
    with county.service.database.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_unchanged"))
        connection.execute(update(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.position == 1).values(account="somebody else"))
    answer = run()
    assert answer.exit_code == 1
    assert answer.stdout.startswith("FAIL: position 1, entry ")
    assert "what it says was changed" in answer.stdout
