"""Keeps ID numbers, phones and rosters encrypted, with a keyed hash to look ID numbers up by (R43)."""

import hmac
import os
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "data-key"
_NONCE = 12


class PersonalData:
    """Encrypts with AES-256-GCM and hashes with HMAC-SHA-256, under two keys made from one secret.

    The first byte of what it encrypts tells the secret's number.
    """

    def __init__(self, secret: bytes, number: int = 1) -> None:
        self.number = number
        self._version = bytes([number])
        self._cipher = AESGCM(_derived(secret, b"linghang enrollment encryption"))
        self._lookup_key = _derived(secret, b"linghang enrollment lookup")
        self.digest = _derived(secret, b"linghang enrollment check").hex()
        """By which a secret is known without being told."""

    def encrypt(self, plain: str | bytes) -> bytes:
        """The cipher text; never the same twice, even for the same plain text."""
        nonce = os.urandom(_NONCE)
        data = plain.encode() if isinstance(plain, str) else plain
        return self._version + nonce + self._cipher.encrypt(nonce, data, self._version)

    def decrypt(self, cipher: bytes) -> bytes:
        """The plain bytes. Raises `cryptography.exceptions.InvalidTag` when key or cipher text is not the right one."""
        return self._cipher.decrypt(cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :], cipher[:1])

    def decrypt_text(self, cipher: bytes | None) -> str:
        """The plain text; empty when nothing was kept."""
        return self.decrypt(cipher).decode() if cipher else ""

    def lookup_hash(self, plain: str) -> str:
        """A hash to find the same text again; without the key nobody can try numbers against it."""
        return hmac.digest(self._lookup_key, plain.encode(), "sha256").hex()


class Secrets:
    """The secrets at hand, of which the database says which is in force (`storage/data_keys.py`).

    Files in the data folder, ``data-key``, ``data-key-2`` and so on, or those that the settings give instead. They are read when
    they are needed: another process may have made one meanwhile.
    """

    def __init__(self, data_folder: Path, configured: str | None = None, next_configured: str | None = None) -> None:
        self._folder = data_folder
        given = [configured, next_configured] if configured else []
        self._configured = [sha256(secret.encode()).digest() for secret in given if secret]
        self._read: dict[int, bytes] = {}

    @property
    def are_configured(self) -> bool:
        """Whether the settings give the secrets, and no file does."""
        return bool(self._configured)

    def file(self, number: int) -> Path:
        """Where the secret of this number lies, unless they are configured."""
        return self._folder / (KEY_FILE if number == 1 else f"{KEY_FILE}-{number}")

    def make(self, number: int) -> None:
        """See that there is a file with a secret of this number, on the disk to stay."""
        if not self.file(number).exists():
            _make(self.file(number))

    def numbered(self, number: int) -> Iterator[PersonalData]:
        """The secrets that may be the one of this number: that of its file, or every configured one."""
        if self._configured:
            yield from (PersonalData(secret, number) for secret in self._configured)
            return
        if number not in self._read:
            try:
                self._read[number] = bytes.fromhex(self.file(number).read_text().strip())
            except FileNotFoundError:
                return
        yield PersonalData(self._read[number], number)

    def decrypt(self, cipher: bytes) -> bytes:
        """The plain bytes, whichever secret at hand made the cipher text; empty when nothing is kept. Raises `InvalidTag` when none did."""
        if not cipher:
            return b""
        for candidate in self.numbered(cipher[0]):
            try:
                return candidate.decrypt(cipher)
            except InvalidTag:
                continue
        raise InvalidTag

    def decrypt_text(self, cipher: bytes | None) -> str:
        """The plain text; empty when nothing was kept."""
        return self.decrypt(cipher or b"").decode()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A hard link is made whole or not at all, and not over what another process has made first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # nothing is encrypted under a secret whose name a failing host could forget
    finally:
        os.close(folder)
