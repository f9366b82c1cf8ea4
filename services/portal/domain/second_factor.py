"""The optional second factor: one-time codes of an authenticator (RFC 6238), and recovery codes for a lost one."""

from datetime import datetime, timedelta

STEP_SECONDS = 30
RECOVERY_CODES = 8
# A session that still waits for its code opens nothing; a browser left at that point is no door for whoever comes next.
TO_SHOW_IT = timedelta(minutes=10)


def acceptable_steps(at: datetime, last_used: int) -> list[int]:
    """The time steps whose codes are taken: this one and its neighbors, since clocks differ, but none up to the last used one."""
    now = int(at.timestamp()) // STEP_SECONDS
    return [step for step in (now - 1, now, now + 1) if step > last_used]
