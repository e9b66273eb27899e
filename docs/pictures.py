"""The pictures in the README, taken of the app as it is. `make pictures` runs this."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests import chromium
from tests.browser.conftest import ROOT, serve

DOCS = Path(__file__).parent
WIDTH, HEIGHT, MOST = 1366, 785, 200_000
PICTURES = {"home.png": ("", "Training"), "vanishing.png": ("vanishing?phi=tanh", "Check yourself")}
"""File -> the link of what it shows, and the words at the page's end by which it stands."""


def stands(page: Page, words: str) -> None:
    """Wait until the page has drawn all that is in view."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(words, exact=True).first).to_be_attached()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")


def small(screenshot: bytes) -> bytes:
    """The same picture as small as it can be. Raises ValueError if it is larger than the README should load."""
    with Image.open(io.BytesIO(screenshot)) as image:
        out = io.BytesIO()
        image.convert("RGB").save(out, "png", optimize=True)
    if len(out.getvalue()) > MOST:
        raise ValueError(f"the picture has {len(out.getvalue()):,} bytes; it must have at most {MOST:,}")
    return out.getvalue()


def main() -> None:
    process, address = serve(ROOT / "app.py")
    try:
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.set_default_timeout(60_000)
            expect.set_options(timeout=60_000)
            for name, (link, words) in PICTURES.items():
                page.goto(f"{address}/{link}")
                stands(page, words)
                (DOCS / name).write_bytes(small(page.screenshot()))
                print(f"docs/{name}")
            browser.close()
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    main()
