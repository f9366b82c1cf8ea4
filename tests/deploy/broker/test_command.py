"""The command: what it prints, what it returns, and that no password has to stand on the command line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from deploy.broker.__main__ import main
from deploy.broker.management import Management
from shared.messaging.topology import MARK
from shared.vocabulary import SERVICES
from tests.house_rules.house import NOT_COPIED, ROOT
from tests.servers.processes import free_port


@pytest.fixture
def settings(broker, tmp_path: Path) -> dict[str, str]:
    """What compose gives to the command: addresses and files, and no password."""
    parts = urlsplit(broker.management)
    folder = tmp_path / "passwords"
    folder.mkdir()
    (folder / "broker-administrator").write_text(f"{parts.password}\n")
    for name, password in broker.topology.passwords.items():
        (folder / f"broker-{name}").write_text(f"{password}\n")
    return {
        "LINGHANG_BROKER_URL": f"http://{parts.username}@{parts.hostname}:{parts.port}",
        "LINGHANG_BROKER_PASSWORD_FILE": str(folder / "broker-administrator"),
        "LINGHANG_BROKER_PASSWORDS": str(folder),
        "LINGHANG_BROKER_VIRTUAL_HOST": broker.host,
        "LINGHANG_BROKER_PREFIX": broker.topology.prefix,
        "LINGHANG_BROKER_DELIVERIES": "",
    }


def run(settings: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, words, env=settings)


def test_declare_says_what_it_did_and_check_passes(broker, settings):
    assert run(settings, "check").exit_code == 1
    declared = run(settings, "declare")
    assert declared.exit_code == 0
    assert "made queue finance.inbox\n" in declared.stdout
    assert "Unless this is a first start:\n  python -m services.certificates send-again\n" in declared.stdout
    assert declared.stdout.endswith("send-again\ndeclared\n")
    checked = run(settings, "check")
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "PASS")
    assert run(settings, "declare").stdout == "all of it was there: nothing was changed\n"


def test_nothing_printed_holds_a_password(broker, settings):
    printed = "".join(run(settings, *words).output for words in (["check"], ["declare"], ["declare"], ["check"], ["declare", "--help"]))
    assert not [password for password in (*broker.topology.passwords.values(), urlsplit(broker.management).password) if password in printed]


def test_check_lists_what_differs(declared, settings):
    declared.api.delete(f"queues/{declared.host}/finance.inbox")
    declared.api.delete(f"exchanges/{declared.host}/{MARK}")
    checked = run(settings, "check")
    assert checked.exit_code == 1
    lines = checked.stdout.splitlines()
    assert "queue finance.inbox: missing" in lines
    assert f"mark {MARK}: missing" in lines
    assert lines[-1].startswith("Differences: 5. ")  # three bindings went with the queue


def test_declare_says_what_it_cannot_change_and_what_to_do(declared, settings):
    path = f"queues/{declared.host}/courses.inbox"
    declared.api.delete(path)
    declared.api.put(path, {"durable": True, "arguments": {"x-queue-type": "quorum"}})
    refused = run(settings, "declare")
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.stderr
    assert "queue courses.inbox: x-overflow is not set, should be 'reject-publish'" in refused.stderr
    assert "declare --replace" in refused.stderr
    assert "python -m services.enrollment send-again" in refused.stderr
    replaced = run(settings, "declare", "--replace")
    assert replaced.exit_code == 0
    assert "deleted queue courses.inbox\n" in replaced.stdout
    assert run(settings, "check").stdout.endswith("\nPASS\n")


def test_what_was_tuned_is_neither_a_difference_nor_undone(declared, settings):
    settings["LINGHANG_BROKER_INBOX_BYTES"] = "1000000"
    assert "policy inbox: max-length-bytes is 268435456, should be 1000000" in run(settings, "check").stdout
    assert run(settings, "declare").exit_code == 0
    assert run(settings, "check").stdout.endswith("\nPASS\n")


def test_a_service_without_a_password_is_named(broker, settings):
    for name in ("portal", "courses"):
        Path(settings["LINGHANG_BROKER_PASSWORDS"], f"broker-{name}").unlink()
    refused = run(settings, "declare")
    assert refused.exit_code == 1
    assert "for portal, courses" in refused.stderr


def test_a_wrong_password_is_said_at_once(broker, settings):
    Path(settings["LINGHANG_BROKER_PASSWORD_FILE"]).write_text("guessed")
    refused = run(settings, "declare")
    assert refused.exit_code == 1
    assert "does not let linghang in: wrong password, or no rights" in refused.stderr


@pytest.mark.parametrize("url", ["amqp://administrator@somewhere:5672", "http://somewhere:15672", "somewhere"])
def test_an_address_of_another_kind_is_refused(settings, url: str):
    refused = run({**settings, "LINGHANG_BROKER_URL": url}, "declare")
    assert refused.exit_code == 2
    assert "http://USER@HOST:PORT" in refused.stderr


def test_a_broker_that_is_not_up_is_waited_for_and_then_named(settings):
    nowhere = f"127.0.0.1:{free_port()}"
    refused = run({**settings, "LINGHANG_BROKER_URL": f"http://administrator@{nowhere}"}, "declare", "--wait", "1")
    assert refused.exit_code == 1
    assert f"no broker answers at http://{nowhere}" in refused.stderr


def test_it_runs_where_there_is_only_shared_and_deploy_as_in_a_container(broker, settings, tmp_path: Path):
    image = tmp_path / "app"
    shutil.copytree(ROOT / "shared", image / "shared", ignore=NOT_COPIED)
    shutil.copytree(ROOT / "deploy" / "broker", image / "deploy" / "broker", ignore=NOT_COPIED)
    environment = {**os.environ, **settings, "PYTHONPATH": str(image)}
    words = [sys.executable, "-m", "deploy.broker"]
    for command, said in (("declare", "declared\n"), ("check", "PASS\n")):
        done = subprocess.run([*words, command], cwd=image, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(said)
    assert set(SERVICES) <= {user["name"].removeprefix(f"{broker.host}-") for user in Management(broker.management).get("users")}


def test_check_shows_what_nobody_will_read(declared, settings, monkeypatch):
    """As a broker answers that keeps statistics; the tests' own keeps none, and then that is said."""
    get = Management.get

    def counting(api: Management, path: str):
        return {"name": "dead", "messages": 2} if path == f"queues/{declared.host}/dead" else get(api, path)

    assert "queue dead: not looked into" in run(settings, "check").stdout
    monkeypatch.setattr(Management, "get", counting)
    checked = run(settings, "check")
    assert checked.exit_code == 1
    assert "queue dead: holds 2 messages that nobody will read" in checked.stdout
    assert "PASS" not in checked.stdout
