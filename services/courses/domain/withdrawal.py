"""The 1/7 rule: who has missed too much is withdrawn from training (R15)."""

SHARE = 7
TWO_DAYS_QUARTER_HOURS = 64


def must_withdraw(missed: int, unexcused: int, total: int) -> bool:
    """Whether leave and absence exceed a seventh of all hours, or two days were missed without excuse. Integers only."""
    return missed * SHARE > total or unexcused >= TWO_DAYS_QUARTER_HOURS


def leave_left(missed: int, total: int) -> int:
    """The quarter-hours that may still be missed before the rule applies; 0 when none."""
    return max(0, total // SHARE - missed)
