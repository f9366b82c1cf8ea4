"""Every setting of courses, its default and meaning."""

from dataclasses import dataclass
from typing import ClassVar

from shared.web.settings import ServiceSettings, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """What courses needs to know of its surroundings; environment variables begin with ``COURSES_``."""

    service: ClassVar[str] = "courses"

    forget_after_days: int = setting("Days after the closing of an intake for which reasons of leave are kept (R48).", default=365)
