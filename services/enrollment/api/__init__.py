"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.enrollment.api import cohorts, enrollments, intakes, organizations, rosters, tasks

BLUEPRINTS: Sequence[Blueprint] = (
    organizations.blueprint,
    intakes.blueprint,
    cohorts.blueprint,
    rosters.blueprint,
    enrollments.blueprint,
    tasks.blueprint,
)
