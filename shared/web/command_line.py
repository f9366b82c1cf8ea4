"""The operator's command line, the same for every service: ``python -m services.<name> …``."""

import json
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.serving import make_server

from shared.logs import configure_logs
from shared.messaging import inbox, outbox, rebuilding
from shared.messaging.rebuilding import ReadModel
from shared.storage import audit, migrations
from shared.storage.database import Database
from shared.storage.work import SYSTEM, transact
from shared.web.operations import standing
from shared.web.service import ServiceParts
from shared.web.settings import ServiceSettings, SettingsWrong


def service_command(settings: type[ServiceSettings], create_app: Callable[..., Flask], *, model: ReadModel | None = None) -> click.Group:
    """The commands of one service; it adds its own. `model` is what it can fill anew from its inbox."""

    @click.group(help=f"Linghang {settings.service}.")
    @click.pass_context
    def command(context: click.Context) -> None:
        configure_logs()
        try:
            context.obj = create_app(settings.from_environment())
        except SettingsWrong as error:
            raise click.ClickException(f"settings: {error}") from error

    for task in (migrate, migration, worker, backlog, parked, replay, discard, send_again, verify_audit):
        command.add_command(task)
    if model is not None:
        command.add_command(_rebuild_command(model))
        command.add_command(_compare_command(model))
    return command


def parts(context: click.Context) -> ServiceParts:
    """The service behind a command."""
    app: Flask = context.obj
    found: ServiceParts = app.extensions["linghang"]
    return found


def _database(context: click.Context) -> Database:
    return parts(context).database


@click.command()
@click.pass_context
def migrate(context: click.Context) -> None:
    """Bring the database to today's tables; safe to repeat."""
    migrations.upgrade(parts(context).name, _database(context))
    click.echo(f"{parts(context).name}: database is up to date")


@click.command()
@click.option("-m", "--message", required=True)
@click.pass_context
def migration(context: click.Context, message: str) -> None:
    """Write a new migration from the difference between database and code."""
    migrations.revise(parts(context).name, _database(context), message)


@click.command()
@click.pass_context
def worker(context: click.Context) -> None:
    """Relay, receive and apply events, and do the work that goes on behind, until SIGTERM."""
    from shared.messaging.worker import service_worker

    service = parts(context)
    if service.settings.broker_url is None:
        raise click.ClickException(f"{service.name} has no broker; in the one-process house the server does a worker's work")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = service_worker(service.name, service.database, service.listens, service.background, broker_url=service.settings.broker_url)
    context.obj.extensions["linghang_worker"] = running
    running.start()
    if service.settings.worker_port:
        answering = make_server("0.0.0.0", service.settings.worker_port, _only_health(context.obj))
        threading.Thread(target=answering.serve_forever, name="health", daemon=True).start()
    while not stop.wait(1.0) and running.alive:
        pass
    running.stop()
    sys.exit(0 if stop.is_set() else 1)


def _only_health(app: Flask) -> Any:
    """Of a service's pages those that a worker answers."""

    def answer(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] in ("/health", "/ready", "/metrics"):
            return app(environ, start_response)
        return NotFound()(environ, start_response)

    return answer


@click.command()
@click.pass_context
def backlog(context: click.Context) -> None:
    """Print how outbox and inbox stand."""
    with context.obj.app_context():
        click.echo(json.dumps(standing(), indent=2))


@click.command()
@click.pass_context
def parked(context: click.Context) -> None:
    """List the parked events with their errors."""
    with _database(context).reading() as connection:
        for row in inbox.parked(connection):
            click.echo(f"{row.id}\t{row.type}\t{row.stream}#{row.version}\t{row.error}")


@click.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--type", "event_type", default=None, help="Only events of this type.")
@click.pass_context
def replay(context: click.Context, ids: tuple[int, ...], event_type: str | None) -> None:
    """Make parked events pending again: those named, those of a type, or all."""
    count = transact(_database(context), SYSTEM, inbox.replay, ids=ids or None, event_type=event_type)
    click.echo(f"{count} to be applied again")


@click.command()
@click.argument("event_id", type=int)
@click.option("--reason", required=True)
@click.pass_context
def discard(context: click.Context, event_id: int, reason: str) -> None:
    """Give one parked event up, with a reason."""
    if not transact(_database(context), SYSTEM, inbox.discard, event_id, reason=reason):
        raise click.ClickException(f"{event_id} is not parked")


@click.command("send-again")
@click.pass_context
def send_again(context: click.Context) -> None:
    """Send the whole outbox once more; listeners keep what they have."""
    click.echo(f"{transact(_database(context), SYSTEM, lambda work: outbox.send_again(work.connection))} to be sent")


@click.command("verify-audit")
@click.option("--head", "known", default=None, help="POSITION:DIGEST noted earlier and elsewhere, for instance from the log.")
@click.pass_context
def verify_audit(context: click.Context, known: str | None) -> None:
    """Walk the audit log's chain (R47): PASS and its head, or where it breaks first (exit code 1)."""
    position, _, digest = (known or "").partition(":")
    if known and not (position.isdigit() and len(digest) == len(audit.FIRST)):
        raise click.BadParameter("a head is POSITION:DIGEST", param_hint="--head")
    with _database(context).reading() as connection:
        found = audit.verify(connection, audit.Head(int(position), digest) if known else None)
    click.echo(f"FAIL: {found.broken}" if found.broken else f"PASS: {found.sealed} entries sealed, {found.unsealed} not yet")
    click.echo(f"head {found.head.position}:{found.head.digest}")
    sys.exit(1 if found.broken else 0)


def _rebuild_command(model: ReadModel) -> click.Command:
    @click.command("rebuild")
    @click.pass_context
    def rebuild(context: click.Context) -> None:
        """Fill the read model anew from the inbox; the old one can be read until the new one stands."""
        service = parts(context)
        click.echo(f"{rebuilding.rebuild(service.database, service.listens, model)} events applied")

    return rebuild


def _compare_command(model: ReadModel) -> click.Command:
    @click.command("compare")
    @click.pass_context
    def compare(context: click.Context) -> None:
        """Compare the read model with what the inbox gives, and change nothing: PASS, or what differs (exit code 1)."""
        service = parts(context)
        found = rebuilding.compare(service.database, service.listens, model)
        for difference in found.differences:
            click.echo(difference)
        click.echo(f"{'FAIL' if found.differences else 'PASS'}: {found.events} events applied")
        sys.exit(1 if found.differences else 0)

    return compare
