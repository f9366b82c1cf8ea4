"""Settings come from the environment, from files, and complain all at once."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from shared.web.settings import ServiceSettings, SettingsWrong, setting


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    service: ClassVar[str] = "sample"
    rows: int = setting("Most rows.", default=10)
    strict: bool = setting("Whether strict.", default=True)


def test_a_setting_is_read_from_the_environment_with_its_type(monkeypatch):
    monkeypatch.setenv("SAMPLE_DATABASE_URL", "sqlite:///x.db")
    monkeypatch.setenv("SAMPLE_ROWS", "12")
    monkeypatch.setenv("SAMPLE_STRICT", "no")
    monkeypatch.setenv("SAMPLE_PEERS", "courses=http://courses:8000,portal=http://portal:8000")
    settings = Settings.from_environment()
    assert (settings.rows, settings.strict) == (12, False)
    assert settings.peers == {"courses": "http://courses:8000", "portal": "http://portal:8000"}


def test_a_secret_is_read_from_the_file_named_for_it(monkeypatch, tmp_path):
    (tmp_path / "url").write_text("postgresql://u:secret@h/d\n")
    monkeypatch.setenv("SAMPLE_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = Settings.from_environment()
    assert settings.database_url == "postgresql://u:secret@h/d"
    assert "secret" not in repr(settings)


def test_every_wrong_setting_is_named_at_once(monkeypatch):
    monkeypatch.delenv("SAMPLE_DATABASE_URL", raising=False)
    monkeypatch.setenv("SAMPLE_ROWS", "many")
    with pytest.raises(SettingsWrong) as wrong:
        Settings.from_environment()
    assert "SAMPLE_DATABASE_URL" in str(wrong.value)
    assert "SAMPLE_ROWS" in str(wrong.value)
