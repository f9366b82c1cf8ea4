"""Gives each service a database of its own and a role that owns nothing else; safe to repeat."""

import os
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from shared.vocabulary import SERVICES

PASSWORDS = Path("/secrets/database")


def prepare(connection: psycopg.Connection, name: str, password: str) -> None:
    """Make role and database `name`, or bring the role's password up to date."""
    role = sql.Identifier(name)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(password)))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(role, role))
    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(role))


def main() -> None:
    """One database and role for each service."""
    host = os.environ.get("POSTGRES_HOST", "postgres")
    administrator = (PASSWORDS / "postgres").read_text().strip()
    with psycopg.connect(host=host, user="postgres", password=administrator, dbname="postgres", autocommit=True) as connection:
        for name in SERVICES:
            prepare(connection, name, (PASSWORDS / name).read_text().strip())
    sys.stdout.write(f"databases: {', '.join(SERVICES)}\n")


if __name__ == "__main__":
    main()
