"""Where Debian keeps the programs that tests need, and how they come onto the machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {
    "postgresql": "PostgreSQL",
    "rabbitmq-server": "RabbitMQ",
    "chromium": "Chromium for the browser tests",
    "libatomic1": "a library of Playwright's driver",
    "fonts-noto-cjk": "Chinese characters on screenshots and in print",
    "poppler-utils": "reading what was printed",
    "openssl": "checking signatures with a second program",
    "nodejs": "Node, under which a real OpenID provider runs",
    "npm": "fetching that provider",
}
APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


class NotInstalled(Exception):
    """A program is missing; the message says what to install."""


def how_to_install(packages: list[str]) -> str:
    """The sentence for somebody whose machine lacks `packages`."""
    wanted = ", ".join(f"{PACKAGES[name]} ({name})" for name in packages)
    return (
        f"Missing for the tests: {wanted}. Install with:\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends "
        + " ".join(packages)
    )


def postgres_folder() -> Path:
    """The newest installed PostgreSQL's programs. Raises `NotInstalled`."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    elsewhere = shutil.which("initdb")
    if elsewhere:
        return Path(elsewhere).resolve().parent
    raise NotInstalled(how_to_install(["postgresql"]))


def rabbitmq_folder() -> Path:
    """RabbitMQ's own start scripts (not Debian's wrappers, which insist on one account). Raises `NotInstalled`."""
    if Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists():
        return Path("/usr/lib/rabbitmq/bin")
    elsewhere = shutil.which("rabbitmq-server")
    if elsewhere:
        return Path(elsewhere).resolve().parent
    raise NotInstalled(how_to_install(["rabbitmq-server"]))


def epmd_program() -> Path:
    """Erlang's name service. Raises `NotInstalled`."""
    found = shutil.which("epmd")
    candidates = [*([Path(found)] if found else []), *Path("/usr/lib/erlang").glob("erts-*/bin/epmd")]
    if not candidates:
        raise NotInstalled(how_to_install(["rabbitmq-server"]))
    return candidates[0]


def node_program() -> str:
    """Node. Raises `NotInstalled`."""
    return _program("LINGHANG_TEST_NODE", "node", "nodejs")


def npm_program() -> str:
    """Node's package manager. Raises `NotInstalled`."""
    return _program("LINGHANG_TEST_NPM", "npm", "npm")


def _program(variable: str, name: str, package: str) -> str:
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        raise NotInstalled(how_to_install([package]))
    return found


def missing_packages() -> list[str]:
    """The Debian packages of `PACKAGES` that neither the machine nor an environment variable provides."""
    has = {
        "postgresql": bool(os.environ.get("LINGHANG_TEST_POSTGRES_URL")) or _found(postgres_folder),
        "rabbitmq-server": bool(os.environ.get("LINGHANG_TEST_RABBITMQ_URL")) or _found(rabbitmq_folder),
        "chromium": bool(os.environ.get("LINGHANG_TEST_CHROMIUM") or shutil.which("chromium")),
        "libatomic1": any(Path("/usr/lib").glob("*/libatomic.so.1")),
        "fonts-noto-cjk": any(Path("/usr/share/fonts").glob("**/NotoSansCJK*")),
        "poppler-utils": bool(shutil.which("pdftotext")),
        "openssl": bool(shutil.which("openssl")),
        "nodejs": _found(node_program),
        "npm": bool(os.environ.get("LINGHANG_TEST_OIDC_MODULES")) or _found(npm_program),
    }
    return [name for name, there in has.items() if not there]


def _found(look: object) -> bool:
    try:
        look()  # type: ignore[operator]
    except NotInstalled:
        return False
    return True


def provide() -> None:
    """Install what is missing when we are root on Debian. Raises `NotInstalled` with the exact command otherwise."""
    missing = missing_packages()
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NotInstalled(how_to_install(missing))
    sys.stderr.write(f"Installing for the tests: {' '.join(missing)}\n")
    # RUNLEVEL=1: the packages' scripts start no servers of their own on a machine without systemd
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in ([*APT, "-q", "update"], [*APT, "-qq", "install", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise NotInstalled(f"{' '.join(words)} failed:\n{(done.stdout + done.stderr)[-3000:]}\n{how_to_install(missing)}")
    still = missing_packages()
    if still:
        raise NotInstalled(how_to_install(still))
