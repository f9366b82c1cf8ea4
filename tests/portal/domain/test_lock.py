"""Five wrong passwords lock an account for fifteen minutes (R46)."""

from datetime import UTC, datetime, timedelta

from services.portal.domain.lock import Tries

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOCK = timedelta(minutes=15)


def test_the_fifth_failure_locks_and_fifteen_minutes_later_the_account_is_open():
    tries = Tries(0, None)
    for _ in range(4):
        tries = tries.counted(NOON, LOCK)
        assert not tries.is_locked(NOON)
    tries = tries.counted(NOON, LOCK)
    assert tries.is_locked(NOON + timedelta(minutes=14, seconds=59))
    assert not tries.is_locked(NOON + LOCK)


def test_after_the_lock_there_are_five_tries_again():
    tries = Tries(5, NOON)
    for _ in range(4):
        tries = tries.counted(NOON + timedelta(seconds=1), LOCK)
        assert not tries.is_locked(NOON + timedelta(seconds=2))
    assert tries.counted(NOON + timedelta(seconds=1), LOCK).is_locked(NOON + timedelta(seconds=2))
