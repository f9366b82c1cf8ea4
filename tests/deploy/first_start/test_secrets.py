"""The first start: every secret is made once, and the broker's file holds an administrator and nothing to work with."""

import json
from pathlib import Path

import pytest

from deploy.first_start import write_secrets
from shared.vocabulary import SERVICES


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(write_secrets, "ROOT", tmp_path)
    write_secrets.main()
    return tmp_path


def test_a_second_start_keeps_every_password(root: Path):
    before = {path.name: path.read_text() for path in (root / "passwords").iterdir()}
    assert set(before) == {f"broker-{name}" for name in (*SERVICES, "administrator")}
    write_secrets.main()
    assert {path.name: path.read_text() for path in (root / "passwords").iterdir()} == before


def test_the_first_definitions_hold_an_administrator_and_no_mark_that_would_let_anybody_work(root: Path):
    text = (root / "broker" / "definitions.json").read_text()
    defined = json.loads(text)
    assert set(defined) == {"vhosts", "users", "permissions"}
    assert [(user["name"], user["tags"]) for user in defined["users"]] == [("administrator", "administrator")]
    assert (root / "passwords" / "broker-administrator").read_text() not in text
