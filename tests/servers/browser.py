"""The Chromium of the tests: one for each file, gone after it, since while Playwright runs nothing else can have an event loop."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; every test opens a context of its own in it."""
    program = os.environ.get("LINGHANG_TEST_CHROMIUM") or shutil.which("chromium")
    assert program, "apt-get install chromium, or name one in LINGHANG_TEST_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()
