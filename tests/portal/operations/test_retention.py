"""R48: browser sessions and tries to come in are kept 180 days; the audit log has its own time (R47)."""

import json
from functools import partial

import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select

from services.portal.__main__ import command
from services.portal.operations import retention
from services.portal.storage.tables import ATTEMPTS, SESSIONS
from shared.domain import now
from shared.storage.retention import erase
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role


def counts(portal):
    with portal.database.reading() as connection:
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (SESSIONS, ATTEMPTS))


def forget(portal, days=180, **options):
    return erase(portal.database, partial(retention.forget, days=days), **options)


def two_sign_ins(portal):
    portal.account("wang", Role.FINANCE)
    with time_machine.travel("2023-05-08T08:00:00Z"):
        portal.signed_in("wang")
    return portal.signed_in("wang")


def test_old_sessions_and_tries_go_and_new_ones_stay(make_portal, both_databases):
    portal = make_portal(both_databases)
    browser = two_sign_ins(portal)
    assert counts(portal) == (2, 2)
    assert forget(portal, only_count=True) == {"sessions": 1, "attempts": 1}
    assert counts(portal) == (2, 2)
    assert forget(portal) == {"sessions": 1, "attempts": 1}
    assert counts(portal) == (1, 1)
    assert forget(portal) == {}
    assert browser.get("/portal/sign-ins").status_code == 200


def test_a_browser_that_nobody_has_come_in_with_for_long_is_forgotten(portal):
    portal.account("wang", Role.FINANCE)
    with time_machine.travel("2023-05-08T08:00:00Z"):
        portal.signed_in("wang")
    assert forget(portal) == {"sessions": 1, "devices": 1, "attempts": 1}
    assert forget(portal) == {}


def test_a_session_counts_from_its_last_use(portal):
    browser = two_sign_ins(portal)
    days = (now() - now().replace(year=2023, month=5, day=8, hour=8, minute=0, second=0, microsecond=0)).days
    assert forget(portal, days=days + 1) == {}
    assert forget(portal, days=days - 1).total() == 2
    assert browser.get("/portal/sign-ins").status_code == 200


def test_the_audit_log_keeps_its_entries_and_one_more_that_counts(portal):
    two_sign_ins(portal)
    with portal.database.reading() as connection:
        before = connection.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all()
    forget(portal)
    with portal.database.reading() as connection:
        after = connection.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all()
    assert after[:-1] == before
    assert (after[-1].action, json.loads(after[-1].facts)) == (
        "personal_data.erased",
        {"sessions": 1, "devices": 0, "attempts": 1, "answers": 0},
    )


def test_many_go_in_batches_each_with_its_entry(portal, monkeypatch):
    monkeypatch.setattr(retention, "ROWS", 1)
    portal.account("wang", Role.FINANCE)
    with time_machine.travel("2023-05-08T08:00:00Z"):
        for _ in range(3):
            portal.signed_in("wang")
    assert forget(portal) == {"sessions": 3, "devices": 3, "attempts": 3}
    with portal.database.reading() as connection:
        erased = select(func.count()).select_from(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "personal_data.erased")
        assert connection.execute(erased).scalar_one() == 3


def test_the_command_counts_and_erases(portal):
    two_sign_ins(portal)
    settings = portal.app.extensions["linghang"].settings
    given = {"PORTAL_DATABASE_URL": settings.database_url, "PORTAL_DATA_FOLDER": str(settings.data_folder)}
    counted = CliRunner().invoke(command, ["forget", "--dry-run"], env=given)
    assert counted.output.splitlines() == ["attempts: 1", "sessions: 1", "nothing was erased, only counted"]
    assert CliRunner().invoke(command, ["forget"], env=given).output.splitlines() == ["attempts: 1", "sessions: 1", "done"]
    assert counts(portal) == (1, 1)
