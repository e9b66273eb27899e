"""A real server and a real Chromium. Every page is watched: no error in its console, no request to anywhere else."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import chromium
from tests.browser.lesson_page import PATIENCE, LessonPage

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


def serve(script: Path, *options: str, base: str = "", **env: str) -> tuple[subprocess.Popen, str]:
    """Start Streamlit on a free port of this machine; its process and address, once it answers.

    base: the path below which the app lives, such as /rnn   env: beside our own
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    process = subprocess.Popen(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1", f"--server.baseUrlPath={base}", *options],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}{base}"
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return process, address
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    process.terminate()
    raise RuntimeError(f"the server did not answer at {address}")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    process, url = serve(ROOT / "app.py", RNNVIZ_RESULTS=str(tmp_path_factory.mktemp("results")))
    yield url
    process.terminate()
    process.wait(PATIENCE / 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium.launch(playwright)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator:
    """open_page("?cell=GRU", width=390, height=844, color_scheme="dark") -> a LessonPage that stands.

    drawn: a selector of what to wait for, on a page without a player
    Each has a browser context of its own, as if it were another person's browser.
    """
    opened: list[tuple[Page, list[str]]] = []

    def open_one(
        link: str = "", *, width: int = 1366, height: int = 768, drawn: str = LessonPage.PLAYER, **options
    ) -> LessonPage:
        # Playwright waits for a function by evaluating a string, which the page's own policy forbids.
        context = browser.new_context(viewport={"width": width, "height": height}, **{"bypass_csp": True, **options})
        # There is no internet: every request to elsewhere fails, and is counted among what is wrong.
        context.route(elsewhere, lambda route: route.abort())
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if complains(message) else None)
        page.on("request", lambda request: wrong.append(request.url) if elsewhere(request.url) else None)
        opened.append((page, wrong))
        page.goto(link if link.startswith("http") else f"{address}{path(link)}")
        lesson = LessonPage(page)
        lesson.wait_until_drawn(drawn)
        return lesson

    def path(link: str) -> str:
        """Of the address: a link that names no page is one of the lesson "Unrolling", and "/" is home."""
        return link if link.startswith("/") else f"/unrolling{link}" if link[:1] in ("", "?") else f"/{link}"

    def complains(message: ConsoleMessage) -> bool:
        # On a page below the root, Streamlit looks for its server there first, and Chromium reports the 404.
        probing = re.search(r"/[a-z-]+/_stcore/(health|host-config)$", message.location["url"])
        return message.type == "error" and not probing

    def elsewhere(url: str) -> bool:
        return not url.startswith((address, "data:", "blob:"))

    yield open_one
    for page, wrong in opened:
        page.context.close()
        assert not wrong, wrong
