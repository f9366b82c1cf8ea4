"""Starting the house in one process: a folder belongs to one server, a port too, and a start goes on with what is there."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from services.embedded import FolderInUse, House

ROOT = Path(__file__).parents[2]


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "LINGHANG_FOLDER": str(folder), "LINGHANG_PORT": str(port), "LINGHANG_EMPTY": "1"}
    command = [sys.executable, "-m", "services"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(port: int) -> None:
    end = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_a_folder_belongs_to_one_house_at_a_time(tmp_path):
    house = House(tmp_path / "data")
    with pytest.raises(FolderInUse):
        House(tmp_path / "data")
    house.stop()
    House(tmp_path / "data").stop()


def test_a_second_start_says_what_is_in_the_way_and_a_later_one_goes_on_with_the_data(tmp_path):
    folder, port = tmp_path / "data", free_port()
    first = start(folder, port)
    try:
        wait_until_it_answers(port)
        same_port = start(tmp_path / "other", port)
        assert "choose another port" in same_port.communicate(timeout=60)[0]
        same_folder = start(folder, free_port())
        assert "another server works on" in same_folder.communicate(timeout=60)[0]
        assert (same_port.returncode, same_folder.returncode) == (1, 1)
    finally:
        first.send_signal(signal.SIGTERM)
        printed = first.communicate(timeout=60)[0]
    sign_ins = (folder / "sign-ins.txt").read_text(encoding="utf-8")
    assert sign_ins in printed
    assert (folder / "sign-ins.txt").stat().st_mode & 0o777 == 0o600
    again = start(folder, port)
    try:
        wait_until_it_answers(port)
    finally:
        again.send_signal(signal.SIGTERM)
        assert sign_ins in again.communicate(timeout=60)[0]
