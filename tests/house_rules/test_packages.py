"""The locked package lists hold what pyproject.toml asks for and what each service imports, in one version each."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house_rules.house import ROOT, SERVICES, python_files
from tests.house_rules.test_walls import imported

LISTS = {
    "tests": ROOT / "tests" / "requirements.txt",
    "embedded": ROOT / "services" / "requirements.txt",
    **{name: ROOT / "services" / name / "requirements.txt" for name in SERVICES},
}
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def locked(path: Path) -> dict[str, Version]:
    """Package → version of a locked list."""
    return {canonicalize_name(name): Version(version) for name, version in LOCKED.findall(path.read_text(encoding="utf-8"))}


def asked_for(extra: str) -> list[Requirement]:
    """What pyproject.toml asks for under an extra, with what all services need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"][extra])]
    own = [requirement for requirement in found if requirement.name == project["name"]]
    more = [inner for requirement in own for name in sorted(requirement.extras) for inner in asked_for(name)]
    return [requirement for requirement in found if requirement.name != project["name"]] + more


def not_locked(wanted: list[Requirement], versions: dict[str, Version]) -> list[str]:
    """The requirements that a locked list does not satisfy."""
    return [str(r) for r in wanted if canonicalize_name(r.name) not in versions or versions[canonicalize_name(r.name)] not in r.specifier]


def not_listed(folders: list[Path], versions: dict[str, Version]) -> set[str]:
    """The packages that code below `folders` imports and a locked list does not hold."""
    providers = packages_distributions()
    modules = {name.split(".")[0] for folder in folders for path in python_files(folder) for name in imported(path)}
    foreign = {name for name in modules if name and name not in sys.stdlib_module_names and name not in {"services", "shared"}}
    return {name for name in foreign if not any(canonicalize_name(found) in versions for found in providers.get(name, []))}


@pytest.mark.parametrize("extra", LISTS)
def test_a_locked_list_satisfies_the_project_file(extra: str) -> None:
    assert not_locked(asked_for(extra), locked(LISTS[extra])) == [], "run: make lock"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_only_what_its_list_holds(service: str) -> None:
    assert not_listed([ROOT / "services" / service, ROOT / "shared"], locked(LISTS[service])) == set()


@pytest.mark.parametrize("extra", [name for name in LISTS if name != "tests"])
def test_all_lists_name_the_same_version_of_a_package(extra: str) -> None:
    widest = locked(LISTS["tests"])
    assert {name: version for name, version in locked(LISTS[extra]).items() if widest.get(name) != version} == {}


@pytest.mark.parametrize("extra", LISTS)
def test_every_locked_package_has_its_checksums(extra: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", LISTS[extra].read_text(encoding="utf-8"))
    assert [entry.splitlines()[0] for entry in entries if LOCKED.match(entry) and "--hash=sha256:" not in entry] == []


def test_a_list_that_is_behind_is_seen() -> None:
    versions = {"flask": Version("3.0.1")}
    assert not_locked([Requirement("Flask>=3.1"), Requirement("pika>=1")], versions) == ["Flask>=3.1", "pika>=1"]
    assert not_locked([Requirement("Flask>=3")], versions) == []


def test_an_import_that_no_list_holds_is_seen(tmp_path: Path) -> None:
    (tmp_path / "rosters.py").write_text("import json\nimport openpyxl\nfrom flask import g\n")
    assert not_listed([tmp_path], {"flask": Version("3.1")}) == {"openpyxl"}
