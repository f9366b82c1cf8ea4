"""`python -m tests.servers run -- COMMAND`: COMMAND with a PostgreSQL and a RabbitMQ of its own."""

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn

from tests.servers.debian import NotInstalled, provide
from tests.servers.postgres import PostgresServer
from tests.servers.processes import ServerFailed, as_account, stop
from tests.servers.rabbitmq import RabbitServer

USAGE = """usage: python -m tests.servers run -- COMMAND...

Runs COMMAND with these variables set, each taken as it is when it is set already:
  LINGHANG_TEST_POSTGRES_URL         postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE of an administrator
  LINGHANG_TEST_RABBITMQ_URL         amqp://USER:PASSWORD@HOST:PORT/%2F of an administrator
  LINGHANG_TEST_RABBITMQ_MANAGEMENT  http://USER:PASSWORD@HOST:PORT of the same administrator, that broker's management API
  LINGHANG_TEST_CHROMIUM             the browser for the browser tests
  LINGHANG_TEST_NODE, …_NPM          Node 18 or newer and its package manager, for the OpenID provider
  LINGHANG_TEST_OIDC_MODULES         that provider's node_modules, where npm reaches no registry
"""


def stop_on(number: int, _frame: FrameType | None) -> NoReturn:
    """A signal ends the run through the same door as an error, so that the servers stop."""
    raise SystemExit(128 + number)


def run(command: list[str]) -> int:
    """Provide the servers, run `command`, stop the servers that are ours, and return the command's exit status."""
    provide()
    environment = dict(os.environ)
    environment.setdefault("LINGHANG_TEST_CHROMIUM", "/usr/bin/chromium")
    ours: list[PostgresServer | RabbitServer] = []
    child: subprocess.Popen[bytes] | None = None
    try:
        if "LINGHANG_TEST_POSTGRES_URL" not in environment:
            postgres = PostgresServer()
            ours.append(postgres)
            environment["LINGHANG_TEST_POSTGRES_URL"] = postgres.make().url
        if "LINGHANG_TEST_RABBITMQ_URL" not in environment:
            rabbit = RabbitServer()
            ours.append(rabbit)
            environment["LINGHANG_TEST_RABBITMQ_URL"] = rabbit.make().url
            environment["LINGHANG_TEST_RABBITMQ_MANAGEMENT"] = rabbit.management
        # a session of its own: a Ctrl-C reaches it once, through us
        child = subprocess.Popen([*as_account(None, dies_with="INT"), *command], env=environment, start_new_session=True)
        return child.wait()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
        if child is not None:
            stop(child, signal.SIGINT)
        for server in reversed(ours):
            server.remove()


def main(words: list[str]) -> int:
    """Read the command line."""
    if len(words) < 3 or words[:2] != ["run", "--"]:
        sys.stderr.write(USAGE)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_on)
    try:
        return run(words[2:])
    except (NotInstalled, ServerFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
