"""The command line of finance: python -m services.finance."""

import sys
from datetime import datetime
from pathlib import Path

import click

from services.finance.api.workbook import SHEETS, workbook
from services.finance.app import create_app
from services.finance.domain.period import Filters, period_of
from services.finance.operations.rebuilding import READ_MODEL
from services.finance.queries.agreement import differences
from services.finance.queries.report import report as draw_up
from services.finance.settings import Settings
from shared.domain import Malformed
from shared.vocabulary import Category, Delivery
from shared.web.command_line import parts, service_command
from shared.web.language import speaking

command = service_command(Settings, create_app, model=READ_MODEL)


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


@command.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The workbook to write.")
@click.option("--year", type=int, default=None, help="A calendar year; not together with --from and --to.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--category", type=click.Choice([word.value for word in Category]), default=None)
@click.option("--delivery", type=click.Choice([word.value for word in Delivery]), default=None)
@click.option("--county", "county_code", default=None, help="Six-digit division code.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@click.pass_context
def report(
    context: click.Context,
    out: Path,
    year: int | None,
    first: datetime | None,
    last: datetime | None,
    category: str | None,
    delivery: str | None,
    county_code: str | None,
    language: str,
) -> None:
    """Write the report as a workbook, with its filters, cut-off and definitions."""
    try:
        period = period_of(year, first.date() if first else None, last.date() if last else None)
    except Malformed as error:
        raise click.ClickException(str(error)) from error
    filters = Filters(period, Category(category) if category else None, Delivery(delivery) if delivery else None, county_code)
    with context.obj.app_context(), speaking(language), parts(context).database.reading() as connection:
        whole = draw_up(connection, filters)
        out.write_bytes(workbook(whole, [draw_up(connection, filters, by) for by in SHEETS]))
    click.echo(f"{out}: {whole.totals.intakes} intakes, {whole.totals.participations} participations, {whole.totals.people} people")


if __name__ == "__main__":
    command()
