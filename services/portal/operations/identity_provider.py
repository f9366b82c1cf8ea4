"""What is asked of the OpenID provider: where to send a browser, and who has come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

import structlog
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from services.portal.domain.errors import IdentityRefused, ProviderDown
from services.portal.domain.external_identity import LONGEST_SUBJECT, Identity, Trip

log = structlog.get_logger(__name__)

# Only signatures that a provider alone can make: none by `none`, none by the secret that we share with it.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
LEEWAY_SECONDS = 60
TIMEOUT = (3, 5)  # seconds to reach it, seconds without a word from it
# A provider that hangs must not keep all threads from those who sign in with a password.
_AT_A_TIME = BoundedSemaphore(4)
_SECONDS_IN_LINE = 2


@dataclass(frozen=True)
class Provider:
    """A provider at which we are registered. Nothing of what it says is kept, so a change of its keys or addresses needs no word to us."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str

    def address(self, trip: Trip) -> str:
        """Where to send the browser on its trip; to link an account one shows anew who one is there. Raises `ProviderDown`."""
        with self._conversation() as (session, described):
            asked = {"prompt": "login"} if trip.account_id else {}
            url: str = session.create_authorization_url(
                described["authorization_endpoint"], state=trip.state, code_verifier=trip.verifier, nonce=trip.nonce, **asked
            )[0]
        return url

    def identity(self, code: str, trip: Trip) -> Identity:
        """Who has come back with a code, by a signed word of the provider for this very trip.

        Raises `IdentityRefused` or `ProviderDown`.
        """
        with self._conversation() as (session, described):
            session.token_endpoint_auth_method = _auth_method(described)
            try:
                token = session.fetch_token(described["token_endpoint"], code=code, code_verifier=trip.verifier, allow_redirects=False)
            except OAuthError as error:
                log.warning("the OpenID provider refused a code", error=error.error)
                # anything but the code is between the provider and us, and nobody's wrong try
                raise (IdentityRefused if error.error == "invalid_grant" else ProviderDown) from error
            keys = _json(session, described["jwks_uri"])
        try:
            claims = self._checked(token, keys, trip)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            log.warning("an ID token was refused", error=f"{type(error).__name__}: {error}")
            raise IdentityRefused from error
        return Identity(self.issuer, claims["sub"])

    def _checked(self, token: dict[str, Any], keys: dict[str, Any], trip: Trip) -> dict[str, Any]:
        claims = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims  # type: ignore[arg-type]
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": trip.nonce},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        registry.validate(claims)
        meant_for = claims.get("azp", claims["aud"])
        if meant_for not in (self.client_id, [self.client_id]):
            raise ValueError("the token was made for another client")
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise ValueError("the subject cannot be kept")
        return claims

    @contextmanager
    def _conversation(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """A session with the provider and how it describes itself; whatever goes wrong with it in between is `ProviderDown`."""
        if not _AT_A_TIME.acquire(timeout=_SECONDS_IN_LINE):
            raise ProviderDown
        try:
            with OAuth2Session(
                self.client_id,
                self.client_secret,
                scope="openid",
                redirect_uri=self.redirect_uri,
                code_challenge_method="S256",
                default_timeout=TIMEOUT,
            ) as session:
                yield session, self._described(session)
        except (RequestException, KeyError, TypeError, ValueError) as error:
            log.warning("the OpenID provider does not answer as one", error=f"{type(error).__name__}: {error}")
            raise ProviderDown from error
        finally:
            _AT_A_TIME.release()

    def _described(self, session: Any) -> dict[str, Any]:
        described = _json(session, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if described["issuer"] != self.issuer:
            raise ValueError("it calls itself otherwise than PORTAL_OIDC_ISSUER")
        scheme = self.issuer.partition(":")[0]
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(described[name]).startswith((f"{scheme}:", "https:")):
                raise ValueError(f"its {name} is not under https")
        return described


def _json(session: Any, url: str) -> dict[str, Any]:
    answered = session.get(url, withhold_token=True, allow_redirects=False)
    answered.raise_for_status()
    found = answered.json()
    if not isinstance(found, dict):
        raise TypeError(f"{url} is no object")
    return found


def _auth_method(described: dict[str, Any]) -> str:
    known = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
