"""What a browser session has still to pass before it opens any door."""

from enum import StrEnum

from services.portal.domain import notice


class Step(StrEnum):
    """One thing between the right password and the work, in this order."""

    SECOND_FACTOR = "second_factor"
    NOTICE = "notice"


def next_step(*, awaits_second_factor: bool, accepted_notice: int | None) -> Step | None:
    """The next thing to pass, if any (R46, R48)."""
    if awaits_second_factor:
        return Step.SECOND_FACTOR
    return None if notice.is_accepted(accepted_notice) else Step.NOTICE
