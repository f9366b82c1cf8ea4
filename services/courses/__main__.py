"""The command line of courses: python -m services.courses."""

import sys

import click

from services.courses.app import create_app
from services.courses.queries.agreement import differences
from services.courses.settings import Settings
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


if __name__ == "__main__":
    command()
