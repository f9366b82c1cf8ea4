"""The public keys with which every service checks tokens."""

from typing import Any

from flask import current_app
from flask_smorest import Blueprint

from services.portal.api.schemas import KeySetSchema
from services.portal.storage.keys import key_ring
from shared.web.access import public

keys = Blueprint("keys", __name__, url_prefix="/api/portal", description="Keys of tokens")


@keys.get("/keys")
@keys.response(200, KeySetSchema)
@public
def list_keys() -> dict[str, Any]:
    """The key set (JWKS)."""
    return key_ring(current_app.extensions["linghang"].settings.data_folder).published()
