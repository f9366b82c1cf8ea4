"""Every setting of portal, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What portal needs to know of its surroundings; environment variables begin with ``PORTAL_``."""

    service: ClassVar[str] = "portal"

    idle_minutes: int = setting("Minutes without a request after which a browser session ends (R46).", default=30)
    session_hours: int = setting("Hours after which a browser session ends in any case.", default=12)
    lock_minutes: int = setting("Minutes an account stays locked after five wrong passwords (R46).", default=15)
    activation_days: int = setting("Days for which the code on an activation slip can be used.", default=30)
    wrong_tries_per_address: int = setting("Wrong passwords and codes taken from one address in fifteen minutes.", default=100)
    forget_after_days: int = setting("Days for which browser sessions and tries to sign in are kept (R48).", default=180)
