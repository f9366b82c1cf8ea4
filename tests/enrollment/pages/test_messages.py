"""Every sentence gets the facts it names, wherever its code is said."""

import ast
import string
from pathlib import Path

import pytest

import services.enrollment
from services.enrollment.domain import errors
from services.enrollment.pages.messages import MESSAGES

HOME = Path(services.enrollment.__file__).parent
RULES = {name: thing.code for name, thing in vars(errors).items() if isinstance(thing, type) and hasattr(thing, "code")}
CALLS = {"Problem": 2, "complain": 2, "_wrong": 1}


def named(code: str) -> set[str]:
    """The facts that the sentence of a code needs."""
    return {field for _, field, _, _ in string.Formatter().parse(MESSAGES[code]) if field}


def said() -> list[tuple[str, str, set[str] | None]]:
    """(where, code, facts given) of everything said in the code; facts none: not written out there."""
    found = []
    for path in sorted(HOME.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in RULES:
                found.append((f"{path.name}:{node.lineno}", RULES[node.exc.id], set()))
            elif isinstance(node, ast.Call):
                found.extend(said_in(node, f"{path.name}:{node.lineno}"))
    return found


def said_in(call: ast.Call, where: str) -> list[tuple[str, str, set[str] | None]]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    keywords = {keyword.arg for keyword in call.keywords if keyword.arg} - {"warning", "where"}
    if name in RULES:
        return [(where, RULES[name], keywords)]
    if name not in CALLS or not call.args or not isinstance(call.args[0], ast.Constant):
        return []
    given = [*call.args[CALLS[name] :], *(keyword.value for keyword in call.keywords if keyword.arg == "facts")]
    facts = keywords - {"facts"}
    for value in given:
        if isinstance(value, ast.Dict):
            facts |= {key.value for key in value.keys if isinstance(key, ast.Constant)}
    return [(where, call.args[0].value, facts)]


@pytest.mark.parametrize(("where", "code", "facts"), said())
def test_a_sentence_gets_its_facts(where, code, facts):
    assert named(code) <= facts, where


def test_both_kinds_of_saying_are_found():
    codes = {code for _, code, _ in said()}
    assert {"quota_exceeded", "cohort_not_open", "quota_sum_wrong", "id_length", "workbook_too_large"} <= codes
