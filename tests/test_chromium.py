"""Laws of the search for a browser. Each that starts one does so in a thread of its own, because Playwright
allows one instance a thread and the other browser tests hold this one's.
"""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import sync_playwright

from tests import chromium

pytestmark = pytest.mark.browser


def in_own_thread(function):
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def test_the_chosen_browser_starts_and_draws_a_page():
    def title():
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            page = browser.new_page()
            page.goto("data:text/html;charset=utf-8,<title>∂L/∂h</title>")
            return page.title()

    assert in_own_thread(title) == "∂L/∂h"


def test_a_browser_that_does_not_exist_is_refused_by_name_and_no_other_is_taken():
    run = subprocess.run(
        [sys.executable, chromium.__file__],
        env={**os.environ, "RNNVIZ_CHROMIUM": "/nowhere/chromium"},
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert "/nowhere/chromium" in run.stderr
    assert "RNNVIZ_CHROMIUM" in run.stderr


def test_a_program_that_is_no_browser_is_passed_over(tmp_path, monkeypatch):
    impostor = tmp_path / "chromium"
    impostor.write_text("#!/bin/sh\nexit 3\n")
    impostor.chmod(impostor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(chromium, "REMEMBERED", tmp_path / "chromium.json")
    chromium.REMEMBERED.write_text(json.dumps({"executable": str(impostor)}))
    monkeypatch.delenv("RNNVIZ_CHROMIUM", raising=False)

    assert chromium.remembered() == str(impostor)
    assert in_own_thread(chromium.executable) != str(impostor)


@pytest.mark.parametrize("memory", ["", "[]", '{"executable": null}', '{"executable": "/nowhere/chromium"}'])
def test_a_memory_that_no_longer_holds_is_none(memory, tmp_path, monkeypatch):
    monkeypatch.setattr(chromium, "REMEMBERED", tmp_path / "chromium.json")
    assert chromium.remembered() is None
    chromium.REMEMBERED.write_text(memory)
    assert chromium.remembered() is None


def test_where_no_browser_can_be_had_the_set_up_fails_and_says_all_that_was_tried(tmp_path, monkeypatch):
    monkeypatch.setattr(chromium, "REMEMBERED", tmp_path / "chromium.json")
    monkeypatch.setattr(chromium, "candidates", lambda playwright: [])
    monkeypatch.setattr(chromium, "INSTALLS", [lambda: "no download", lambda: "no package"])
    monkeypatch.delenv("RNNVIZ_CHROMIUM", raising=False)

    with pytest.raises(chromium.ChromiumError) as refusal:
        in_own_thread(chromium.set_up)
    assert "no download" in str(refusal.value)
    assert "no package" in str(refusal.value)


def test_a_tool_that_hangs_is_stopped_and_named():
    problem = chromium._run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.5)
    assert "python -c import time" in problem
    assert "not done after 0.5 seconds" in problem
