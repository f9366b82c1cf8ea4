"""Every rule a certificate can break, by name."""

from shared.domain import RuleBroken


class NameUnprintable(RuleBroken):
    """A character of the name is in none of the fonts: facts `character` and `code_point` say which."""

    code = "name_unprintable"


class NameRefused(RuleBroken):
    """A name holds what no name holds: control characters, blanks, digits, a dot out of place (R8)."""

    code = "name_refused"


class IntakeUnnumbered(RuleBroken):
    """An intake of the city without a number gives its certificates no series (R39)."""

    code = "intake_unnumbered"


class CertificateVoid(RuleBroken):
    """A void certificate cannot be voided or replaced once more: a void number stays void (R39)."""

    code = "certificate_void"


class ReasonMissing(RuleBroken):
    """Voiding needs a reason, which stays on the record (R40)."""

    code = "reason_missing"


class NotRendered(RuleBroken):
    """The certificate has its number, but its file is still being made."""

    code = "not_rendered"


class SecretLost(RuleBroken):
    """The secret at hand does not give the codes this certificate was issued with."""

    code = "secret_lost"


class TooManyChecks(RuleBroken):
    """One address, or one certificate, has been asked about too often in a short time (R41)."""

    code = "too_many_checks"
