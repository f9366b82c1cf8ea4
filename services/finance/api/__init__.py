"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.finance.api import totals

BLUEPRINTS: Sequence[Blueprint] = (totals.blueprint,)
