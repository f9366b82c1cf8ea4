"""The door for people: routes by noun, with their templates and translations."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint

from services.certificates.pages.certificates import certificates
from services.certificates.pages.checks import checks
from services.certificates.pages.tasks import tasks
from services.certificates.pages.trust import trust

BLUEPRINTS: Sequence[Blueprint] = (certificates, tasks, checks, trust)
TRANSLATIONS = Path(__file__).parent / "translations"
