"""The fonts certificates are set in, and whether they hold every character of a text.

Under PDF/A-1b the typesetter prints an empty box for a character that no font has, and says nothing: so every
text is checked against the fonts' character maps before a number is taken (R39).
"""

from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from fontTools.ttLib import TTFont

from services.certificates.domain.errors import NameUnprintable

HANAZONO_FOLDER = Path("/usr/share/fonts/truetype/hanazono")
_FAMILIES_IN_ORDER = ("Noto Serif SC", "HanaMinA", "HanaMinB")


@cache
def folders() -> tuple[Path, ...]:
    """Where the fonts are: the packaged Noto, and Debian's Hanazono for rare characters where it is installed."""
    packaged = pylopdf_fonts_zh_cn.serif_path().parent
    return (packaged, HANAZONO_FOLDER) if HANAZONO_FOLDER.is_dir() else (packaged,)


@cache
def collection() -> typst.Fonts:
    """These fonts and no others: a font that happens to be on the machine never changes a certificate."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders()])


@cache
def families() -> tuple[str, ...]:
    """The families to set a certificate in, the fallbacks last."""
    present = set(collection().families())
    return tuple(family for family in _FAMILIES_IN_ORDER if family in present)


def require_printable(text: str) -> None:
    """Raise `NameUnprintable` naming the first character that no font can print."""
    known = _known_characters()
    for character in text:
        if ord(character) not in known or not character.isprintable():
            raise NameUnprintable(
                character=character if character.isprintable() else "", code_point=f"U+{ord(character):04X}", fonts=", ".join(families())
            )


@cache
def _known_characters() -> frozenset[int]:
    known: set[int] = set()
    for path in _font_files():
        with TTFont(path, lazy=True) as font:
            known.update(font.getBestCmap())
    return frozenset(known)


def _font_files() -> list[Path]:
    hanazono = sorted(HANAZONO_FOLDER.glob("HanaMin[AB].ttf")) if HANAZONO_FOLDER in folders() else []
    return [pylopdf_fonts_zh_cn.serif_path(), *hanazono]
