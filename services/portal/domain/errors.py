"""The rules of the front door that can be broken, by name."""

from shared.domain import RuleBroken


class SignInRefused(RuleBroken):
    """Name or password is wrong, or the account is locked: one answer for all, so that names cannot be probed (R46)."""

    code = "sign_in_refused"


class CodeRefused(RuleBroken):
    """The activation code is unknown, used, voided or too old: one answer for all."""

    code = "code_refused"


class TooManyTries(RuleBroken):
    """One address has tried too often with wrong passwords or codes."""

    code = "too_many_tries"


class SecondFactorRefused(RuleBroken):
    """The code of the second factor is wrong, was used already, or none is asked for here."""

    code = "second_factor_refused"


class LoginTaken(RuleBroken):
    """Another account already has this sign-in name."""

    code = "login_taken"


class RoleNeedsScope(RuleBroken):
    """A role that reaches only its own unit, cohorts or person was given without saying which (R45)."""

    code = "role_needs_scope"


class RoleNotYours(RuleBroken):
    """Someone tried to give a role, or open an account in a unit, beyond their own authority (R45)."""

    code = "role_not_yours"


class ClientNameTaken(RuleBroken):
    """Another program already has this name."""

    code = "client_name_taken"


class IdentityUnknown(RuleBroken):
    """Whoever the provider named is linked with no account that is open."""

    code = "identity_unknown"


class IdentityRefused(RuleBroken):
    """The provider's answer belongs to no trip of this browser, was used already, came too late, or cannot be trusted."""

    code = "identity_refused"


class IdentityTaken(RuleBroken):
    """Whoever the provider named is linked with another account."""

    code = "identity_taken"


class ProviderDown(RuleBroken):
    """The provider does not answer, or not as one."""

    code = "provider_down"
