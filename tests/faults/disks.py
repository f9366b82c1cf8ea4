"""Disks that are full: a small file system where mounting is allowed, or a limit on what a process may write."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOM = 64 * 1024


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory of its own, mounted at `place`."""

    place: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Nothing but a few pages is left on it meanwhile."""
        while not self._resize(str(self._used() + ROOM)):
            continue  # somebody wrote more than that between looking and resizing
        try:
            yield
        finally:
            assert self._resize("256m")

    def _used(self) -> int:
        found = os.statvfs(self.place)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _resize(self, size: str) -> bool:
        """False when more than `size` lies on it already."""
        command = ["mount", "-o", f"remount,size={size}", str(self.place)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0 or "bad option" in done.stderr, done.stderr
        return done.returncode == 0


@contextmanager
def small_disk(place: Path, *, megabytes: int) -> Iterator[SmallDisk | None]:
    """A file system of its own at `place`, or None where we may not mount one."""
    place.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True).returncode:
        yield None
        return
    try:
        yield SmallDisk(place)
    finally:  # lazily: a killed process may take a moment to let go of its files
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def limited_files(processes: Iterable[int], bytes_: int, become: Iterable[str] = ()) -> Iterator[None]:
    """These processes may make no file longer than so many bytes; `become` are words that take their owner's account."""
    processes = list(processes)
    for limit in (str(bytes_), "unlimited"):
        for process in processes:
            subprocess.run([*become, "prlimit", "--pid", str(process), f"--fsize={limit}:"], capture_output=True)
        if limit != "unlimited":
            yield
