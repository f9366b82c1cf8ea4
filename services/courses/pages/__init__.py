"""The door for people: routes by noun, with their templates and translations."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint

from services.courses.pages.appeals import appeals
from services.courses.pages.attendance import attendance
from services.courses.pages.cohorts import cohorts
from services.courses.pages.records import records
from services.courses.pages.sessions import sessions
from services.courses.pages.tasks import tasks

BLUEPRINTS: Sequence[Blueprint] = (cohorts, sessions, attendance, appeals, records, tasks)
TRANSLATIONS = Path(__file__).parent / "translations"
