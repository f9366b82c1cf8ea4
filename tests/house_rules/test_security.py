"""The page on security names only what there is."""

import re
from pathlib import Path

from tests.house_rules.house import ROOT

PAGE = ROOT / "docs" / "security.md"
_CODE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+|[\w-]+\.(?:yml|toml|md))`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def missing(page: Path, root: Path) -> list[str]:
    """The files that the page names and that are not there."""
    text = page.read_text(encoding="utf-8")
    named = [(name, root / name) for name in _CODE.findall(text)] + [(name, page.parent / name) for name in _LINK.findall(text)]
    return [name for name, path in named if not path.exists()]


def test_every_file_named_on_the_page_on_security_exists() -> None:
    assert len(_CODE.findall(PAGE.read_text(encoding="utf-8"))) > 50
    assert missing(PAGE, ROOT) == []


def test_a_file_that_is_gone_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "security.md"
    page.write_text(
        "here: `security.md`, gone: `tests/gone/test_it.py`, `docker-compose.yml`, [link](decisions/0099.md), [web](https://example)\n"
    )
    assert missing(page, tmp_path) == ["tests/gone/test_it.py", "docker-compose.yml", "decisions/0099.md"]
