"""Starting a server for a test run so that it stops with the run, whatever ends the run."""

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


class ServerFailed(Exception):
    """A server did not come up; the message holds the end of its log."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses, below those that outgoing connections take for themselves at any moment."""
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, max(lowest_outgoing, 10_100))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def make_patiently(make: Callable[[], None], remove: Callable[[], None], *, tries: int = 3) -> None:
    """Make a server; when it fails (another run may have taken its port meanwhile), clear up and make it anew."""
    for left in reversed(range(tries)):
        try:
            make()
        except ServerFailed:
            remove()
            if not left:
                raise
        else:
            return


def unprivileged(account: str) -> str | None:
    """The account a server must run as: none of its own unless we are root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return account if account in names else "nobody"


def as_account(account: str | None, *, dies_with: str | None = None) -> list[str]:
    """The words before a command that change its account and tie its life to ours (also at kill -9)."""
    words = ["setpriv"]
    if account:
        entry = pwd.getpwnam(account)
        words += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--init-groups"]
    if dies_with:
        words += ["--pdeathsig", dies_with]
    return words if len(words) > 1 else []


def own_folder(name: str, account: str | None) -> Path:
    """A new temporary folder that belongs to the account the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix=f"linghang-{name}-"))
    if account:
        shutil.chown(folder, account)
    return folder


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, *, seconds: float = 90) -> None:
    """Wait for a server's first answer. Raises `ServerFailed` when it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    end = log.read_text(errors="replace")[-3000:] if log.exists() else "(no log)"
    raise ServerFailed(f"{Path(str(process.args[-1])).name}: exit {process.poll()}; the end of its log:\n{end}")  # type: ignore[index]


def stop(process: subprocess.Popen[bytes] | None, signal_number: int, *, seconds: float = 30) -> None:
    """End one process of ours: politely, then for certain."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal_number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
