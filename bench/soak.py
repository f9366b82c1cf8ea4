"""`make soak`: hundreds of thousands of events through the backbone while everything around it breaks, and the account of each."""

import random
import sys
import tempfile
import time
from pathlib import Path

import click

from bench import machine
from tests.faults.account import AccountWrong
from tests.faults.breaking import FAULTS
from tests.faults.soaking import Soak, account
from tests.servers import PostgresServer, RabbitServer


@click.command()
@click.option("--events", default=200_000, show_default=True, help="How many events the writers commit.")
@click.option("--seed", type=int, help="What decides who is hit and when; as a run before has printed it.")
def main(events: int, seed: int | None) -> None:
    """Soak the event backbone on a PostgreSQL and a RabbitMQ of its own; exit code 1 when the account does not balance."""
    seed = random.randrange(1_000_000) if seed is None else seed
    begun, load = time.monotonic(), machine.load()

    def say(what: str) -> None:
        click.echo(f"{time.monotonic() - begun:7.1f} s  {what}")

    say(f"{events} events, seed {seed}")
    postgres, rabbit = PostgresServer(), RabbitServer()
    try:
        with tempfile.TemporaryDirectory(prefix="linghang-soak-") as folder:
            soak = Soak(Path(folder), postgres.make(), rabbit.make(), random.Random(seed), say)
            try:
                soak.prepare()
                soak.run(events, FAULTS)
                found = account(soak, FAULTS)
            finally:
                soak.stop()
    except AccountWrong as wrong:
        click.echo(f"FAIL, seed {seed}:\n{wrong}")
        sys.exit(1)
    finally:
        rabbit.remove()
        postgres.remove()
    took = time.monotonic() - begun
    for fault in FAULTS:
        click.echo(f"{soak.bit[fault.name]:5d} of {soak.tried[fault.name]:3d} bit: {fault.name}")
    click.echo(
        f"PASS, seed {seed}: {found['events']} events committed ({found['answers']} of them by handlers, the answer to at most "
        f"{found['unknown']} was lost with a connection), {found['applied']} applied once each and in order at their listeners, "
        f"counted and recounted, none set aside; {took:.0f} s, {found['events'] / took:.0f} committed and {found['applied'] / took:.0f} "
        f"applied a second, faults and all. Load averages before {load}, after {machine.load()}."
    )


if __name__ == "__main__":
    main()
