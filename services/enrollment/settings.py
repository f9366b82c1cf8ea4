"""Every setting of enrollment, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What enrollment needs to know of its surroundings; environment variables begin with ``ENROLLMENT_``."""

    service: ClassVar[str] = "enrollment"
