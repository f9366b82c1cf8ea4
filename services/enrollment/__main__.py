"""The command line of enrollment: python -m services.enrollment."""

import sys
from functools import partial

import click

from services.enrollment.app import create_app
from services.enrollment.operations import retention
from services.enrollment.operations.data_keys import rotate
from services.enrollment.queries.agreement import differences
from services.enrollment.settings import Settings
from services.enrollment.storage import data_keys
from shared.domain import RuleBroken
from shared.storage.retention import erase
from shared.storage.work import SYSTEM, transact
from shared.web.command_line import parts, service_command
from shared.web.problems import explain_error

command = service_command(Settings, create_app)


@command.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Count every place anew and compare with the booked seats and cells: PASS, or what differs (exit code 1)."""
    with parts(context).database.reading() as connection:
        found = list(differences(connection))
    for difference in found:
        click.echo(difference)
    click.echo(f"FAIL: {len(found)} differences" if found else "PASS")
    sys.exit(1 if found else 0)


@command.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.pass_context
def forget(context: click.Context, dry_run: bool) -> None:
    """Erase what is kept of people longer than its time (R48); the worker does the same once an hour."""
    service = parts(context)
    context.call_on_close(service.database.close)
    assert isinstance(service.settings, Settings)  # create_app of this service made them
    batch = partial(retention.forget, days=service.settings.forget_after_days)
    for what, count in sorted(erase(service.database, batch, only_count=dry_run).items()):
        click.echo(f"{what}: {count}")
    click.echo("nothing was erased, only counted" if dry_run else "done")


@command.command("rotate-data-key")
@click.pass_context
def rotate_data_key(context: click.Context) -> None:
    """Encrypt and hash ID numbers, phones and rosters anew under a new secret (R43); the old one opens nothing kept afterwards."""
    database, secrets = parts(context).database, context.obj.extensions["enrollment_secrets"]
    context.call_on_close(database.close)
    with context.obj.app_context():
        try:
            with database.reading() as connection:
                key = data_keys.prepared(connection, secrets)
            done = transact(database, SYSTEM, rotate, key, secrets=secrets)
        except RuleBroken as error:
            raise click.ClickException(explain_error(error)) from error
    data_keys.clear_away(database)
    anew = f"{done.people} people, {done.rosters} rosters and {done.requests} requests encrypted anew"
    click.echo(f"secret {done.number} is in force: {anew}")
    before = "the secret before" if secrets.are_configured else str(secrets.file(done.number - 1))
    click.echo(f"{before} opens nothing here any more; keep it elsewhere for as long as a backup needs it")


if __name__ == "__main__":
    command()
