"""`python -m deploy.broker declare` and `check`: the broker's topology from one place."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deploy.broker.declaring import CannotBeChanged, declare, publishers_behind
from deploy.broker.definitions import LIMITS
from deploy.broker.inventory import Topology
from deploy.broker.management import Management
from shared.messaging.topology import DEAD, VIRTUAL_HOST
from shared.vocabulary import SERVICES

OPTIONS = (
    click.option("--url", required=True, envvar="LINGHANG_BROKER_URL", help="The management address, http://USER@HOST:PORT."),
    click.option(
        "--password-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="LINGHANG_BROKER_PASSWORD_FILE",
        help="The file with that administrator's password.",
    ),
    click.option(
        "--passwords",
        "folder",
        required=True,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="LINGHANG_BROKER_PASSWORDS",
        help="The folder with a file broker-SERVICE for each service: its user's password.",
    ),
    click.option("--virtual-host", default=VIRTUAL_HOST, envvar="LINGHANG_BROKER_VIRTUAL_HOST", show_default=True),
    click.option("--prefix", default="", envvar="LINGHANG_BROKER_PREFIX", help="Before each user's name, where two houses share a broker."),
    click.option("--deliveries", default=LIMITS["delivery-limit"], envvar="LINGHANG_BROKER_DELIVERIES", show_default=True),
    click.option(
        "--inbox-bytes",
        default=LIMITS["max-length-bytes"],
        envvar="LINGHANG_BROKER_INBOX_BYTES",
        show_default=True,
        help="How full an inbox may be; a full one refuses, and the outboxes wait.",
    ),
    click.option("--wait", "seconds", default=60.0, show_default=True, help="How long a broker may take to answer at all."),
)


def _open(url: str, password_file: Path | None, folder: Path, seconds: float, **options: Any) -> tuple[Management, Topology]:
    files = {name: folder / f"broker-{name}" for name in SERVICES}
    missing = [name for name, file in files.items() if not file.is_file() or not file.read_text().strip()]
    if missing:
        raise click.ClickException(f"no password in {folder} for {', '.join(missing)}")
    api = Management(url, password_file)
    limits = {"delivery-limit": options["deliveries"], "max-length-bytes": options["inbox_bytes"]}
    passwords = {name: file.read_text().strip() for name, file in files.items()}
    api.wait(seconds)
    return api, Topology(passwords, api.user, options["virtual_host"], options["prefix"], limits)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group()
def main() -> None:
    """Virtual host, users, rights, policies, exchanges, queues and bindings of Linghang's broker."""


@main.command("declare")
@_with_options
@click.option("--replace", is_flag=True, help="Delete a queue or exchange that differs, with what lies in it, and make it anew.")
def declare_command(replace: bool, **options: Any) -> None:
    """Make the broker hold what it should; safe to repeat, changes nothing that cannot be changed."""
    api, topology = _open(**options)
    try:
        outcome = declare(api, topology, replace=replace)
    except CannotBeChanged as error:
        _say_how_to_replace(topology, error)
        sys.exit(1)
    for words in outcome.done:
        click.echo(words)
    for difference in outcome.left:
        click.echo(f"left as it is: {difference}")
    if outcome.send_again:
        click.echo(f"What was sent before may not have reached everybody. Unless this is a first start:\n{_send_again(outcome.send_again)}")
    click.echo("declared" if outcome.done else "all of it was there: nothing was changed")


@main.command()
@_with_options
def check(**options: Any) -> None:
    """Name every difference between the broker and what it should hold, and what lies in `dead`; PASS when there is nothing."""
    api, topology = _open(**options)
    differences = topology.differences(api)
    for difference in differences:
        click.echo(str(difference))
    dead = topology.dead_letters(api)
    if dead is None:
        click.echo(f"queue {DEAD}: not looked into, this broker keeps no counts (management.disable_stats)")
    elif dead:
        click.echo(
            f"queue {DEAD}: holds {dead} messages that nobody will read: no events of ours, or events that were delivered"
            " again and again without an answer. Look into them, mend the cause, have the publisher send real events"
            " again (`python -m services.SERVICE send-again`), then purge the queue."
        )
    if differences:
        click.echo(
            f"Differences: {len(differences)}. `python -m deploy.broker declare` mends all but surplus queues, exchanges and policies."
        )
    if differences or dead:
        sys.exit(1)
    click.echo("PASS")


def _say_how_to_replace(topology: Topology, error: CannotBeChanged) -> None:
    click.echo("Nothing was changed, since the broker holds what cannot be changed while it is there:", err=True)
    for difference in error.differences:
        click.echo(f"  {difference}", err=True)
    click.echo("The broker carries copies only: `declare --replace` deletes these, with what lies in them, and makes them anew.", err=True)
    publishers = publishers_behind(topology, [one.part for one in error.differences])
    if publishers:
        click.echo(f"Then send once more what they took; it is applied once:\n{_send_again(publishers)}", err=True)


def _send_again(publishers: tuple[str, ...]) -> str:
    return "\n".join(f"  python -m services.{name} send-again" for name in publishers)


if __name__ == "__main__":
    main(prog_name="python -m deploy.broker")
