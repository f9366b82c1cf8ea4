"""Whether the time of a wrong sign-in tells if the name exists: known and unknown names in turns, with real hashes."""

from pathlib import Path
from typing import Any

from werkzeug.test import Client

from bench.measurement import Comparison, Durations, timed
from services.portal.app import create_app
from services.portal.domain.account import Scope
from services.portal.operations.accounts import open_account, set_password
from services.portal.settings import Settings
from shared.storage import migrations
from shared.storage.work import SYSTEM, UnitOfWork, transact
from shared.vocabulary import Role

ROUNDS = 60
WARM_UP = 5
ALIKE = 1.1  # a median that differs by less cannot be told apart over a network in a thousand tries


def measure(label: str, url: str, folder: Path) -> Comparison:
    """Wrong passwords at the real sign-in page, for a name that nobody has beside names that somebody has."""
    folder.mkdir()
    settings = Settings(database_url=url, data_folder=folder, wrong_tries_per_address=1_000_000)
    app = create_app(settings)
    database = app.extensions["linghang"].database
    migrations.upgrade("portal", database)
    with app.app_context():
        transact(database, SYSTEM, _open_accounts)
    browser = Client(app, use_cookies=False)
    unknown, known = [], []
    for number in range(-WARM_UP, ROUNDS):
        names = (("nobody", unknown), (f"somebody{number % ROUNDS}", known))
        for login, kept in names if number % 2 else reversed(names):
            milliseconds = timed(lambda login=login: _try(browser, login))[0]  # type: ignore[misc]
            if number >= 0:
                kept.append(milliseconds)
    database.close()
    return Comparison(f"a wrong sign-in, unknown name, {label}", "the same for a known name", Durations(unknown), Durations(known), ALIKE)


def _open_accounts(work: UnitOfWork) -> None:
    for number in range(ROUNDS):
        opened = open_account(work, login=f"somebody{number}", name="王示例", roles=[Role.ORGANIZER], scope=Scope())
        set_password(work, opened.id, "Abendrot-7")


def _try(browser: Client, login: str) -> Any:
    answer = browser.post("/portal/sign-in", data={"login": login, "password": "Wrong-guess-1"})
    if answer.status_code != 403:
        raise RuntimeError(f"the sign-in answered {answer.status_code}")
    return answer
