"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.certificates.api.certificates import certificates
from services.certificates.api.checks import checks
from services.certificates.api.own_data import OWN_DATA
from services.certificates.api.tasks import tasks

BLUEPRINTS: Sequence[Blueprint] = (certificates, checks, tasks, OWN_DATA.blueprint())
