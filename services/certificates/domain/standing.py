"""What a certificate is worth today, and the four honest answers the public gets (R40, R41)."""

from shared.vocabulary import Word


class Standing(Word):
    """Whether a certificate still stands. There is no way back: a void number stays void (R39)."""

    VALID = "valid", "有效", "Valid"
    SUPERSEDED = "superseded", "已作废，由新证替代", "Void, superseded by a new certificate"
    REVOKED = "revoked", "已作废", "Revoked"


class Answer(Word):
    """What the public check answers (R41). A wrong code is `unknown` like a number that was never given."""

    VALID = "valid", "有效", "Valid"
    SUPERSEDED = "superseded", "已作废，见新证", "Superseded: see the new certificate"
    REVOKED = "revoked", "已作废", "Revoked"
    UNKNOWN = "unknown", "查无此证", "Unknown"


def standing_after_voiding(*, has_successor: bool) -> Standing:
    """Voided with a new one in its place is superseded, without one revoked (R40)."""
    return Standing.SUPERSEDED if has_successor else Standing.REVOKED


def answer_for(standing: Standing | None) -> Answer:
    """The answer for what was found; nothing found is unknown."""
    return Answer.UNKNOWN if standing is None else Answer(standing.value)
