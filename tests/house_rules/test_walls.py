"""Services import only themselves and shared/, and the rules of the trade import nothing but words."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules.house import ROOT, SERVICES, copy_house, python_files

WORDS = ("shared.domain", "shared.vocabulary")


def imported(path: Path) -> list[str]:
    """The modules a file imports, by full name."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names += [f"{module}.{alias.name}" if module == "shared" else module for alias in node.names]
    return names


def foreign_words(service: str, domain: Path) -> list[str]:
    """What a domain room imports besides the standard library, shared's words and itself."""
    own = f"services.{service}.domain"
    found = []
    for path in python_files(domain):
        for name in imported(path):
            plain = name.split(".")[0] in sys.stdlib_module_names
            if not plain and not any(name == known or name.startswith(known + ".") for known in (*WORDS, own)):
                found.append(f"{path.name} imports {name}")
    return found


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of pyproject.toml, checked on the copy of the house at `root`."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(program), "--no-cache"], cwd=root, capture_output=True, text=True)


@pytest.mark.parametrize("service", SERVICES)
def test_the_rules_of_a_service_import_only_words(service: str) -> None:
    assert foreign_words(service, ROOT / "services" / service / "domain") == []


def test_shared_words_need_only_the_standard_library() -> None:
    for name in ("domain.py", "vocabulary.py"):
        assert [module for module in imported(ROOT / "shared" / name) if module.split(".")[0] not in sys.stdlib_module_names] == []


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy",
        "from flask import g",
        "from shared.storage.work import UnitOfWork",
        "from shared import messaging",
        "from services.courses.storage import tables",
        "from services.finance.domain import ceilings",
        "from ..storage import tables",
    ],
)
def test_a_rule_that_knows_more_than_words_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "seats.py").write_text(f"def seats() -> None:\n    {line}\n")
    assert len(foreign_words("courses", tmp_path)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import date",
        "from shared.domain import RuleBroken",
        "from shared import vocabulary",
        "import services.courses.domain.hours",
    ],
)
def test_a_rule_may_know_words(tmp_path: Path, line: str) -> None:
    (tmp_path / "seats.py").write_text(line)
    assert foreign_words("courses", tmp_path) == []


def test_the_walls_between_services_stand() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "wall"),
    [
        ("services/enrollment/operations/hole.py", "from services.finance.storage import tables", "Services import only themselves"),
        ("services/portal/queries/hole.py", "import services.courses.app", "Services import only themselves"),
        ("shared/web/hole.py", "from services.portal import settings", "Shared imports no service"),
        ("services/courses/domain/hole.py", "from services.courses.storage import tables", "Rules know neither storage nor doors"),
        ("services/finance/queries/hole.py", "from services.finance.api import BLUEPRINTS", "Nothing below the doors knows the doors"),
        ("services/certificates/operations/hole.py", "import demo.city", "Services do not know the model city or the one-process house"),
    ],
)
def test_a_hole_in_a_wall_is_seen(tmp_path: Path, file: str, line: str, wall: str) -> None:
    copy_house(tmp_path)
    for name in ("__main__.py", "embedded.py"):
        shutil.copy(ROOT / "services" / name, tmp_path / "services")
    shutil.copytree(ROOT / "demo", tmp_path / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / file).write_text(f'"""A hole."""\n\n{line}\n')
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert f"{wall} BROKEN" in done.stdout, done.stdout
