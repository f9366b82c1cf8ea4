"""The workers of services as they are deployed: `python -m services.<name> worker`, each a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import as_account, stop


@contextmanager
def running_workers(urls: Mapping[str, str], broker_url: str, folder: Path) -> Iterator[None]:
    """Run the worker of each service of `urls`, which are their migrated databases; what they say goes to files in `folder`."""
    processes = []
    for name, url in urls.items():
        settings = {"DATABASE_URL": url, "BROKER_URL": broker_url, "DATA_FOLDER": str(folder / f"worker-{name}")}
        environment = {**os.environ, **{f"{name.upper()}_{variable}": value for variable, value in settings.items()}}
        words = [*as_account(None, dies_with="TERM"), sys.executable, "-m", f"services.{name}", "worker"]
        with (folder / f"worker-{name}.log").open("wb") as log:
            processes.append(subprocess.Popen(words, env=environment, stdout=log, stderr=log))
    try:
        yield
    finally:
        for process in processes:
            stop(process, signal.SIGTERM)
