"""The short form of `make soak`: some thousand events, some faults, and the account of every one."""

import random
import sys
from pathlib import Path

from tests.faults.breaking import QUICK
from tests.faults.soaking import Soak, account
from tests.servers import PostgresServer, RabbitServer

EVENTS = 2000


def test_a_short_soak_balances(tmp_path: Path):
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    postgres, rabbit = PostgresServer(), RabbitServer()
    try:
        soak = Soak(
            tmp_path, postgres.make(), rabbit.make(), random.Random(seed), lambda what: sys.stdout.write(what + "\n"), pause=(0.0, 0.3)
        )
        try:
            soak.prepare()
            soak.run(EVENTS, QUICK, breath=0.03)
            found = account(soak, QUICK)
        finally:
            soak.stop()
    finally:
        rabbit.remove()
        postgres.remove()
    assert found["events"] >= EVENTS
