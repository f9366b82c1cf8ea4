"""The command line of portal: python -m services.portal."""

import sys
from functools import partial
from uuid import UUID

import click

from services.portal.app import create_app
from services.portal.domain.account import Scope
from services.portal.domain.external_identity import Identity
from services.portal.operations import accounts, activation_codes, clients, external_identities, retention, second_factors
from services.portal.settings import Settings
from services.portal.storage.accounts import id_of_login
from services.portal.storage.keys import KeyRing, key_ring
from shared.domain import Malformed, RuleBroken
from shared.storage.retention import erase
from shared.storage.work import SYSTEM, UnitOfWork, transact
from shared.vocabulary import Role
from shared.web.command_line import parts, service_command
from shared.web.problems import explain_error, explain_problem

command = service_command(Settings, create_app)
ROLES = click.Choice([role.value for role in Role])


def _run(context: click.Context, operation: object, /, *args: object, **kwargs: object) -> object:
    with context.obj.app_context():
        try:
            return transact(parts(context).database, SYSTEM, operation, *args, **kwargs)  # type: ignore[arg-type]
        except Malformed as error:
            raise click.ClickException("\n".join(explain_problem(problem)["message"] for problem in error.problems)) from error
        except RuleBroken as error:
            raise click.ClickException(explain_error(error)) from error


def _settings(context: click.Context) -> Settings:
    settings = parts(context).settings
    assert isinstance(settings, Settings)  # create_app of this service made them
    return settings


def _ring(context: click.Context) -> KeyRing:
    return key_ring(_settings(context).data_folder)


@click.group()
def account() -> None:
    """Open, close and re-open the way into accounts."""


@account.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--county-code", default=None, help="The county of a county contact.")
@click.option("--school-id", type=click.UUID, default=None, help="The school of a school contact.")
@click.option("--cohort-id", "cohort_ids", type=click.UUID, multiple=True, help="The cohorts of a class teacher.")
@click.option("--person-id", type=click.UUID, default=None, help="The person a trainee is.")
@click.option("--unit", default="", help="The unit's name, as it stands in lists.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; otherwise a code is printed.")
@click.pass_context
def add_account(
    context: click.Context,
    login: str,
    name: str,
    roles: tuple[str, ...],
    county_code: str | None,
    school_id: UUID | None,
    cohort_ids: tuple[UUID, ...],
    person_id: UUID | None,
    unit: str,
    password_stdin: bool,
) -> None:
    """Open an account and print its activation code, or give it the password read from standard input."""
    scope = Scope(county_code, school_id, frozenset(cohort_ids), person_id)
    given = frozenset(Role(role) for role in roles)
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    settings, ring = _settings(context), _ring(context)

    def open_it(work: UnitOfWork) -> str | None:
        opened = accounts.open_account(work, login=login, name=name, roles=given, scope=scope, unit_name=unit)
        if password is not None:
            accounts.set_password(work, opened.id, password)
            return None
        return _code(work, opened.id, ring, settings)

    code = _run(context, open_it)
    click.echo(f"{login}: {code}" if code else f"{login}: the password is set")


@account.command("code")
@click.argument("login")
@click.pass_context
def give_code(context: click.Context, login: str) -> None:
    """Print a new activation code for an account: first sign-in, or a forgotten password."""
    settings, ring = _settings(context), _ring(context)
    click.echo(_run(context, lambda work: _code(work, _id_of(work, login), ring, settings)))


@account.command("close")
@click.argument("login")
@click.pass_context
def close_account(context: click.Context, login: str) -> None:
    """Close an account; its sessions end at once."""
    _run(context, lambda work: accounts.close_account(work, _id_of(work, login)))
    click.echo(f"{login}: closed")


@account.command("no-second-factor")
@click.argument("login")
@click.pass_context
def take_second_factor(context: click.Context, login: str) -> None:
    """Take the second factor away from an account whose owner has lost it and stands before you."""
    _run(context, lambda work: second_factors.take_away(work, _id_of(work, login)))
    click.echo(f"{login}: the password alone opens it")


@account.command("link")
@click.argument("login")
@click.argument("subject")
@click.pass_context
def link_account(context: click.Context, login: str, subject: str) -> None:
    """Let whom the OpenID provider calls SUBJECT in as LOGIN, in place of anyone linked before."""
    settings = _settings(context)
    if not settings.oidc_issuer:
        raise click.ClickException("no OpenID provider is set: PORTAL_OIDC_ISSUER")
    identity = Identity(settings.oidc_issuer, subject)
    _run(context, lambda work: external_identities.link(work, _id_of(work, login), identity))
    click.echo(f"{login}: linked with {subject} at {settings.oidc_issuer}")


@account.command("unlink")
@click.argument("login")
@click.pass_context
def unlink_account(context: click.Context, login: str) -> None:
    """Let nobody whom the OpenID provider names in as LOGIN any more."""
    _run(context, lambda work: external_identities.unlink(work, _id_of(work, login)))
    click.echo(f"{login}: the password alone opens it")


def _id_of(work: UnitOfWork, login: str) -> UUID:
    found = id_of_login(work.connection, login)
    if found is None:
        raise click.ClickException(f"no account is named {login}")
    return found


def _code(work: UnitOfWork, account_id: UUID, ring: KeyRing, settings: Settings) -> str:
    secret = ring.secret("activation-codes")
    return activation_codes.issue_codes(work, [account_id], secret=secret, days=settings.activation_days)[account_id]


@click.group()
def client() -> None:
    """Programs that use the API with a key."""


@client.command("add")
@click.argument("name")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--county-code", default=None, help="The county, for the role of a county contact.")
@click.option("--school-id", type=click.UUID, default=None, help="The school, for the role of a school contact.")
@click.pass_context
def add_client(context: click.Context, name: str, roles: tuple[str, ...], county_code: str | None, school_id: UUID | None) -> None:
    """Add a program and print its key; it is shown this once."""
    given = [Role(role) for role in roles]
    click.echo(_run(context, clients.add_client, name, given, Scope(county_code, school_id)))


@client.command("off")
@click.argument("name")
@click.pass_context
def switch_off(context: click.Context, name: str) -> None:
    """Refuse a program's key from now on."""
    _run(context, clients.switch_off_client, name)
    click.echo(f"{name}: switched off")


@click.command("rotate-keys")
@click.pass_context
def rotate_keys(context: click.Context) -> None:
    """Make a new signing key for tokens; it signs after a minute, and keys no longer needed are forgotten."""
    click.echo(_ring(context).rotate())


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.pass_context
def forget(context: click.Context, dry_run: bool) -> None:
    """Erase what is kept of people longer than its time (R48); the worker does the same once an hour."""
    service = parts(context)
    context.call_on_close(service.database.close)
    batch = partial(retention.forget, days=_settings(context).forget_after_days)
    for what, count in sorted(erase(service.database, batch, only_count=dry_run).items()):
        click.echo(f"{what}: {count}")
    click.echo("nothing was erased, only counted" if dry_run else "done")


for group in (account, client, rotate_keys, forget):
    command.add_command(group)

if __name__ == "__main__":
    command()
