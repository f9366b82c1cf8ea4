"""What comes in and goes out at the door for machines."""

from marshmallow import fields, validate

from shared.web.service import ApiSchema


class ClientKeySchema(ApiSchema):
    """A program's key."""

    key = fields.String(required=True, validate=validate.Length(min=1, max=200))


class TokenSchema(ApiSchema):
    """A token for ``Authorization: Bearer …``."""

    token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "Seconds; ask for a new one in time."})


class KeySetSchema(ApiSchema):
    """The public keys of tokens (JWKS, RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)
