"""Puts finance together; the only file that knows every room."""

from functools import partial

from flask import Flask

from services.finance import api, pages
from services.finance.events.listens import LISTENS
from services.finance.operations.read_model_runs import carry_out_next
from services.finance.pages.messages import MESSAGES
from services.finance.settings import Settings
from services.finance.storage.tables import metadata
from shared.storage.database import Database
from shared.web.service import Surroundings, create_service


def create_app(settings: Settings | None = None, surroundings: Surroundings | None = None) -> Flask:
    """The service, ready for a server, a worker or a test; settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    database = Database(settings.database_url, metadata)
    return create_service(
        "finance",
        settings,
        database=database,
        listens=LISTENS,
        blueprints=api.BLUEPRINTS,
        pages=pages.BLUEPRINTS,
        messages=MESSAGES,
        translations=pages.TRANSLATIONS,
        background={"read model": partial(carry_out_next, database, LISTENS)},
        surroundings=surroundings,
    )
