"""All services in one process on SQLite: ``python -m services``."""

import logging
import os
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from services.embedded import FolderInUse, House, take_folder
from shared.logs import configure_logs
from shared.traces import send_traces
from shared.vocabulary import SERVICES

DEFAULT_FOLDER = Path("data")


class Server(BaseApplication):
    """gunicorn with one worker of several threads; the house is opened in the worker, after the fork."""

    def __init__(self, folder: Path, address: str, threads: int) -> None:
        self._folder = folder
        self._address = address
        self._threads = threads
        super().__init__()

    def load_config(self) -> None:
        """One process, since one process owns the SQLite files."""
        options: dict[str, Any] = {
            "bind": self._address,
            "workers": 1,
            "threads": self._threads,
            "worker_class": "gthread",
            "timeout": 120,
            "graceful_timeout": 20,
            "control_socket_disable": True,
            "worker_exit": _close,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Open the house and start the work behind the doors."""
        send_traces("house")
        house = House(self._folder, public_url=f"http://{self._address}")
        house.start()
        _open_houses.append(house)
        return house.wsgi


_open_houses: list[House] = []


def _close(_server: Any, _worker: Any) -> None:
    for house in _open_houses:
        house.stop()


@click.group(invoke_without_command=True)
@click.option("--folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, envvar="LINGHANG_FOLDER", help="Where the data lies.")
@click.option("--host", default="127.0.0.1", envvar="LINGHANG_HOST", help="Address to listen on.")
@click.option("--port", type=int, default=8000, envvar="LINGHANG_PORT", help="Port to listen on.")
@click.option("--threads", type=int, default=8, envvar="LINGHANG_THREADS", help="Requests served at once.")
@click.option("--empty", is_flag=True, envvar="LINGHANG_EMPTY", help="Start without the model city's data.")
@click.pass_context
def main(context: click.Context, folder: Path, host: str, port: int, threads: int, empty: bool) -> None:
    """Serve Linghang from one folder; the first start fills it with the model city, later ones go on with what is there."""
    configure_logs()
    logging.captureWarnings(True)
    context.obj = folder
    if context.invoked_subcommand is not None:
        return
    fresh = not (folder / "portal").exists()
    try:
        _require_port(host, port)
        if fresh:
            _fill(folder, empty)
        take_folder(folder).close()  # said here in one line, and not from deep inside the server
    except FolderInUse as error:
        raise click.ClickException(str(error)) from error
    _announce(folder, host, port)
    Server(folder, f"{host}:{port}", threads).run()


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("demo-output"), help="Where certificates and the report go.")
def demo(out: Path) -> None:
    """Play the model city's history on a fresh folder, write certificates and report, print the totals."""
    from demo.__main__ import play

    play(out)


def _command_line_of(service: str) -> click.Command:
    options = {"ignore_unknown_options": True, "allow_interspersed_args": False}

    @click.command(service, context_settings=options, add_help_option=False, short_help=f"The command line of {service} on this folder.")
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    @click.pass_obj
    def operate(folder: Path, words: tuple[str, ...]) -> None:
        own = folder / service
        if not own.exists():
            raise click.ClickException(f"{folder} holds no data yet; start the server once, or name another folder with --folder")
        os.environ.setdefault(f"{service.upper()}_DATABASE_URL", f"sqlite:///{own / service}.db")
        os.environ.setdefault(f"{service.upper()}_DATA_FOLDER", str(own))
        import_module(f"services.{service}.__main__").command(list(words), prog_name=f"python -m services {service}")

    return operate


for _service in SERVICES:
    main.add_command(_command_line_of(_service))


def _require_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}); choose another port with LINGHANG_PORT"
            ) from error


def _fill(folder: Path, empty: bool) -> None:
    from demo.__main__ import fill, open_empty

    (open_empty if empty else fill)(folder)


def _announce(folder: Path, host: str, port: int) -> None:
    notice = folder / "sign-ins.txt"
    click.echo(f"\n领航 Linghang: http://{host}:{port}/\n")
    if notice.exists():
        click.echo(notice.read_text(encoding="utf-8"))
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
