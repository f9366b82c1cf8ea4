"""The command line of finance: python -m services.finance."""

import sys

import click

from services.finance.app import create_app
from services.finance.operations.rebuilding import empty
from services.finance.queries.agreement import differences
from services.finance.settings import Settings
from shared.web.command_line import parts, service_command

command = service_command(Settings, create_app, rebuild=empty)


@command.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Recount every participation and total from the facts: PASS, or what differs (exit code 1)."""
    with parts(context).database.reading() as connection:
        found = list(differences(connection))
    for difference in found:
        click.echo(difference)
    click.echo(f"FAIL: {len(found)} differences" if found else "PASS")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    command()
