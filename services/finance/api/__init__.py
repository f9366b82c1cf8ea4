"""The door for machines: routes by noun."""

from collections.abc import Sequence

from flask_smorest import Blueprint

BLUEPRINTS: Sequence[Blueprint] = ()
