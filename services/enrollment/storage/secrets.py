"""Keeps ID numbers, phones and rosters encrypted, with a keyed hash to look ID numbers up by (R43)."""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "data-key"
_NONCE = 12
# The first byte says how the rest is made, so that a later key or method can stand beside this one.
_VERSION = b"\x01"


class PersonalData:
    """Encrypts with AES-256-GCM and hashes with HMAC-SHA-256, under two keys made from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derived(secret, b"linghang enrollment encryption"))
        self._lookup_key = _derived(secret, b"linghang enrollment lookup")

    def encrypt(self, plain: str | bytes) -> bytes:
        """The cipher text; never the same twice, even for the same plain text."""
        nonce = os.urandom(_NONCE)
        data = plain.encode() if isinstance(plain, str) else plain
        return _VERSION + nonce + self._cipher.encrypt(nonce, data, _VERSION)

    def decrypt(self, cipher: bytes) -> bytes:
        """The plain bytes. Raises `cryptography.exceptions.InvalidTag` when key or cipher text is not the right one."""
        return self._cipher.decrypt(cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :], cipher[:1])

    def decrypt_text(self, cipher: bytes | None) -> str:
        """The plain text; empty when nothing was kept."""
        return self.decrypt(cipher).decode() if cipher else ""

    def lookup_hash(self, plain: str) -> str:
        """A hash to find the same text again; without the key nobody can try numbers against it."""
        return hmac.digest(self._lookup_key, plain.encode(), "sha256").hex()


def open_personal_data(data_folder: Path, configured: str | None) -> PersonalData:
    """The secret from the settings, or from a file made on first start; web and worker must see the same one."""
    if configured:
        return PersonalData(sha256(configured.encode()).digest())
    path = data_folder / KEY_FILE
    if not path.exists():
        _make(path)
    return PersonalData(bytes.fromhex(path.read_text().strip()))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{KEY_FILE}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        # A hard link is made whole or not at all, and not over what another process has made first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
