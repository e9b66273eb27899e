"""The Chromium that browser tests drive: one that really starts, or an error that says what was tried.

`launch(playwright)` starts it. `python tests/chromium.py`, the last part of the tests' set-up, makes sure
that there is one: it looks, then has Playwright download its own, then asks the system's package manager.
The path that started is remembered in the virtual environment. Where `RNNVIZ_CHROMIUM` is set, that path is
the only one considered.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

# Playwright itself adds --no-sandbox, --no-first-run, --disable-sync and what else keeps a browser quiet.
ARGS = ["--disable-quic"]
REMEMBERED = Path(sys.prefix) / "chromium.json"
LAUNCH_SECONDS, DOWNLOAD_SECONDS, INSTALL_SECONDS = 30, 600, 600

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"]
PATHS = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    *(
        f"{os.environ[root]}\\{path}"
        for root in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
        if root in os.environ
        for path in (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    ),
]


class ChromiumError(RuntimeError):
    """No candidate started; the message names each with its reason."""


def launch(playwright: Playwright, **options) -> Browser:
    """Start the first candidate that starts. options: those of `playwright.chromium.launch`.

    Raises ChromiumError.
    """
    return _first_that_starts(playwright, **options)[1]


def executable() -> str:
    """Path of the Chromium that `launch` starts; starts it once to know. Raises ChromiumError.

    Not for use where a `sync_playwright()` is already open: hand that one to `launch`.
    """
    with sync_playwright() as playwright:
        path, browser = _first_that_starts(playwright)
        browser.new_page().goto("data:text/html,it draws pages")
        browser.close()
    return path


def candidates(playwright: Playwright) -> list[str]:
    """Paths worth trying, best first: what worked last time, Playwright's own, the system's."""
    if named := os.environ.get("RNNVIZ_CHROMIUM"):
        return [shutil.which(named) or named]
    found = [remembered(), playwright.chromium.executable_path, *map(shutil.which, NAMES), *PATHS]
    return list(dict.fromkeys(path for path in found if path and os.access(path, os.X_OK)))


def remembered() -> str | None:
    """The path that started last time, if it is still there."""
    try:
        path = json.loads(REMEMBERED.read_text())["executable"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return path if path and os.access(path, os.X_OK) else None


def _first_that_starts(playwright: Playwright, **options) -> tuple[str, Browser]:
    options = {"args": ARGS, "timeout": 1000 * LAUNCH_SECONDS, **options}
    refusals = []
    for path in candidates(playwright):
        try:
            return path, playwright.chromium.launch(executable_path=path, **options)
        except Error as error:
            refusals.append(f"{path} does not start: {_reason(error.message)}")
    raise ChromiumError("\n".join(refusals) or "no Chromium, Chrome or Edge is installed")


def _reason(output: str) -> str:
    """The line of a tool's output that says most: the first complaint, else the first line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line for line in lines if "[err]" in line or "rror:" in line or line.startswith("E: ")]
    return (complaints or lines or ["it said nothing"])[0].removeprefix("BrowserType.launch: ")


def install_playwrights() -> str | None:
    """Have Playwright download its Chromium. Like each of INSTALLS: what went wrong, or None."""
    playwright = [sys.executable, "-m", "playwright"]
    if problem := _run([*playwright, "install", "--no-shell", "chromium"], DOWNLOAD_SECONDS):
        return problem
    try:
        executable()
    except (ChromiumError, Error):
        # A bare Linux has the browser now, but not the libraries that it opens.
        if shutil.which("apt-get") and _as_root() is not None:
            return _run([*playwright, "install-deps", "chromium"], INSTALL_SECONDS)
    return None


def install_systems() -> str | None:
    """Have the system's package manager install a Chromium, where that needs no password."""
    if shutil.which("brew"):
        return _run(["brew", "install", "--cask", "google-chrome"], INSTALL_SECONDS)
    if not shutil.which("apt-get"):
        return "no package manager that this set-up knows (apt-get, brew)"
    if (root := _as_root()) is None:
        return "apt-get install chromium: needs root, or sudo without a password"
    _run([*root, "apt-get", "update"], INSTALL_SECONDS)  # where it fails, older lists may still do
    return _run([*root, "apt-get", "install", "--yes", "chromium"], INSTALL_SECONDS)


INSTALLS: list[Callable[[], str | None]] = [install_playwrights, install_systems]


def _as_root() -> list[str] | None:
    """What to put before a command that needs root: nothing, sudo, or None where sudo would ask."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if not shutil.which("sudo") or subprocess.run([*sudo, "true"], capture_output=True).returncode:
        return None
    return sudo


def _run(command: list[str], seconds: float) -> str | None:
    shown = " ".join(command).replace(sys.executable, "python")
    print(f"Trying: {shown}", file=sys.stderr, flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "10000"}
    process = subprocess.Popen(
        command,
        env={**os.environ, **quiet},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except BaseException as interruption:
        # The download runs in a grandchild, which outlives its parent unless the whole group goes.
        os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
        if isinstance(interruption, subprocess.TimeoutExpired):
            return f"{shown}: not done after {seconds:g} seconds"
        raise
    return f"{shown}: {_reason(output)}" if process.returncode else None


def set_up() -> str:
    """Path of a Chromium that starts, installing one if need be.

    Raises ChromiumError with all that was tried.
    """
    named = os.environ.get("RNNVIZ_CHROMIUM")
    if not named and (path := remembered()):
        return path
    tried = []
    for install in [lambda: None] if named else [lambda: None, *INSTALLS]:
        tried.append(install())
        try:
            path = executable()
        except (ChromiumError, Error) as refusal:
            tried += str(refusal).splitlines()
            continue
        if not named:
            REMEMBERED.write_text(json.dumps({"executable": path}))
        return path
    raise ChromiumError("\n".join(dict.fromkeys(filter(None, tried))))


if __name__ == "__main__":
    try:
        print(f"Browser tests use {set_up()}")
    except ChromiumError as refusal:
        sys.exit(
            "The browser tests need a Chromium that starts, and never skip silently. What was tried:\n"
            + "".join(f"  - {line}\n" for line in str(refusal).splitlines())
            + "Install Chromium or Google Chrome, or set RNNVIZ_CHROMIUM to the path of one, and try again."
        )
