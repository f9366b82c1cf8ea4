"""A portal behind its gateway, as a browser meets it, with accounts to sign in with."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from services.portal.app import create_app
from services.portal.domain.account import Scope
from services.portal.operations.accounts import open_account, set_password
from services.portal.operations.notices import accept_notice
from services.portal.settings import Settings
from shared.storage import migrations
from shared.storage.tables import AUDIT_ENTRIES
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web.gateway import Gateway
from tests.conftest import RunningService

PASSWORD = "Abendrot-7"


class Portal(RunningService):
    """The portal with its own keys, and browsers that reach it through the gateway."""

    def account(
        self, login: str, *roles: Role, password: str | None = PASSWORD, name: str = "王示例", accepted: bool = True, **scope: Any
    ) -> UUID:
        """Open an account whose owner has accepted the privacy notice unless said otherwise; `scope` as in `Scope`."""
        opened = self.work(
            open_account, login=login, name=name, roles=roles, scope=Scope(**scope), unit_name="三河市示例第一小学", by=SYSTEM
        )
        if password:
            self.work(set_password, opened.id, password, by=SYSTEM)
        if accepted:
            self.work(accept_notice, opened.id, by=SYSTEM)
        return opened.id

    def browser(self, **peers: Any) -> Client:
        """A browser that nobody has signed in with; `peers` are the apps of other services."""
        return Client(Gateway({"portal": self.app, **peers}))

    def signed_in(self, login: str, password: str = PASSWORD, **peers: Any) -> Client:
        """A browser in which someone has signed in."""
        browser = self.browser(**peers)
        answer = browser.post("/portal/sign-in", data={"login": login, "password": password})
        assert answer.status_code == 302, answer.text
        return browser


@pytest.fixture
def make_portal(tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    made: list[Portal] = []

    def make(url: str | None = None, **settings: Any) -> Portal:
        folder = tmp_path / f"portal-{len(made)}"
        folder.mkdir()
        app = create_app(Settings(database_url=url or f"sqlite:///{folder}/portal.db", data_folder=folder, **settings))
        app.testing = True
        database = app.extensions["linghang"].database
        migrations.upgrade("portal", database)
        made.append(Portal("portal", app, database))
        return made[-1]

    yield make
    for portal in made:
        portal.database.close()


@pytest.fixture
def portal(make_portal: Callable[..., Portal]) -> Portal:
    return make_portal()


@dataclass
class OperatedHouse:
    """A portal and the services it asks, all real; `peers` are where the portal finds them."""

    portal: Portal
    services: dict[str, RunningService]
    peers: dict[str, Any]
    operator: UUID
    browser: Client

    def send(self, address: str, browser: Client | None = None, **form: Any) -> Any:
        """Send a form of the operator's page, with its CSRF value."""
        browser = browser or self.browser
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/password").text)
        assert csrf
        return browser.post(address, data={**form, "csrf_token": csrf[1]}, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    def told(self, address: str, **form: Any) -> str:
        """Send a form and read the page it leads to."""
        answer = self.send(address, **form)
        assert answer.status_code == 302, answer.text
        page: str = self.browser.get(answer.location).text
        return page

    def audit(self, name: str) -> list[tuple[str, str, str, str, str]]:
        """The audit entries of a service about events and runs: account, address, action, subject, facts."""
        rows = self.services[name].look(lambda connection: connection.execute(select(AUDIT_ENTRIES)).all())
        return [(r.account, r.address, r.action, r.subject, r.facts) for r in rows if r.action.startswith(("event.", "read_model"))]


@pytest.fixture
def operated(make_portal: Callable[..., Portal], make_service: Callable[..., RunningService]) -> OperatedHouse:
    """A house with a portal, courses and finance, and an operator signed in."""
    peers: dict[str, Any] = {}
    portal = make_portal(peers=peers)
    services = {"portal": portal, **{name: make_service(name) for name in ("courses", "finance")}}
    for name in ("courses", "finance"):
        app = services[name].app
        app.extensions["linghang_token_keys"] = portal.app.extensions["linghang_token_keys"]
        peers[name] = app
    operator = portal.account("root", Role.ADMINISTRATOR, name="赵运维")
    return OperatedHouse(portal, services, peers, operator, portal.signed_in("root"))
