"""The code on an activation slip: eleven random symbols and one that catches slips of the pen."""

import secrets
import unicodedata

# Without 0 O 1 I L, which are misread; 31 is prime, so the weighted sum catches every single wrong
# symbol and every swap of two.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_SYMBOLS = 11


def new_code() -> str:
    """A code that cannot be guessed (54 bits), as twelve symbols without hyphens."""
    drawn = "".join(secrets.choice(SYMBOLS) for _ in range(RANDOM_SYMBOLS))
    return drawn + _check_symbol(drawn)


def written(code: str) -> str:
    """The code as it stands on the slip: three groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The code behind what someone typed (any case, blanks, hyphens, full width); none when a symbol is wrong."""
    code = "".join(symbol for symbol in unicodedata.normalize("NFKC", typed).upper() if symbol.isalnum())
    if len(code) != RANDOM_SYMBOLS + 1 or any(symbol not in SYMBOLS for symbol in code):
        return None
    return code if code[-1] == _check_symbol(code[:-1]) else None


def _check_symbol(drawn: str) -> str:
    total = sum(weight * SYMBOLS.index(symbol) for weight, symbol in enumerate(drawn, start=1))
    return SYMBOLS[-total % len(SYMBOLS)]
