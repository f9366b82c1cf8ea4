"""A portal at which people may also sign in by a real OpenID provider, and a browser that goes there and comes back."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from sqlalchemy import select
from werkzeug.test import Client

from services.portal.domain.external_identity import Identity
from services.portal.operations import external_identities as deeds
from services.portal.storage.tables import ATTEMPTS
from shared.storage.tables import AUDIT_ENTRIES
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from tests.portal.conftest import Portal
from tests.servers import OpenIdProvider

PUBLIC = "http://127.0.0.1:8000"
CALLBACK = f"{PUBLIC}/portal/oidc/callback"
SIGN_IN = "/portal/oidc/sign-in"


@pytest.fixture(scope="session")
def provider(make_openid_provider: Callable[..., OpenIdProvider]) -> OpenIdProvider:
    return make_openid_provider(CALLBACK)


def settings_for(provider: Any) -> dict[str, str]:
    """The settings of a portal that is registered at a provider."""
    named = {"oidc_issuer": provider.issuer, "oidc_client_id": provider.client_id, "oidc_client_secret": provider.client_secret}
    return {**named, "public_url": PUBLIC}


@pytest.fixture
def house(make_portal: Callable[..., Portal], provider: OpenIdProvider) -> Portal:
    """A portal registered at the real provider, with an account `wang` that is linked with the provider's `w.wang`."""
    portal = make_portal(**settings_for(provider))
    link(portal, portal.account("wang", Role.FINANCE), "w.wang", provider)
    return portal


def link(portal: Portal, account_id: Any, subject: str, provider: Any) -> None:
    """Link an account with a subject, as the operator."""
    portal.work(deeds.link, account_id, Identity(provider.issuer, subject), by=SYSTEM)


def set_out(browser: Client, **query: str) -> str:
    """Press the button; answers the address at the provider."""
    answer = browser.get(SIGN_IN, query_string=query)
    assert answer.status_code == 302, answer.text
    return answer.location


def at_provider(address: str, name: str) -> str:
    """Sign in at the provider under a name; answers the portal's path that it sends the browser back to."""
    with requests.Session() as session:
        answer = session.get(address, allow_redirects=False)
        for _page in range(12):
            location = urljoin(answer.url, answer.headers["Location"])
            if location.startswith(PUBLIC):
                return location.removeprefix(PUBLIC)
            answer = session.get(location, allow_redirects=False)
            if answer.status_code == 200:  # a form: who are you, and may Linghang know it
                asked = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
                form = {"prompt": asked, "login": name, "password": "any"}
                answer = session.post(location, data=form, allow_redirects=False)
    raise AssertionError(answer.text)


def round_trip(browser: Client, name: str, **query: str) -> Any:
    """Press the button, sign in at the provider, come back; answers the portal's answer."""
    return browser.get(at_provider(set_out(browser, **query), name))


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def send(browser: Client, path: str, **form: str) -> Any:
    """Send a form of a signed-in person's page."""
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/sign-ins").text)[1]
    return browser.post(path, data={"csrf_token": csrf, **form})


def signed_in_as(browser: Client) -> str | None:
    """The name of the person signed in, as the page about the own password tells it."""
    answer = browser.get("/portal/password")
    return re.search(r'name="username" value="([^"]+)"', answer.text)[1] if answer.status_code == 200 else None


def audited(portal: Portal, prefix: str = "identity.") -> list[tuple[str, str, str]]:
    """The audit entries about identities: action, subject, facts."""
    rows = portal.look(lambda connection: connection.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all())
    return [(row.action, row.subject, row.facts) for row in rows if row.action.startswith(prefix)]


def tries(portal: Portal) -> list[tuple[Any, bool]]:
    """The tries to come in: account and success."""
    rows = portal.look(lambda connection: connection.execute(select(ATTEMPTS).order_by(ATTEMPTS.c.at)).all())
    return [(row.account_id, row.succeeded) for row in rows]
