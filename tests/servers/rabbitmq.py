"""A RabbitMQ node of its own for one test run."""

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pika
import pika.exceptions

from deploy.broker.declaring import declare
from deploy.broker.inventory import Topology
from deploy.broker.management import Management
from tests.servers.debian import epmd_program, rabbitmq_folder
from tests.servers.processes import as_account, free_port, make_patiently, own_folder, stop, unprivileged, wait_until

CONFIGURATION = """
listeners.tcp.local = 127.0.0.1:{port}
default_user = linghang
default_pass = {password}
default_user_tags.administrator = true
management.tcp.ip = 127.0.0.1
management.tcp.port = {management_port}
management.disable_stats = true
management_agent.disable_metrics_collector = true
disk_free_limit.absolute = 50MB
loopback_users.guest = true
"""


class RabbitServer:
    """One node with its own name, folder, ports and name service (epmd); `url` names its default virtual host."""

    def __init__(self) -> None:
        self._programs = rabbitmq_folder()
        self._account = unprivileged("rabbitmq")
        self._password = secrets.token_hex(12)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.folder: Path | None = None
        self.port = 0
        self.management_port = 0
        self._environment: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The default virtual host, as pika writes it."""
        return f"amqp://linghang:{self._password}@127.0.0.1:{self.port}/%2F"

    @property
    def management(self) -> str:
        """The management API, with user and password."""
        return f"http://linghang:{self._password}@127.0.0.1:{self.management_port}"

    @property
    def control(self) -> str:
        """A program that is `rabbitmqctl` for this node."""
        assert self.folder is not None, "make() comes first"
        return str(self.folder / "rabbitmqctl")

    @property
    def pid(self) -> int:
        """The process id of the node, for tests that kill it."""
        return self._processes["node"].pid

    def make(self) -> "RabbitServer":
        """Write the node's configuration and start it."""
        make_patiently(self._make, self.remove)
        return self

    def _make(self) -> None:
        self.folder = own_folder("rabbitmq", self._account)
        self.port, self.management_port = free_port(), free_port()
        configuration = self.folder / "rabbitmq.conf"
        configuration.write_text(CONFIGURATION.format(port=self.port, management_port=self.management_port, password=self._password))
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].")
        self._environment = self._describe(self.folder)
        self._write_control(self.folder)
        if self._account:
            for path in self.folder.iterdir():
                shutil.chown(path, self._account)
        self.start()

    def _describe(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": f"linghang-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-environment-file"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            # Erlang burns processors while idle unless told not to; the tests need them
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RUNNING_UNDER_SYSTEMD": "true",  # the start script becomes the node, so its process id is the node's
        }

    def _write_control(self, folder: Path) -> None:
        settings = "".join(f"export {name}='{value}'\n" for name, value in self._environment.items())
        become = " ".join(as_account(self._account))
        control = folder / "rabbitmqctl"
        control.write_text(f'#!/bin/sh\n{settings}cd /\nexec {become} {self._programs / "rabbitmqctl"} "$@"\n')
        control.chmod(0o755)

    def start(self) -> None:
        """Start the node on its ports, with what it kept."""
        assert self.folder is not None, "make() comes first"
        if "epmd" not in self._processes:
            # a daemon would outlive us; this one is our child
            words = [*as_account(self._account, dies_with="TERM"), str(epmd_program()), "-port", self._environment["ERL_EPMD_PORT"]]
            self._processes["epmd"] = self._spawn([*words, "-address", "127.0.0.1"])
        words = [*as_account(self._account, dies_with="TERM"), str(self._programs / "rabbitmq-server")]
        self._processes["node"] = self._spawn(words)
        wait_until(self._answers, self._processes["node"], self.folder / "log")

    def kill(self) -> None:
        """kill -9, as a crash; `start` brings it back."""
        self._processes["node"].kill()
        self._processes["node"].wait()

    def stop(self) -> None:
        """Stop node and name service by their process ids; the data stays."""
        stop(self._processes.pop("node", None), signal.SIGTERM)
        stop(self._processes.pop("epmd", None), signal.SIGTERM)

    def remove(self) -> None:
        """Stop the node and remove its folder."""
        self.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _spawn(self, words: list[str]) -> subprocess.Popen[bytes]:
        assert self.folder is not None, "make() comes first"
        with (self.folder / "log").open("ab") as output:
            return subprocess.Popen(
                words, cwd="/", env=self._environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def _answers(self) -> bool:
        try:
            pika.BlockingConnection(pika.URLParameters(self.url + "?connection_attempts=1&socket_timeout=2")).close()
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True


def new_virtual_host(management: str, url: str) -> str:
    """Make a fresh virtual host with our topology declared; answers its URL for the administrator of `url`."""
    made = empty_virtual_host(management, url)
    declare_topology(management, made)
    return made


def empty_virtual_host(management: str, url: str) -> str:
    """The same without the topology."""
    api, name = Management(management), f"t{secrets.token_hex(5)}"
    api.put(f"vhosts/{name}", {})
    api.put(f"permissions/{name}/{api.user}", {"configure": ".*", "write": ".*", "read": ".*"})
    return f"{url.rsplit('/', 1)[0]}/{name}"


def declare_topology(management: str, url: str) -> None:
    """Declare our topology in the virtual host of `url`, without users of the services; safe to repeat."""
    api = Management(management)
    declare(api, Topology({}, api.user, unquote(url.rsplit("/", 1)[1])))


def delete_virtual_host(management: str, url: str) -> None:
    """Delete a virtual host with everything in it."""
    Management(management).delete(f"vhosts/{url.rsplit('/', 1)[1]}")


def run_control(control: str, *words: str, given: str | None = None) -> str:
    """Run `rabbitmqctl` of the test node. Raises `RuntimeError` with what it said when it fails."""
    done = subprocess.run([*control.split(), *words], input=given, capture_output=True, text=True, cwd="/", env=dict(os.environ))
    if done.returncode:
        raise RuntimeError(f"rabbitmqctl {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout
