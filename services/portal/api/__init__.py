"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

from services.portal.api.clients import clients
from services.portal.api.keys import keys
from services.portal.api.own_data import OWN_DATA

BLUEPRINTS: Sequence[Blueprint] = (clients, keys, OWN_DATA.blueprint())
