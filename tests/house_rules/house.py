"""The plan of the house that the guards hold it to."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("enrollment", "courses", "certificates", "finance", "portal")
ROOMS = ("api", "pages", "operations", "queries", "domain", "storage", "events", "migrations")
BESIDE_THE_ROOMS = ("README.md", "__init__.py", "__main__.py", "app.py", "settings.py", "requirements.txt", "Dockerfile")
FURNITURE = (
    "domain/errors.py",
    "events/listens.py",
    "events/publishes.py",
    "migrations/env.py",
    "pages/messages.py",
    "pages/translations/zh/LC_MESSAGES/messages.po",
    "storage/tables.py",
)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")


def kept_files(root: Path = ROOT) -> list[Path]:
    """The files of the project: what git keeps or would keep."""
    words = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def python_files(folder: Path) -> list[Path]:
    """The Python files below a folder, in order."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def copy_house(target: Path, *services: str) -> Path:
    """Copy shared/ and the named services (all five unless named) to `target`, as a Dockerfile does."""
    shutil.copytree(ROOT / "shared", target / "shared", ignore=NOT_COPIED)
    (target / "services").mkdir()
    shutil.copy(ROOT / "services" / "__init__.py", target / "services")
    for name in services or SERVICES:
        shutil.copytree(ROOT / "services" / name, target / "services" / name, ignore=NOT_COPIED)
    return target
