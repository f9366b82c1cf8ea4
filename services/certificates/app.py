"""Puts certificates together; the only file that knows every room."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask

from services.certificates import api, pages
from services.certificates.events.listens import LISTENS
from services.certificates.operations.office import Office
from services.certificates.operations.rendering import render_pending
from services.certificates.pages.messages import MESSAGES
from services.certificates.settings import Settings
from services.certificates.storage.tables import metadata
from shared.messaging.dispatcher import Handler
from shared.messaging.envelope import Event
from shared.storage.database import Database
from shared.storage.work import UnitOfWork
from shared.web.service import Surroundings, create_service


def create_app(settings: Settings | None = None, surroundings: Surroundings | None = None) -> Flask:
    """The service, ready for a server, a worker or a test; settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    office = Office(settings)
    database = Database(settings.database_url, metadata)
    app = create_service(
        "certificates",
        settings,
        database=database,
        listens=listens_for(office),
        blueprints=api.BLUEPRINTS,
        pages=pages.BLUEPRINTS,
        messages=MESSAGES,
        translations=pages.TRANSLATIONS,
        background={"render": partial(render_pending, database, office)},
        surroundings=surroundings,
    )
    app.extensions["linghang_office"] = office
    return app


def listens_for(office: Office) -> Mapping[str, Handler]:
    """The handlers of this service, each at work for `office`."""
    return {name: partial(_hear, hear, office) for name, hear in LISTENS.items()}


def _hear(hear: Callable[[UnitOfWork, Event, Office], None], office: Office, work: UnitOfWork, event: Event) -> None:
    hear(work, event, office)
