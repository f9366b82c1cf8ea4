"""The workshop: every command says what it does, images are alike, and compose sets only settings that exist."""

import re
import subprocess
from importlib import import_module

import pytest

from tests.house_rules.house import ROOT, SERVICES

COMMANDS = ("help", "start", "demo", "test", "lint", "format", "migrate", "lock", "bench", "docs", "faults")
SETTING = re.compile(rf"^\s+((?:{'|'.join(name.upper() for name in SERVICES)})_[A-Z_]+):", re.MULTILINE)


def unknown_settings(compose: str) -> set[str]:
    """The settings that compose gives to services which do not know them."""
    known = {name for service in SERVICES for name in import_module(f"services.{service}.settings").Settings.variables()}
    return {name for name in SETTING.findall(compose) if name.removesuffix("_FILE") not in known}


def hasty_workers(compose: str) -> list[str]:
    """The workers that do not wait for the broker's topology."""
    workers = re.findall(r"^  ([a-z]+-worker):\n((?:    .*\n)+)", compose, re.MULTILINE)
    assert len(workers) == len(SERVICES)
    return [name for name, block in workers if "topology: { condition: service_completed_successfully }" not in block]


def unlike(images: dict[str, str]) -> list[str]:
    """The services whose image is made in another way than most; fonts are for who prints."""
    plain = {name: re.sub(r"# rare.*\nRUN apt-get .*\n", "", text).replace(name, "NAME") for name, text in images.items()}
    usual = max(plain.values(), key=list(plain.values()).count)
    return [name for name, text in plain.items() if text != usual]


def test_every_command_of_make_has_its_sentence() -> None:
    printed = subprocess.run(["make", "-s", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    sentences = dict(line.split(maxsplit=2)[1:] for line in printed.splitlines())
    assert {name for name in COMMANDS if not sentences.get(name, "").endswith(".")} == set()


def test_the_images_of_all_services_are_made_alike() -> None:
    assert unlike({name: (ROOT / "services" / name / "Dockerfile").read_text() for name in SERVICES}) == []


def test_an_image_that_is_made_otherwise_is_seen() -> None:
    assert unlike({"courses": "COPY services/courses\n", "finance": "COPY services/finance\n", "portal": "COPY . .\n"}) == ["portal"]


def test_an_image_holds_shared_and_its_own_service_only() -> None:
    for name in SERVICES:
        copied = re.findall(r"^COPY (\S+)", (ROOT / "services" / name / "Dockerfile").read_text(), re.MULTILINE)
        assert copied == [f"services/{name}/requirements.txt", "shared", "services/__init__.py", f"services/{name}"]


def test_compose_sets_only_settings_that_exist() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    assert unknown_settings(compose) == set()
    assert len(SETTING.findall(compose)) >= 7 * len(SERVICES)


@pytest.mark.parametrize("line", ["      PORTAL_SPEED: 1\n", "      COURSES_DATABASE_URI_FILE: /secrets/x\n"])
def test_a_setting_that_does_not_exist_is_seen(line: str) -> None:
    assert len(unknown_settings("services:\n      PORTAL_DATA_FOLDER: /data\n" + line)) == 1


def test_no_worker_of_compose_starts_before_the_topology_is_declared() -> None:
    assert hasty_workers((ROOT / "docker-compose.yml").read_text()) == []


def test_a_worker_that_starts_too_early_is_seen() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    early = compose.replace("topology: { condition: service_completed_successfully }", "rabbitmq: { condition: service_healthy }", 1)
    assert hasty_workers(early) == ["portal-worker"]
