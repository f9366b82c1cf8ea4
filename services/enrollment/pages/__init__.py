"""The door for people: routes by noun, with their templates and translations."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint

from services.enrollment.pages.cohorts import cohorts
from services.enrollment.pages.correction_requests import correction_requests
from services.enrollment.pages.enrollments import enrollments
from services.enrollment.pages.intakes import intakes
from services.enrollment.pages.organizations import organizations
from services.enrollment.pages.programs import programs
from services.enrollment.pages.quotas import quotas
from services.enrollment.pages.rosters import rosters
from services.enrollment.pages.tasks import tasks

BLUEPRINTS: Sequence[Blueprint] = (organizations, programs, intakes, cohorts, quotas, rosters, enrollments, correction_requests, tasks)
TRANSLATIONS = Path(__file__).parent / "translations"
