"""Names on certificates: which characters may stand there, how a name is masked and how one is compared (R8, R41)."""

import hmac
import unicodedata

from services.certificates.domain.errors import NameRefused
from shared.vocabulary import Word

DOT = "\u00b7"
LONGEST = 50
_LOOK_ALIKE_DOTS = "\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u2024\uff0e\u2e31\u16eb."
_TO_DOT = str.maketrans(dict.fromkeys(_LOOK_ALIKE_DOTS, DOT))


class NameFault(Word):
    """What is wrong with a name that cannot stand on a certificate."""

    LENGTH = "length", "姓名应为2至50个字符", "a name has 2 to 50 characters"
    CHARACTER = "character", "姓名只用汉字和间隔号，不能含有", "a name holds Chinese characters and the middle dot, but not"
    DOT = "dot", "间隔号不能在开头、结尾或连用", "the middle dot does not begin or end a name, nor stand twice"


def tidy(name: str) -> str:
    """The name without blanks and with look-alike dots as U+00B7, as the roster import reads it (R8)."""
    return "".join(character for character in name if not character.isspace()).translate(_TO_DOT)


def accepted(name: str) -> str:
    """The tidied name, or `NameRefused` with the reason and the character (R8).

    Bidirectional overrides, control and private-use characters never reach a certificate: a name must be
    read by people in the order in which it is stored.
    """
    name = tidy(name)
    if not 2 <= len(name) <= LONGEST:
        raise NameRefused(reason=NameFault.LENGTH, character="")
    for character in name:
        if character != DOT and not _is_han(character):
            raise NameRefused(reason=NameFault.CHARACTER, character=_shown(character))
    if name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name:
        raise NameRefused(reason=NameFault.DOT, character="")
    return name


def masked(name: str) -> str:
    """What the public sees of a name: 张*三, 张*, 阿***·***提 (R41)."""
    letters = [place for place, character in enumerate(name) if character != DOT]
    shown = {letters[0]} if len(letters) <= 2 else {letters[0], letters[-1]}
    return "".join(character if character == DOT or place in shown else "*" for place, character in enumerate(name))


def matches(name: str, typed: str) -> bool:
    """Whether the full name typed by somebody is the one on the certificate; takes the same time for any answer."""
    return hmac.compare_digest(tidy(name).encode(), tidy(typed).encode("utf-8", "replace"))


def _is_han(character: str) -> bool:
    try:
        name = unicodedata.name(character)
    except ValueError:
        return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"
    return name.startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH")) or character == "〇"


def _shown(character: str) -> str:
    return f"{character} (U+{ord(character):04X})" if character.isprintable() else f"U+{ord(character):04X}"
