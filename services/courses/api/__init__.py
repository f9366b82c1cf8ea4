"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.courses.api.appeals import appeals
from services.courses.api.attendance import attendance
from services.courses.api.cohorts import cohorts
from services.courses.api.curricula import curricula
from services.courses.api.leaves import leaves
from services.courses.api.own_data import OWN_DATA
from services.courses.api.records import records
from services.courses.api.results import results
from services.courses.api.sessions import sessions
from services.courses.api.tasks import tasks

BLUEPRINTS: Sequence[Blueprint] = (
    curricula,
    cohorts,
    sessions,
    attendance,
    leaves,
    appeals,
    results,
    records,
    tasks,
    OWN_DATA.blueprint(),
)
