"""The contracts' command line: ``python -m shared.contracts catalog|readme``."""

import json

import click

from shared.contracts.catalog import asyncapi
from shared.contracts.catalog import readme as page


@click.group()
def main() -> None:
    """The public events of all services."""


@main.command()
def catalog() -> None:
    """Print the AsyncAPI document."""
    click.echo(json.dumps(asyncapi(), ensure_ascii=False, indent=2))


@main.command()
def readme() -> None:
    """Print the catalog as a Markdown page."""
    click.echo(page(), nl=False)


if __name__ == "__main__":
    main()
