"""The two secrets a certificate carries: the token in its QR code and the check code printed beside the number (R41).

Both are keyed with a secret that only this service knows, so neither follows from the number or from another
certificate. Only their hashes are stored: whoever reads the database cannot print a certificate that checks.
"""

import base64
import hashlib
import hmac
import re
from uuid import UUID

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_TOKEN = re.compile(r"[A-Z2-7]{26}")


def token_of(secret: bytes, certificate_id: UUID) -> str:
    """The 128-bit token of the QR code, in the capitals that QR codes pack tightly."""
    digest = hmac.digest(secret, b"qr token\0" + certificate_id.bytes, "sha256")
    return base64.b32encode(digest[:16]).decode().rstrip("=")


def check_code_of(secret: bytes, certificate_id: UUID) -> str:
    """The code to type by hand, 40 bits: ``K7MP-4QXD``, without letters that look like digits."""
    bits = int.from_bytes(hmac.digest(secret, b"check code\0" + certificate_id.bytes, "sha256")[:5])
    letters = "".join(_CROCKFORD[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def token_hash(token: str) -> str:
    """What is stored of a token, and looked up; case does not matter."""
    return hashlib.sha256(b"qr token\0" + token.strip().upper().encode("utf-8", "replace")).hexdigest()


def check_code_hash(number: str, check_code: str) -> str:
    """What is stored of a check code: bound to its number, whatever hyphens, case or look-alikes were typed."""
    letters = check_code.strip().upper().translate(_READ_AS)
    return hashlib.sha256(f"check code\0{number}\0{letters}".encode("utf-8", "replace")).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether a text has the shape of a token at all."""
    return _TOKEN.fullmatch(text.strip().upper()) is not None
