"""RabbitMQ's management API, as an administrator."""

import base64
import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click

PATIENCE = 30.0  # seconds for one answer


class BrokerRefused(click.ClickException):
    """The broker was asked and did not do it."""


class BrokerAway(click.ClickException):
    """Nobody answers at the broker's address."""


class Management:
    """A broker behind an address such as `http://administrator@rabbitmq:15672`."""

    def __init__(self, url: str, password_file: Path | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username:
            raise click.UsageError("the management address reads http://USER@HOST:PORT")
        self.user = unquote(parts.username)
        password = password_file.read_text().strip() if password_file else unquote(parts.password or "")
        self._authorization = "Basic " + base64.b64encode(f"{self.user}:{password}".encode()).decode("ascii")
        self.address = f"{parts.scheme}://{parts.netloc.rsplit('@', 1)[1]}{parts.path.rstrip('/')}"
        # a broker stands nearby: proxies of the environment are for the world outside
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Any:
        """What the broker says there; None when there is nothing."""
        return self._ask("GET", path, missing_is_well=True)

    def put(self, path: str, body: Any) -> None:
        """Make or change it."""
        self._ask("PUT", path, body)

    def post(self, path: str, body: Any) -> None:
        """Add it."""
        self._ask("POST", path, body)

    def delete(self, path: str) -> None:
        """Take it away, if it is there."""
        self._ask("DELETE", path, missing_is_well=True)

    def wait(self, seconds: float) -> None:
        """Wait until the broker answers, and find out whether it takes us for an administrator."""
        end = time.monotonic() + seconds
        while True:
            try:
                who = self.get("whoami")
                break
            except BrokerAway:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
        tags = who["tags"]
        if "administrator" not in (tags if isinstance(tags, list) else tags.split(",")):
            raise BrokerRefused(f"{self.user} is no administrator of the broker at {self.address}")

    def _ask(self, method: str, path: str, body: Any = None, *, missing_is_well: bool = False) -> Any:
        request = urllib.request.Request(f"{self.address}/api/{path}", method=method, headers={"Authorization": self._authorization})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                said = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404 and missing_is_well:
                    return None
                if error.code == 401:
                    raise BrokerRefused(
                        f"the broker at {self.address} does not let {self.user} in: wrong password, or no rights"
                    ) from error
                raise BrokerRefused(f"the broker answered {error.code} to {method} {path}: {_reason(error.read())}") from error
        except OSError as error:
            raise BrokerAway(f"no broker answers at {self.address}: {getattr(error, 'reason', error)}") from error
        return json.loads(said) if said else None


def _reason(said: bytes) -> str:
    try:
        return str(json.loads(said)["reason"])
    except (ValueError, KeyError, TypeError):
        return said[:200].decode("utf-8", "replace")
