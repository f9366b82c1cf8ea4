"""The servers of a test run are its own and end with it, and what is missing is said plainly."""

import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.house_rules.house import ROOT
from tests.servers import debian
from tests.servers.processes import ServerFailed, make_patiently

NAMED = ("LINGHANG_TEST_POSTGRES_URL", "LINGHANG_TEST_RABBITMQ_URL", "LINGHANG_TEST_RABBITMQ_MANAGEMENT")


def start_run() -> subprocess.Popen[str]:
    """A run that says where its servers are and then waits."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMED}
    script = f"for name in {' '.join(NAMED)}; do printenv $name; done; exec sleep 600"
    words = [sys.executable, "-m", "tests.servers", "run", "--", "sh", "-c", script]
    return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def listens(url: str) -> bool:
    """Whether somebody listens at the host and port of `url`."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname or "", parts.port or 0)) == 0


def test_two_runs_at_once_have_servers_of_their_own_and_leave_nothing_behind() -> None:
    runs = [start_run(), start_run()]
    places = []
    for run in runs:
        assert run.stdout is not None
        places.append([run.stdout.readline().strip() for _ in NAMED])
    urls = [url for place in places for url in place]
    try:
        assert len(set(urls)) == len(urls) == 2 * len(NAMED)
        assert all(listens(url) for url in urls)
    finally:
        for run in runs:
            run.send_signal(signal.SIGTERM)
        codes = [run.wait(60) for run in runs]
        for run in runs:
            run.communicate()
    assert codes == [128 + signal.SIGTERM] * 2
    assert not any(listens(url) for url in urls)


def test_somebody_who_is_not_root_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "missing_packages", lambda: ["postgresql", "chromium"])
    with pytest.raises(debian.NotInstalled, match=r"apt-get install -y --no-install-recommends postgresql chromium"):
        debian.provide()


def test_a_server_named_by_the_environment_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr(debian, "postgres_folder", debian.epmd_program)  # raises NotInstalled, as on a bare machine
    monkeypatch.setattr("pathlib.Path.glob", lambda *_: iter(()))
    monkeypatch.setenv("LINGHANG_TEST_POSTGRES_URL", "postgresql+psycopg://somewhere/else")
    assert "postgresql" not in debian.missing_packages()
    monkeypatch.delenv("LINGHANG_TEST_POSTGRES_URL")
    assert "postgresql" in debian.missing_packages()


def test_a_server_whose_port_was_taken_meanwhile_is_made_anew() -> None:
    tried: list[str] = []

    def make() -> None:
        tried.append("made")
        if len(tried) < 3:
            raise ServerFailed("eaddrinuse")

    make_patiently(make, lambda: tried.append("removed"))
    assert tried == ["made", "removed", "made"]


def test_a_server_that_never_starts_fails_the_run_with_its_log() -> None:
    def make() -> None:
        raise ServerFailed("the end of its log")

    with pytest.raises(ServerFailed, match="the end of its log"):
        make_patiently(make, lambda: None)
