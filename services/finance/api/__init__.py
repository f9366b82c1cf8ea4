"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.finance.api import own_data, read_model_runs, tasks, totals

BLUEPRINTS: Sequence[Blueprint] = (totals.blueprint, read_model_runs.blueprint, tasks.blueprint, own_data.OWN_DATA.blueprint())
