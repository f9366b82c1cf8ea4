"""The door for people: routes by noun, with their templates and translations."""

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint

from services.finance.pages import totals

BLUEPRINTS: Sequence[Blueprint] = (totals.blueprint,)
TRANSLATIONS = Path(__file__).parent / "translations"
