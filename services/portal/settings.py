"""Every setting of portal, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings, SettingsWrong, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What portal needs to know of its surroundings; environment variables begin with ``PORTAL_``."""

    service: ClassVar[str] = "portal"

    idle_minutes: int = setting("Minutes without a request after which a browser session ends (R46).", default=30)
    session_hours: int = setting("Hours after which a browser session ends in any case.", default=12)
    lock_minutes: int = setting("Minutes an account stays locked after five wrong passwords (R46).", default=15)
    responsible: str = setting(
        "Who answers for personal data, as the privacy notice names it: unit and telephone (R48).", default="廊坊市教育工委"
    )
    activation_days: int = setting("Days for which the code on an activation slip can be used.", default=30)
    wrong_tries_per_address: int = setting("Wrong passwords and codes taken from one address in fifteen minutes.", default=100)
    forget_after_days: int = setting("Days for which browser sessions and tries to sign in are kept (R48).", default=180)
    oidc_issuer: str = setting("OpenID provider that people may sign in with, as it calls itself (https://…); empty: none.", default="")
    oidc_client_id: str = setting("How that provider calls Linghang.", default="")
    oidc_client_secret: str = setting("The secret that the provider gave Linghang.", default="", secret=True)
    oidc_name: str = setting("How people call the provider; stands on the button.", default="统一身份认证")

    def __post_init__(self) -> None:
        """Refuse a provider that is named by halves, or reached in the open. Raises `SettingsWrong`."""
        needed = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
        missing = [f"PORTAL_{name.upper()}" for name in needed if not getattr(self, name)]
        if 0 < len(missing) < len(needed):
            raise SettingsWrong(f"sign-in by an OpenID provider is set by halves: {', '.join(missing)} is missing")
        if self.oidc_issuer and not self.oidc_issuer.startswith(("https://", "http://localhost:")):
            raise SettingsWrong(f"PORTAL_OIDC_ISSUER must begin with https://, not {self.oidc_issuer}")

    @property
    def provider(self) -> str | None:
        """The name of the provider that people may sign in with, if there is one."""
        return self.oidc_name if self.oidc_issuer else None
