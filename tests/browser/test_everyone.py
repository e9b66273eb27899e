"""Every page, for everyone: by eyes, ears or keyboard, on a phone, at twice the size, and without the internet."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PAGES = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "pages").glob("*.py"))
GRAVE = ("serious", "critical")
MAIN = "document.querySelector('[data-testid=stMain]')"
WIDER = f"[document.documentElement, {MAIN}].map(e => e.scrollWidth - e.clientWidth)"
LONG = f"{MAIN}.scrollHeight"
STILL = """Promise.all(document.getAnimations()
  .filter(({ effect, playState }) => playState === "running" && effect?.getComputedTiming().endTime < Infinity)
  .map(({ finished }) => finished.catch(() => 0))).then(() => 0)"""
WIDTHS = {"a phone": (390, 844), "a laptop at 200 %": (683, 384), "a projector": (1366, 768)}


def is_no_wider(page, what):
    assert max(page.evaluate(WIDER)) <= 0, f"wider than {what}"


def grave_violations(page):
    page.evaluate(STILL)
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everyone(open_page, name):
    """Under its own security policy, from its own address alone (`open_page` fails on any other): it is whole, nothing
    is wider than the screen, and axe-core finds no serious or critical violation, in either theme."""
    lesson = open_page("/" if name == "home" else name, drawn="h1", bypass_csp=False)
    page = lesson.page
    page.wait_for_selector(".rnnviz-chart .main-svg, .rnnviz-player canvas")
    for what, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator("h1")).to_be_visible()
        lesson.eventually(lambda what=what: is_no_wider(page, what))
    page.set_viewport_size({"width": 1366, "height": page.evaluate(LONG) + 200})
    expect(page.locator(".rnnviz-chart:not(:has(.main-svg))")).to_have_count(0)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
        grave = lesson.undisturbed(lambda: grave_violations(page))
        assert not grave, (theme, grave[:5])
