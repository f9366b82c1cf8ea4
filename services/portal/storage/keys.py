"""The signing keys of tokens: files of their own in the data folder, readable by the portal alone."""

import json
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock

from joserfc.jwk import KeySet, OKPKey

from shared.web.tokens import LEEWAY, LIFETIME

SECONDS_UNTIL_USED = 60  # every service asks for new keys well within this time, so no token comes before its key


@dataclass(frozen=True)
class StoredKey:
    """One signing key and when it was made."""

    key: OKPKey
    made_at: float
    path: Path


class KeyRing:
    """The keys in a folder; the first is made when there is none. The newest signs, all are published."""

    def __init__(self, data_folder: Path) -> None:
        self._folder = data_folder / "token-keys"
        self._lock = Lock()
        self._read_at: int = -1
        self._keys: list[StoredKey] = []

    def signing_key(self) -> OKPKey:
        """The newest key that the services have had time to learn of."""
        keys = self._stored()
        known = [stored for stored in keys if stored.made_at <= time.time() - SECONDS_UNTIL_USED]
        return (known[-1] if known else keys[0]).key

    def public_keys(self, _anew: bool = False) -> KeySet:
        """The public halves of all keys, for whoever checks a token."""
        return KeySet([OKPKey.import_key(stored.key.as_dict(private=False)) for stored in self._stored()])

    def published(self) -> dict[str, list[dict[str, str | list[str]]]]:
        """The key set as JSON (JWKS)."""
        return {"keys": [dict(stored.key.as_dict(private=False)) for stored in self._stored()]}

    def rotate(self) -> str:
        """Make a new key, which signs after a minute, and forget those whose last token has run out. Answers its name."""
        for stored, successor in pairwise(self._stored()):
            if successor.made_at < time.time() - SECONDS_UNTIL_USED - LIFETIME - LEEWAY:
                stored.path.unlink(missing_ok=True)
        return self._make()

    def secret(self, name: str) -> bytes:
        """A random secret of the portal, made once and kept beside the keys."""
        path = self._folder / f"{name}.secret"
        if not path.exists():
            _write_new(path, secrets.token_bytes(32))
        return path.read_bytes()

    def _stored(self) -> list[StoredKey]:
        with self._lock:
            if not self._folder.exists() or not any(self._folder.glob("*.jwk")):
                self._make()
            changed = self._folder.stat().st_mtime_ns
            if changed != self._read_at:
                self._keys = sorted((_read(path) for path in self._folder.glob("*.jwk")), key=lambda stored: (stored.made_at, stored.path))
                self._read_at = changed
            return self._keys

    def _make(self) -> str:
        made_at = time.time()
        name = f"{int(made_at)}-{secrets.token_hex(4)}"
        key = OKPKey.generate_key("Ed25519", parameters={"kid": name, "alg": "Ed25519", "use": "sig"})
        body = json.dumps({"made_at": made_at, "key": key.as_dict(private=True)})
        _write_new(self._folder / f"{name}.jwk", body.encode())
        return name


@lru_cache
def key_ring(data_folder: Path) -> KeyRing:
    """The ring of this process for a data folder."""
    return KeyRing(data_folder)


def _read(path: Path) -> StoredKey:
    body = json.loads(path.read_text(encoding="utf-8"))
    return StoredKey(OKPKey.import_key(body["key"]), body["made_at"], path)


def _write_new(path: Path, body: bytes) -> None:
    """Write a private file whole or not at all; the one who comes second leaves the first one's file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
