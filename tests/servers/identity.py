"""A real OpenID provider of its own for one test run: the npm package `oidc-provider` under Node."""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import urllib.request
from pathlib import Path

from tests.servers.debian import node_program, npm_program
from tests.servers.processes import ServerFailed, as_account, free_port, make_patiently, own_folder, stop, wait_until

HERE = Path(__file__).parent / "oidc_provider"
CACHE = Path(__file__).parents[1] / ".servers"


class OpenIdProvider:
    """A provider on a free port whose own pages take any name with any password; the name is the subject."""

    client_id = "linghang"

    def __init__(self, *redirect_uris: str) -> None:
        self._node = node_program()
        self._modules = installed_modules()
        self._redirect_uris = redirect_uris
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._port = 0
        self.client_secret = secrets.token_urlsafe(24)

    @property
    def issuer(self) -> str:
        """How the provider calls itself."""
        return f"http://localhost:{self._port}"

    def make(self) -> "OpenIdProvider":
        """Start it."""
        make_patiently(self._make, self.remove)
        return self

    def _make(self) -> None:
        self._folder, self._port = own_folder("oidc", None), free_port()
        shutil.copy(HERE / "provider.mjs", self._folder)
        (self._folder / "node_modules").symlink_to(self._modules)
        log = self._folder / "log"
        words = [*as_account(None, dies_with="TERM"), self._node, str(self._folder / "provider.mjs"), str(self._port)]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [*words, self.client_id, self.client_secret, *self._redirect_uris],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until(self._answers, self._process, log)

    def stop(self) -> None:
        """Stop it by its process id."""
        stop(self._process, signal.SIGTERM)
        self._process = None

    def remove(self) -> None:
        """Stop it and remove its folder."""
        self.stop()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=2) as answered:
                return bool(answered.status == 200)
        except OSError:
            return False


def installed_modules() -> Path:
    """The folder with the provider's locked packages: the one that LINGHANG_TEST_OIDC_MODULES names, or our own, made once.

    Raises `ServerFailed` with npm's words when they cannot be had.
    """
    if named := os.environ.get("LINGHANG_TEST_OIDC_MODULES"):
        return Path(named)
    lists = [HERE / "package.json", HERE / "package-lock.json"]
    kept = CACHE / f"oidc-provider-{hashlib.sha256(b''.join(path.read_bytes() for path in lists)).hexdigest()[:16]}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "oidc-provider.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of a run ask at once
        if not kept.exists():
            _install(lists, kept)
    return kept / "node_modules"


def _install(lists: list[Path], kept: Path) -> None:
    making = kept.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    for path in lists:
        shutil.copy(path, making)
    words = [npm_program(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(words, cwd=making, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise ServerFailed(
            f"npm could not fetch the OpenID provider for the tests:\n{(done.stdout + done.stderr)[-3000:]}\nBehind a proxy or in a closed "
            "network npm reads npm_config_registry, npm_config_cafile and https_proxy; or name a node_modules made elsewhere from "
            "tests/servers/oidc_provider/package-lock.json in LINGHANG_TEST_OIDC_MODULES."
        )
    making.rename(kept)
