"""The secret from which tokens and check codes are made: from the settings, or a file made on first use (R41)."""

import os
import secrets
from hashlib import sha256
from pathlib import Path

_FILE = "code-secret"


def read(data_folder: Path, configured: str | None) -> bytes:
    """The secret of this installation. Web and worker must see the same one: the same folder, or the same setting."""
    if configured:
        return sha256(configured.encode()).digest()
    path = data_folder / _FILE
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text().strip())


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{_FILE}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        # A hard link is made whole or not at all, and not over what another process has made first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
