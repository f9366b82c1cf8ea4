"""The command line of enrollment: python -m services.enrollment."""

import sys

import click

from services.enrollment.app import create_app
from services.enrollment.queries.agreement import differences
from services.enrollment.settings import Settings
from shared.web.command_line import parts, service_command

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


if __name__ == "__main__":
    command()
