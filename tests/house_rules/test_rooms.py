"""Every service has the same rooms, files have names and sizes to live with, and shared/ stays small."""

import re
from pathlib import Path

import pytest

from tests.house_rules.house import BESIDE_THE_ROOMS, FURNITURE, ROOMS, ROOT, SERVICES, copy_house, kept_files, python_files

LONGEST_FILE = 300
BACKBONE_BUDGET, SHARED_BUDGET = 1320, 2800  # docs/decisions/0012, 0014
SAYS_NOTHING = re.compile(r"^(utils?|helpers?|managers?|common|base|misc|tools?|functions)\.py$")
# Spelled in pieces, so that this file does not mention them either.
WORKPLACE = re.compile("|".join(("/wor" + "k/", "/far" + "m/", r"\.\./shared/(design|tools|samples)", r"/tmp/l" + "h/")))
REGISTRY = re.compile("|".join((r"pypi\." + "org", r"pythonhosted\." + "org", r"registry\.npm" + "js", r"file:/" + "//opt")))
CACHES = {"__pycache__"}


def wrong_rooms(services: Path, names: tuple[str, ...] = SERVICES) -> list[str]:
    """What the services have too little or too much of."""
    found = []
    for name in names:
        house = services / name
        for file in (*BESIDE_THE_ROOMS, *(f"{room}/__init__.py" for room in ROOMS), *FURNITURE):
            if not (house / file).is_file():
                found.append(f"{name} lacks {file}")
        known = {*BESIDE_THE_ROOMS, *ROOMS, *CACHES}
        found += [f"{name} has {entry.name}, which no other service has" for entry in house.iterdir() if entry.name not in known]
    return found


def too_long(files: list[Path]) -> list[str]:
    """The files that hold a second subject, to judge by their length."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return [f"{path}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST_FILE]


def shared_lines(shared: Path) -> int:
    """The lines of Python in shared/ without the contracts, which grow with the trade."""
    files = [path for path in python_files(shared) if "contracts" not in path.parts]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def mentions(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    """Where a text file says what matches `pattern`."""
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{number}: {line.strip()[:120]}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def test_all_services_have_the_same_rooms() -> None:
    assert wrong_rooms(ROOT / "services") == []


@pytest.mark.parametrize("gone", ["queries/__init__.py", "README.md", "domain/errors.py"])
def test_a_missing_room_is_seen(tmp_path: Path, gone: str) -> None:
    copy_house(tmp_path, "finance")
    (tmp_path / "services" / "finance" / gone).unlink(missing_ok=True)
    assert f"finance lacks {gone}" in wrong_rooms(tmp_path / "services", ("finance",))


def test_a_room_that_only_one_service_has_is_seen(tmp_path: Path) -> None:
    copy_house(tmp_path, "finance")
    (tmp_path / "services" / "finance" / "cellar").mkdir()
    assert "finance has cellar, which no other service has" in wrong_rooms(tmp_path / "services", ("finance",))


def test_no_file_outgrows_its_subject() -> None:
    skipped = {"tests", "migrations", "bench"}
    files = [path for path in kept_files() if path.suffix == ".py" and not skipped & set(path.relative_to(ROOT).parts)]
    assert too_long(files) == []


def test_a_file_of_two_subjects_is_seen(tmp_path: Path) -> None:
    (tmp_path / "rosters.py").write_text("x = 1\n" * 301)
    (tmp_path / "cohorts.py").write_text("x = 1\n" * 300)
    assert too_long([tmp_path / "rosters.py", tmp_path / "cohorts.py"]) == [f"{tmp_path / 'rosters.py'}: 301 lines"]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in kept_files() if SAYS_NOTHING.match(path.name)] == []


@pytest.mark.parametrize("name", ["util.py", "utils.py", "helpers.py", "common.py", "base.py", "manager.py"])
def test_a_name_that_says_nothing_is_seen(name: str) -> None:
    assert SAYS_NOTHING.match(name)


def test_shared_keeps_its_budget() -> None:
    backbone = shared_lines(ROOT / "shared" / "messaging")
    assert backbone <= BACKBONE_BUDGET
    assert shared_lines(ROOT / "shared") - backbone <= SHARED_BUDGET


def test_every_line_of_shared_but_the_contracts_counts(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "contracts").mkdir()
    (tmp_path / "web" / "look.py").write_text("x = 1\n" * 7)
    (tmp_path / "contracts" / "courses.py").write_text("x = 1\n" * 70)
    assert shared_lines(tmp_path) == 7


def test_the_project_does_not_mention_its_workplace() -> None:
    assert mentions(WORKPLACE, kept_files()) == []


def test_no_file_names_a_package_registry() -> None:
    assert mentions(REGISTRY, kept_files()) == []


def test_a_mention_is_seen_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("first\nas /wor" + "k/main says\n")
    (tmp_path / "requirements.txt").write_text("--index-url https://pypi." + "org/simple\n")
    assert mentions(WORKPLACE, [tmp_path / "notes.md"]) == [f"{tmp_path / 'notes.md'}:2: as /wor" + "k/main says"]
    assert len(mentions(REGISTRY, [tmp_path / "requirements.txt"])) == 1
