"""The short form of `make soak`: some thousand events, some faults, and the account of every one."""

import random
import sys
from pathlib import Path

import psycopg
import pytest

from tests.faults.account import AccountWrong
from tests.faults.breaking import QUICK
from tests.faults.soaking import Soak, account
from tests.servers import PostgresServer, RabbitServer

EVENTS = 2000
# Each on top of the one before: what an account that balances must not overlook.
WRONG = {
    "DELETE FROM heard WHERE id = (SELECT max(id) FROM heard)": "finance has not applied 1 events",
    "INSERT INTO heard (stream, version) SELECT stream, version FROM heard ORDER BY id LIMIT 1": "finance has applied 1 events too often",
    "UPDATE inbox SET status = 'parked' WHERE id = (SELECT max(id) FROM inbox)": "finance has events that are not done",
}


def say(what: str) -> None:
    sys.stdout.write(f"{what}\n")


def test_a_short_soak_balances(tmp_path: Path):
    seed = random.randrange(1_000_000)
    say(f"seed {seed}")
    postgres, rabbit = PostgresServer(), RabbitServer()
    try:
        soak = Soak(tmp_path, postgres.make(), rabbit.make(), random.Random(seed), say, pause=(0.0, 0.3))
        try:
            soak.prepare()
            soak.run(EVENTS, QUICK, breath=0.06)
            found = account(soak, QUICK)
            assert found["events"] >= EVENTS
            for wrong, words in WRONG.items():
                with psycopg.connect(soak.databases["finance"].replace("+psycopg", "")) as connection:
                    connection.execute(wrong)
                with pytest.raises(AccountWrong, match=words):
                    account(soak, QUICK)
        finally:
            soak.stop()
    finally:
        rabbit.remove()
        postgres.remove()
