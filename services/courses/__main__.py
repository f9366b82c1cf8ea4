"""The command line of courses: python -m services.courses."""

import sys
from functools import partial

import click

from services.courses.app import create_app
from services.courses.operations import retention
from services.courses.queries.agreement import differences
from services.courses.settings import Settings
from shared.storage.retention import erase
from shared.web.command_line import parts, service_command

command = service_command(Settings, create_app)


@command.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Judge every cohort anew from the ledger: PASS, or whose stored state differs (exit code 1)."""
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


if __name__ == "__main__":
    command()
