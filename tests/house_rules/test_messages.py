"""Every message exists in Chinese, no catalog holds what nobody says, every code has its sentence and every sentence its facts."""

import ast
import re
import string
from importlib import import_module
from inspect import isclass
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from shared.domain import RuleBroken
from shared.web.problems import SHARED_MESSAGES
from tests.house_rules.house import ROOT, SERVICES, python_files

SHARED_CATALOG = ROOT / "shared" / "web" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
CATALOG = Path("pages/translations/zh/LC_MESSAGES/messages.po")
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
# Ways to say a problem: the call, and which argument holds the facts.
CALLS = {"Problem": 2, "complain": 2, "_wrong": 1}
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def said(folder: Path) -> set[str]:
    """Every message that the code and the templates below a folder say."""
    found = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".html"} and "__pycache__" not in path.parts:
            method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
            for _, message, _, _ in extract_from_file(method, path, keywords=KEYWORDS):
                found.add(message[0] if isinstance(message, tuple) else message)
    return found


def written(catalog: Path) -> dict[str, Message]:
    """The messages of a catalog by their English."""
    with catalog.open("rb") as file:
        messages = read_po(file, locale="zh", abort_invalid=True)
    return {m.id[0] if isinstance(m.id, (tuple, list)) else m.id: m for m in messages if m.id}


def chinese(message: Message) -> list[str]:
    """The Chinese of a message: one text, or one for each plural."""
    versions = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return [version or "" for version in versions]


def not_in_chinese(code: Path, catalog: Path, *others: Path) -> list[str]:
    """The messages of `code` that neither its catalog nor one of the `others` has in Chinese."""
    known = {text: message for path in (*others, catalog) for text, message in written(path).items()}
    return sorted(text for text in said(code) if text and (text not in known or not all(chinese(known[text]))))


def not_trusted(catalog: Path) -> list[str]:
    """The messages of a catalog that are marked as guesses, or whose places do not agree with the English."""
    found = []
    for text, message in written(catalog).items():
        english = [*message.id] if isinstance(message.id, (tuple, list)) else [message.id]
        wanted = set().union(*(PLACE.findall(version) for version in english))
        if message.fuzzy or any(set(PLACE.findall(version)) != wanted for version in chinese(message)):
            found.append(text)
    return found


def unsaid(code: Path, catalog: Path) -> list[str]:
    """The messages of a catalog that its code no longer says."""
    return sorted(written(catalog).keys() - said(code))


def rules_of(service: str) -> dict[str, str]:
    """The rules a service can break: class name → code."""
    errors = import_module(f"services.{service}.domain.errors")
    return {name: thing.code for name, thing in vars(errors).items() if isclass(thing) and issubclass(thing, RuleBroken)}


def codes(service: str) -> set[str]:
    """The codes of the rules a service can break and of the problems it can find."""
    problems = {code for path in python_files(ROOT / "services" / service) for code in problem_codes(path)}
    return {code for code in problems.union(rules_of(service).values()) if code != RuleBroken.code}


def sayings(path: Path, rules: dict[str, str]) -> list[tuple[int, str, set[str]]]:
    """(line, code, facts given) of every rule and problem written out in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in rules:
            found.append((node.lineno, rules[node.exc.id], set[str]()))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            code = rules.get(name) or (_written_code(node) if name in CALLS else None)
            if code:
                found.append((node.lineno, code, _facts(node, CALLS.get(name))))
    return found


def _written_code(call: ast.Call) -> str | None:
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
    return next((one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)), None)


def _facts(call: ast.Call, position: int | None) -> set[str]:
    """The names of the facts: all keywords of a rule; of a problem the keys of the dict at `position`, and single keywords."""
    names = {keyword.arg for keyword in call.keywords if keyword.arg}
    if position is None:
        return names
    given = [*call.args[position:], *(keyword.value for keyword in call.keywords if keyword.arg == "facts")]
    keys = [key for one in given if isinstance(one, ast.Dict) for key in one.keys]
    written = {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return names - {"code", "where", "facts", "warning"} | written


def without_facts(path: Path, rules: dict[str, str], messages: dict[str, str]) -> list[str]:
    """The places of a file that say a code without the facts its sentence names."""
    found = []
    for line, code, given in sayings(path, rules):
        needed = {field for _, field, _, _ in string.Formatter().parse(messages.get(code, "")) if field}
        if needed - given:
            found.append(f"{path.name}:{line}: {code} lacks {', '.join(sorted(needed - given))}")
    return found


def problem_codes(path: Path) -> set[str]:
    """The codes written out in calls of `Problem`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "code")]
            found |= {value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_message_of_a_service_exists_in_chinese(service: str) -> None:
    home = ROOT / "services" / service
    assert not_in_chinese(home, home / CATALOG, SHARED_CATALOG) == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_catalog_of_a_service_holds_what_nobody_says(service: str) -> None:
    home = ROOT / "services" / service
    assert unsaid(home, home / CATALOG) == []


def test_every_message_of_the_frame_exists_in_chinese() -> None:
    assert not_in_chinese(ROOT / "shared", SHARED_CATALOG) == []
    assert unsaid(ROOT / "shared", SHARED_CATALOG) == []


@pytest.mark.parametrize("catalog", [SHARED_CATALOG, *(ROOT / "services" / name / CATALOG for name in SERVICES)], ids=["shared", *SERVICES])
def test_no_translation_is_a_guess_or_loses_a_figure(catalog: Path) -> None:
    assert not_trusted(catalog) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_code_has_its_sentence(service: str) -> None:
    messages: dict[str, str] = import_module(f"services.{service}.pages.messages").MESSAGES
    assert codes(service) - messages.keys() - SHARED_MESSAGES.keys() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_sentence_gets_the_facts_it_names(service: str) -> None:
    messages = {**SHARED_MESSAGES, **import_module(f"services.{service}.pages.messages").MESSAGES}
    rules = rules_of(service)
    assert [place for path in python_files(ROOT / "services" / service) for place in without_facts(path, rules, messages)] == []


CODE = """
from shared.web.language import N_, gettext as _, ngettext
TITLE = N_("Quota grid")
def page(n: int) -> str:
    return _("Hello %(name)s") + ngettext("%(num)s seat", "%(num)s seats", n) + Problem("row_empty", "A3")
"""
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
QUOTA = 'msgid "Quota grid"\nmsgstr "名额表"\n\n'
SEATS = 'msgid "%(num)s seat"\nmsgid_plural "%(num)s seats"\nmsgstr[0] "%(num)s 个名额"\n\n'


@pytest.fixture
def little_service(tmp_path: Path) -> Path:
    """A folder with code, a template and no catalog yet."""
    (tmp_path / "pages.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "grid.html").write_text("<p>{{ _('From a template') }}{% trans %}And a block{% endtrans %}</p>")
    return tmp_path


def catalog(folder: Path, text: str) -> Path:
    """A catalog with `text` in it."""
    (folder / "messages.po").write_text(PO + text, encoding="utf-8")
    return folder / "messages.po"


def test_a_message_without_chinese_is_seen(little_service: Path) -> None:
    path = catalog(little_service, QUOTA + SEATS + 'msgid "From a template"\nmsgstr ""\n')
    assert not_in_chinese(little_service, path) == ["And a block", "From a template", "Hello %(name)s"]


def test_a_message_that_nobody_says_is_seen(little_service: Path) -> None:
    assert unsaid(little_service, catalog(little_service, QUOTA + 'msgid "Old"\nmsgstr "旧"\n')) == ["Old"]


@pytest.mark.parametrize(
    "entry",
    [
        '#, fuzzy\nmsgid "Quota grid"\nmsgstr "名额"\n',
        'msgid "Hello %(name)s"\nmsgstr "你好 %(nome)s"\n',
        'msgid "{seats} seats"\nmsgstr "名额"\n',
    ],
)
def test_a_guess_or_a_lost_figure_is_seen(little_service: Path, entry: str) -> None:
    assert len(not_trusted(catalog(little_service, SEATS + entry))) == 1


def test_a_code_without_a_sentence_is_seen(little_service: Path) -> None:
    assert problem_codes(little_service / "pages.py") == {"row_empty"}


def test_codes_of_rules_are_found() -> None:
    assert "cohort_full" in codes("enrollment")


SAYINGS = """
def said(seats: int) -> None:
    Problem("row_empty", "A3", {"row": 3})
    Problem("row_empty", where="A3", facts={"column": 3})
    cell.complain("row_empty", 3, row=3)
    _wrong("row_empty", {"row": 3})
    Problem("unheard", "A3")
    raise CohortFull(seats=seats)
    raise CohortFull
    raise errors.CohortFull()
"""


def test_a_sentence_without_its_facts_is_seen_in_every_way_of_saying_it(tmp_path: Path) -> None:
    path = tmp_path / "rosters.py"
    path.write_text(SAYINGS, encoding="utf-8")
    messages = {"row_empty": "Row {row} is empty.", "cohort_full": "All {seats} seats are taken."}
    lacking = ["rosters.py:4: row_empty lacks row", "rosters.py:9: cohort_full lacks seats", "rosters.py:10: cohort_full lacks seats"]
    assert sorted(without_facts(path, {"CohortFull": "cohort_full"}, messages)) == sorted(lacking)
