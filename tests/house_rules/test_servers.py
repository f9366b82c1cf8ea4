"""The servers of a test run are its own and end with it, and what is missing is said plainly."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house_rules.house import ROOT
from tests.servers import debian, identity
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


def test_node_and_a_provider_named_by_the_environment_need_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    for name in ("LINGHANG_TEST_NODE", "LINGHANG_TEST_NPM", "LINGHANG_TEST_OIDC_MODULES"):
        monkeypatch.delenv(name, raising=False)
    assert {"nodejs", "npm"} <= set(debian.missing_packages())
    monkeypatch.setenv("LINGHANG_TEST_NODE", "/somewhere/node")
    monkeypatch.setenv("LINGHANG_TEST_OIDC_MODULES", "/somewhere/node_modules")
    assert not {"nodejs", "npm"} & set(debian.missing_packages())
    assert str(identity.installed_modules()) == "/somewhere/node_modules"


def test_where_npm_reaches_no_registry_the_run_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'ECONNREFUSED by the proxy' >&2; exit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("LINGHANG_TEST_NPM", str(npm))
    monkeypatch.delenv("LINGHANG_TEST_OIDC_MODULES", raising=False)
    monkeypatch.setattr(identity, "CACHE", tmp_path / "cache")
    for _again in range(2):  # what was made by halves is not taken for whole
        with pytest.raises(ServerFailed, match=r"(?s)ECONNREFUSED by the proxy.*npm_config_registry.*LINGHANG_TEST_OIDC_MODULES"):
            identity.installed_modules()


def test_the_openid_provider_ends_when_it_is_removed() -> None:
    provider = identity.OpenIdProvider("http://127.0.0.1:8000/callback").make()
    assert listens(provider.issuer)
    provider.remove()
    assert not listens(provider.issuer)


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
