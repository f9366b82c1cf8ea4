"""Puts enrollment together; the only file that knows every room."""

from functools import partial

from flask import Flask

from services.enrollment import api, pages
from services.enrollment.events.listens import LISTENS
from services.enrollment.operations.retention import forget
from services.enrollment.pages.messages import MESSAGES
from services.enrollment.settings import Settings
from services.enrollment.storage.secrets import Secrets
from services.enrollment.storage.tables import metadata
from shared.storage.database import Database
from shared.storage.retention import seldom
from shared.web.service import Surroundings, create_service


def create_app(settings: Settings | None = None, surroundings: Surroundings | None = None) -> Flask:
    """The service, ready for a server, a worker or a test; settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    database = Database(settings.database_url, metadata)
    app = create_service(
        "enrollment",
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
    app.extensions["enrollment_secrets"] = Secrets(settings.data_folder, settings.data_key, settings.next_data_key)
    return app
