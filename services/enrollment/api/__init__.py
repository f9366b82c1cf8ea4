"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.enrollment.api import cohorts, correction_requests, enrollments, intakes, organizations, own_data, rosters, tasks

BLUEPRINTS: Sequence[Blueprint] = (
    organizations.blueprint,
    intakes.blueprint,
    cohorts.blueprint,
    rosters.blueprint,
    enrollments.blueprint,
    correction_requests.blueprint,
    own_data.OWN_DATA.blueprint(),
    tasks.blueprint,
)
