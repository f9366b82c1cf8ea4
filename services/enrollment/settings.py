"""Every setting of enrollment, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What enrollment needs to know of its surroundings; environment variables begin with ``ENROLLMENT_``."""

    service: ClassVar[str] = "enrollment"

    data_key: str | None = setting(
        "Secret behind the encryption and look-up of ID numbers and phones (R43); made in the data folder when empty.",
        default=None,
        secret=True,
    )
    next_data_key: str | None = setting("The secret that comes after a configured one, for `rotate-data-key`.", default=None, secret=True)
    forget_after_days: int = setting(
        "Days after the closing of an intake for which phones, lodging, remarks and rosters are kept (R48).", default=365
    )
