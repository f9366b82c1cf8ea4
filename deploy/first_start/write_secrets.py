"""Writes every secret on the first start, each into the volume of the one who needs it; later starts keep them."""

import json
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shared.messaging.topology import VIRTUAL_HOST, definitions
from shared.vocabulary import SERVICES

ROOT = Path("/secrets")
ADMINISTRATOR = "administrator"


def kept(path: Path) -> str:
    """The secret in `path`, made now if there is none."""
    if not path.exists():
        put(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def put(path: Path, text: str) -> None:
    """Write a file in one step; only its owner's containers mount the volume, so every account in them may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text)
    unfinished.chmod(0o444)
    unfinished.replace(path)


def broker_definitions(password: str) -> dict[str, Any]:
    """The broker's administrator and nothing else; `deploy/broker` declares the rest, and only it declares the mark."""
    whole = definitions({ADMINISTRATOR: password}, administrator=ADMINISTRATOR)
    return {kind: whole[kind] for kind in ("vhosts", "users", "permissions")}


def main() -> None:
    """Passwords are kept; what follows from them is written anew, since it may have changed with the program."""
    kept(ROOT / "database" / "postgres")
    broker = {name: kept(ROOT / "passwords" / f"broker-{name}") for name in (*SERVICES, ADMINISTRATOR)}
    put(ROOT / "broker" / "definitions.json", json.dumps(broker_definitions(broker[ADMINISTRATOR])))
    for name in SERVICES:
        password = kept(ROOT / "database" / name)
        put(ROOT / name / "database_url", f"postgresql+psycopg://{name}:{quote(password)}@postgres:5432/{name}")
        put(ROOT / name / "broker_url", f"amqp://{name}:{quote(broker[name])}@rabbitmq:5672/{quote(VIRTUAL_HOST, safe='')}")
    for name in ("code_secret", "key_passphrase"):
        kept(ROOT / "certificates" / name)
    sys.stdout.write("secrets: written\n")


if __name__ == "__main__":
    main()
