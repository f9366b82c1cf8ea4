"""Five-minute signed tokens: the portal mints them, every service reads them, no secret is shared."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.storage.work import Actor
from shared.vocabulary import Role

ALGORITHM = "Ed25519"
LIFETIME = 300
LEEWAY = 10
ISSUER = "linghang"

TokenKeys = Callable[[bool], KeySet]
"""Gives the public keys; ``True`` asks for them anew, since a key may have been rotated in."""


class TokenRefused(Exception):
    """The token is forged, expired or not one of ours."""


@dataclass(frozen=True)
class Bearer:
    """What a token says: who acts, and for browsers the session's CSRF value."""

    actor: Actor
    csrf: str | None


def mint(key: OKPKey, actor: Actor, *, csrf: str | None = None, session_id: str | None = None, at: float | None = None) -> str:
    """A token that says for five minutes who `actor` is."""
    issued = int(time.time() if at is None else at)
    claims = {
        "iss": ISSUER,
        "sub": actor.account_id,
        "iat": issued,
        "exp": issued + LIFETIME,
        "name": actor.name,
        "roles": sorted(role.value for role in actor.roles),
        "county_code": actor.county_code,
        "school_id": str(actor.school_id) if actor.school_id else None,
        "cohort_ids": sorted(str(cohort_id) for cohort_id in actor.cohort_ids),
        "person_id": str(actor.person_id) if actor.person_id else None,
        "csrf": csrf,
        "sid": session_id,
    }
    header = {"alg": ALGORITHM, "kid": key.kid or key.thumbprint()}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def read(token: str, keys: TokenKeys, *, address: str = "") -> Bearer:
    """Who acts, according to a token. Raises `TokenRefused`."""
    try:
        try:
            decoded = jwt.decode(token, keys(False), algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            decoded = jwt.decode(token, keys(True), algorithms=[ALGORITHM])
        claims = decoded.claims
        registry = jwt.JWTClaimsRegistry(leeway=LEEWAY, iss={"essential": True, "value": ISSUER}, exp={"essential": True})
        registry.validate(claims)
        return Bearer(actor=_actor(claims, address), csrf=claims.get("csrf"))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise TokenRefused(str(error)) from error


class PublishedKeys:
    """The portal's published keys, kept for five minutes; asked anew at most every ten seconds.

    `fetch` gives the JWKS as JSON text; when it fails, the keys known so far stay.
    """

    def __init__(self, fetch: Callable[[], bytes]) -> None:
        self._fetch = fetch
        self._keys = KeySet([])
        self._fetched = float("-inf")
        self._lock = threading.Lock()

    def __call__(self, anew: bool) -> KeySet:
        """The keys; with `anew` a key that was rotated in just now is found as well."""
        with self._lock:
            age = time.monotonic() - self._fetched
            if age > LIFETIME or (anew and age > 10):
                self._refresh()
            return self._keys

    def _refresh(self) -> None:
        self._fetched = time.monotonic()
        try:
            self._keys = KeySet.import_key_set(json.loads(self._fetch()))
        except (OSError, ValueError, JoseError):
            self._fetched -= LIFETIME - 3  # try again soon


def keys_over_http(url: str) -> PublishedKeys:
    """The keys at `url`."""

    def fetch() -> bytes:
        with urllib.request.urlopen(url, timeout=3) as answer:
            body: bytes = answer.read()
            return body

    return PublishedKeys(fetch)


def _actor(claims: dict[str, Any], address: str) -> Actor:
    return Actor(
        account_id=claims["sub"],
        name=claims["name"],
        roles=frozenset(Role(role) for role in claims["roles"]),
        county_code=claims.get("county_code"),
        school_id=UUID(claims["school_id"]) if claims.get("school_id") else None,
        cohort_ids=frozenset(UUID(cohort_id) for cohort_id in claims.get("cohort_ids") or ()),
        person_id=UUID(claims["person_id"]) if claims.get("person_id") else None,
        address=address,
    )
