"""Puts courses together; the only file that knows every room."""

from functools import partial

from flask import Flask

from services.courses import api, pages
from services.courses.events.listens import LISTENS
from services.courses.operations.retention import forget
from services.courses.pages.messages import MESSAGES
from services.courses.settings import Settings
from services.courses.storage.tables import metadata
from shared.storage.database import Database
from shared.storage.retention import seldom
from shared.web.service import Surroundings, create_service


def create_app(settings: Settings | None = None, surroundings: Surroundings | None = None) -> Flask:
    """The service, ready for a server, a worker or a test; settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    database = Database(settings.database_url, metadata)
    return create_service(
        "courses",
        settings,
        database=database,
        listens=LISTENS,
        blueprints=api.BLUEPRINTS,
        pages=pages.BLUEPRINTS,
        messages=MESSAGES,
        translations=pages.TRANSLATIONS,
        background={"retention": seldom(database, partial(forget, days=settings.forget_after_days))},
        surroundings=surroundings,
    )
