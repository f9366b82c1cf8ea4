"""A PostgreSQL cluster of its own for one test run."""

import secrets
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from tests.servers.debian import postgres_folder
from tests.servers.processes import as_account, free_port, make_patiently, own_folder, stop, unprivileged, wait_until

# fsync protects against a dying operating system only; a killed server keeps its commits without it.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}


class PostgresServer:
    """One cluster in a temporary folder on a free port; `url` names its administrative database."""

    def __init__(self) -> None:
        self._programs = postgres_folder()
        self._account = unprivileged("postgres")
        self._password = secrets.token_urlsafe(16)
        self._process: subprocess.Popen[bytes] | None = None
        self.folder: Path | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The administrative database, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://linghang:{self._password}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The process id of the server, for tests that kill it."""
        assert self._process is not None, "the server has not been started"
        return self._process.pid

    def make(self) -> "PostgresServer":
        """Create the cluster and start it."""
        make_patiently(self._make, self.remove)
        return self

    def _make(self) -> None:
        self.folder = own_folder("postgres", self._account)
        password_file = self.folder / "password"
        password_file.write_text(self._password)
        if self._account:
            shutil.chown(password_file, self._account)
        words = [*as_account(self._account), str(self._programs / "initdb"), "-D", str(self.folder / "data"), "-U", "linghang"]
        words += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(words, check=True, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.port = free_port()
        self.start()

    def start(self) -> None:
        """Start the cluster on its port, as it was left."""
        assert self.folder is not None, "make() comes first"
        log = self.folder / "log"
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        words = [*as_account(self._account, dies_with="INT"), str(self._programs / "postgres"), "-D", str(self.folder / "data")]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*words, "-p", str(self.port), *options], cwd="/", stdout=output, stderr=output, start_new_session=True
            )
        wait_until(self._answers, self._process, log)

    def kill(self) -> None:
        """kill -9, as a crash; `start` brings it back."""
        assert self._process is not None, "the server has not been started"
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop the server by its process id; the cluster stays."""
        stop(self._process, signal.SIGINT)
        self._process = None

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def create_database(admin_url: str) -> str:
    """Make an empty database on the server of `admin_url` and return its URL."""
    name = f"linghang_{secrets.token_hex(6)}"
    with psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return admin_url.rsplit("/", 1)[0] + f"/{name}"


def drop_database(admin_url: str, url: str) -> None:
    """Remove a database and everybody who is still connected to it."""
    name = url.rsplit("/", 1)[1]
    with psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
