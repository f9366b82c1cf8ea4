"""Programs exchange their key for a token."""

from typing import Any

from flask import abort, current_app, request
from flask_smorest import Blueprint
from werkzeug.exceptions import TooManyRequests

from services.portal.api.schemas import ClientKeySchema, TokenSchema
from services.portal.domain.errors import TooManyTries
from services.portal.operations.clients import client_of
from services.portal.operations.sessions import WINDOW
from services.portal.storage.keys import key_ring
from shared.storage.work import Actor
from shared.web import tokens
from shared.web.access import public
from shared.web.doors import run

clients = Blueprint("clients", __name__, url_prefix="/api/portal", description="Programs that use the API")


@clients.post("/tokens")
@clients.arguments(ClientKeySchema)
@clients.response(201, TokenSchema)
@public
def give_token(body: dict[str, str]) -> dict[str, Any]:
    """Exchange a program's key for a five-minute token."""
    own = current_app.extensions["linghang"].settings
    try:
        client = run(client_of, body["key"], address=request.remote_addr or "", most_per_address=own.wrong_tries_per_address)
    except TooManyTries as error:
        raise TooManyRequests(retry_after=int(WINDOW.total_seconds())) from error
    if client is None:
        abort(401)
    scope = client.scope
    actor = Actor(client.login, client.name, client.roles, county_code=scope.county_code, school_id=scope.school_id)
    ring = key_ring(own.data_folder)
    return {"token": tokens.mint(ring.signing_key(), actor), "expires_in": tokens.LIFETIME}
