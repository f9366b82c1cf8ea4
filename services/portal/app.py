"""Puts portal together; the only file that knows every room."""

from functools import partial

from flask import Flask

from services.portal import api, pages
from services.portal.events.listens import LISTENS
from services.portal.operations.retention import forget
from services.portal.pages.messages import MESSAGES
from services.portal.settings import Settings
from services.portal.storage.keys import key_ring
from services.portal.storage.tables import metadata
from shared.storage.database import Database
from shared.storage.retention import seldom
from shared.web.service import Surroundings, create_service


def create_app(settings: Settings | None = None, surroundings: Surroundings | None = None) -> Flask:
    """The service, ready for a server, a worker or a test; settings not given are read from the environment."""
    settings = settings or Settings.from_environment()
    own_keys = key_ring(settings.data_folder).public_keys  # the portal has the keys at hand and asks nobody for them
    database = Database(settings.database_url, metadata)
    return create_service(
        "portal",
        settings,
        database=database,
        listens=LISTENS,
        blueprints=api.BLUEPRINTS,
        pages=pages.BLUEPRINTS,
        messages=MESSAGES,
        translations=pages.TRANSLATIONS,
        background={"retention": seldom(database, partial(forget, days=settings.forget_after_days))},
        surroundings=surroundings or Surroundings(token_keys=own_keys, peers=settings.peers),
    )
