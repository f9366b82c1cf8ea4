"""Whose word is taken: ID tokens of a provider that lies or is mistaken, of somebody in its place, and of one that is no provider."""

import base64
import hashlib
import hmac
import json
import threading
import time

import pytest
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from werkzeug.serving import make_server

from shared.vocabulary import Role
from tests.portal.oidc.conftest import audited, link, query_of, set_out, settings_for, signed_in_as, tries

RSA = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig"})
EC = ECKey.generate_key("P-256", parameters={"kid": "2", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, parameters={"kid": "1"})


def signed(key, alg):
    header = {"alg": alg, "kid": key.kid or "1"}
    return lambda claims: jwt.encode(header, claims, key, algorithms=[alg])


def part(raw) -> str:
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(claims) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def by_the_public_key(claims) -> str:
    """An HMAC whose key is the provider's public key, which everybody has."""
    said = f"{part({'alg': 'HS256', 'kid': '1'})}.{part(claims)}"
    return f"{said}.{part(hmac.digest(RSA.as_pem(private=False), said.encode(), hashlib.sha256))}"


class Impostor:
    """A provider that says what a test has it say, under an address of its own."""

    client_id, client_secret = "linghang", "between-us-only"

    def __init__(self) -> None:
        app = Flask("impostor")
        app.add_url_rule("/.well-known/openid-configuration", "description", lambda: self.description)
        app.add_url_rule("/keys", "keys", lambda: {"keys": [RSA.as_dict(private=False), EC.as_dict(private=False)]})
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self._server.server_port}"
        self.description = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize"}
        self.description |= {"token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}
        self.asked: dict[str, str] = {}
        self.answer = {}
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def says(self, of_trip: str, sign=None, **other) -> None:
        """Say in the next answer who came; `other` takes the place of what is right."""
        at = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "sub": "w.wang", "nonce": of_trip, "iat": at, "exp": at + 300, **other}
        claims = {name: value for name, value in claims.items() if value is not None}
        self.answer = {"access_token": "a", "token_type": "Bearer", "id_token": (sign or signed(RSA, "RS256"))(claims)}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _token(self):
        self.asked = {**request.form, "authorization": request.headers.get("Authorization", "")}
        return self.answer


@pytest.fixture
def impostor():
    made = Impostor()
    yield made
    made.stop()


@pytest.fixture
def misled(make_portal, impostor):
    """A portal that is registered at the impostor, where `w.wang` is linked."""
    portal = make_portal(**settings_for(impostor))
    link(portal, portal.account("wang", Role.FINANCE), "w.wang", impostor)
    return portal


def come_back(portal, impostor, sign=None, **other):
    """Set out and come back with what the impostor says; answers the browser and the portal's answer."""
    browser = portal.browser()
    asked = query_of(set_out(browser))
    impostor.says(asked["nonce"], sign, **other)
    return browser, browser.get(f"/portal/oidc/callback?code=c&state={asked['state']}")


@pytest.mark.parametrize(
    ("sign", "other"),
    [
        (None, {}),
        (signed(RSA, "PS256"), {}),
        (signed(EC, "ES256"), {}),
        (None, {"aud": ["linghang"]}),
        (None, {"aud": ["linghang", "another"], "azp": "linghang"}),
    ],
)
def test_an_honest_word_is_taken(misled, impostor, sign, other):
    browser, answer = come_back(misled, impostor, sign, **other)
    assert answer.status_code == 302
    assert signed_in_as(browser) == "wang"
    assert impostor.asked["authorization"].startswith("Basic ")
    assert len(impostor.asked["code_verifier"]) >= 43


def test_clocks_may_differ_by_a_little(misled, impostor):
    browser, _answer = come_back(misled, impostor, exp=int(time.time()) - 30)
    assert signed_in_as(browser) == "wang"


@pytest.mark.parametrize(
    ("sign", "other"),
    [
        pytest.param(None, {"nonce": "of another trip"}, id="nonce of another trip"),
        pytest.param(None, {"nonce": None}, id="no nonce"),
        pytest.param(None, {"aud": "another"}, id="for another client"),
        pytest.param(None, {"aud": None}, id="for nobody"),
        pytest.param(None, {"aud": ["linghang", "another"]}, id="for two without saying whose"),
        pytest.param(None, {"azp": "another"}, id="given to another client"),
        pytest.param(None, {"exp": 1_700_000_000}, id="run out"),
        pytest.param(None, {"exp": None}, id="without end"),
        pytest.param(None, {"iat": 4_000_000_000, "exp": 4_000_000_300}, id="of the future"),
        pytest.param(None, {"iss": "https://elsewhere.example"}, id="of another provider"),
        pytest.param(None, {"iss": None}, id="of no provider"),
        pytest.param(None, {"sub": None}, id="about nobody"),
        pytest.param(None, {"sub": 7}, id="about a number"),
        pytest.param(signed(STRANGER, "RS256"), {}, id="signed by a stranger"),
        pytest.param(unsigned, {}, id="not signed"),
        pytest.param(by_the_public_key, {}, id="signed with what everybody has"),
        pytest.param(signed(OctKey.import_key(Impostor.client_secret), "HS256"), {}, id="signed with our own secret"),
        pytest.param(lambda _claims: "rubbish", {}, id="rubbish"),
    ],
)
def test_a_word_that_cannot_be_trusted_opens_nothing(misled, impostor, sign, other):
    browser, answer = come_back(misled, impostor, sign, **other)
    assert answer.status_code == 403
    assert "无法确认真实性" in answer.text
    assert signed_in_as(browser) is None
    assert '"reason": "token"' in audited(misled)[-1][2]


def test_an_answer_without_id_token_opens_nothing(misled, impostor):
    browser = misled.browser()
    asked = query_of(set_out(browser))
    impostor.answer = {"access_token": "a", "token_type": "Bearer"}
    assert browser.get(f"/portal/oidc/callback?code=c&state={asked['state']}").status_code == 403
    assert signed_in_as(browser) is None


def test_a_provider_that_does_not_know_us_is_no_wrong_try_of_the_visitor(misled, impostor):
    browser = misled.browser()
    asked = query_of(set_out(browser))
    impostor.answer = {"error": "invalid_client"}
    assert browser.get(f"/portal/oidc/callback?code=c&state={asked['state']}").status_code == 503
    assert tries(misled) == []


@pytest.mark.parametrize(
    "other",
    [
        {"issuer": "https://elsewhere.example"},
        {"authorization_endpoint": "ftp://localhost/authorize"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
def test_who_does_not_describe_itself_as_the_provider_is_not_asked(misled, impostor, other):
    impostor.description |= other
    answer = misled.browser().get("/portal/oidc/sign-in")
    assert answer.status_code == 503
    assert "暂时无法连接" in answer.text


def test_a_provider_that_takes_the_secret_in_the_form_only_gets_it_there(misled, impostor):
    impostor.description["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    browser, _answer = come_back(misled, impostor)
    assert signed_in_as(browser) == "wang"
    assert (impostor.asked["client_secret"], impostor.asked["authorization"]) == (impostor.client_secret, "")
