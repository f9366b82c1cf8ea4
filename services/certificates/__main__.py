"""The command line of certificates: python -m services.certificates."""

import sys
import time
from pathlib import Path
from uuid import UUID

import click

from services.certificates.app import create_app
from services.certificates.domain.standing import Standing
from services.certificates.operations.downloads import take_files_of_cohort
from services.certificates.operations.office import Office
from services.certificates.operations.rendering import render_pending
from services.certificates.queries.agreement import differences
from services.certificates.queries.certificates import certificates_of_cohort
from services.certificates.settings import Settings
from shared.storage.work import Actor, transact
from shared.vocabulary import Role
from shared.web.command_line import parts, service_command

command = service_command(Settings, create_app)
# Whoever may start a command on this machine may read its database and keys anyway.
_OPERATOR = Actor(account_id="command line", name="command line", roles=frozenset({Role.ORGANIZER}))


@command.command()
@click.pass_context
def render(context: click.Context) -> None:
    """Make the files that are waiting, as the worker does; safe beside it and safe to repeat."""
    service = parts(context)
    made = 0
    with click.progressbar(length=0, label="rendering", show_eta=False) as bar:
        while taken := render_pending(service.database, _office(context)):
            made += taken
            bar.update(taken)
    click.echo(f"{made} taken in hand")


@command.command()
@click.option("--cohort", "cohort_id", type=click.UUID, required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--wait", type=float, default=120.0, show_default=True, help="Seconds to wait for files that a worker has in hand.")
@click.pass_context
def export(context: click.Context, cohort_id: UUID, out: Path, wait: float) -> None:
    """Write the files of a cohort's valid certificates to a folder, making first those that are not made yet."""
    service = parts(context)
    until = time.monotonic() + wait
    while missing := _without_file(context, cohort_id):
        if not render_pending(service.database, _office(context), cohort_id=cohort_id):
            if time.monotonic() > until:
                raise click.ClickException(f"{missing} files could not be made; the certificate's page says why")
            time.sleep(0.2)
    out.mkdir(parents=True, exist_ok=True)
    files = transact(service.database, _OPERATOR, take_files_of_cohort, cohort_id)
    for file in files:
        (out / file.name).write_bytes(file.pdf)
    click.echo(f"{len(files)} certificates in {out}")


@command.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Compare completions, certificates, numbers and files: PASS, or what does not agree (exit code 1)."""
    with parts(context).database.reading() as connection:
        found = list(differences(connection))
    for difference in found:
        click.echo(difference)
    click.echo(f"FAIL: {len(found)} differences" if found else "PASS")
    sys.exit(1 if found else 0)


def _without_file(context: click.Context, cohort_id: UUID) -> int:
    with parts(context).database.reading() as connection:
        found = certificates_of_cohort(connection, _OPERATOR, cohort_id)
    return sum(each.standing is Standing.VALID and each.rendered_at is None for each in found)


def _office(context: click.Context) -> Office:
    office: Office = context.obj.extensions["linghang_office"]
    return office


if __name__ == "__main__":
    command()
