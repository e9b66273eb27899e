"""Training in a browser: two cells learn while one is stopped, the training is scrubbed, and the link knows it all."""

import re

from playwright.sync_api import expect

LINK = "training?length=8&updates=3000&hidden=8&batch=8&seeds=1"
DRAWN = "[data-testid=stProgress]"
COLD = 600_000
"""Milliseconds that a busy machine may need to start a process that gives way to others, and to load torch in it."""


def test_two_cells_train_one_is_stopped_and_the_link_opens_what_was_trained(open_page):
    page = open_page(LINK, drawn=DRAWN).page
    page.get_by_role("button", name="Train", exact=True).click()
    bars = page.get_by_test_id("stProgress")
    page.get_by_role("button", name="Stop LSTM").click()
    bars.filter(has_text=re.compile("LSTM · stopped after")).wait_for()
    bars.filter(has_text=re.compile(r"GRU · seed 0: [1-9]")).wait_for(timeout=COLD)
    page.get_by_role("button", name="Stop GRU").click()
    page.get_by_role("button", name=re.compile(r"Continue GRU from update \d")).click()
    bars.filter(has_text=re.compile("Elman · 3,000 updates")).wait_for(timeout=COLD)
    bars.filter(has_text=re.compile("GRU · 3,000 updates")).wait_for(timeout=COLD)
    page.get_by_role("button", name="Continue LSTM").wait_for()
    expect(page.locator(".st-key-training-loss")).to_have_count(1)

    another = open_page(LINK + "&look=GRU", drawn=DRAWN)
    bars = another.page.get_by_test_id("stProgress")
    bars.filter(has_text=re.compile("GRU · 3,000 updates")).wait_for()
    another.wait_until_drawn()
    before = another.player.get_attribute("data-trace")
    slider = another.page.get_by_role("slider", name="Kept moment")
    slider.press("Home")
    another.page.get_by_text("Moment 1: untrained").wait_for()
    another.page.locator(f".rnnviz-player[data-trace]:not([data-trace='{before}'])").wait_for()


def test_a_preset_shows_its_runs_after_a_choice(open_page):
    page = open_page("training").page
    page.get_by_role("radio", name="Explode").or_(page.get_by_role("button", name="Explode")).first.click()
    page.get_by_text("Choose first").wait_for()
    expect(page.locator(".st-key-training-loss")).to_have_count(0)
    page.get_by_text("None: all end in the same update").click()
    page.get_by_text("You were right").wait_for()
    page.locator(".st-key-training-loss .main-svg").first.wait_for()


def test_the_page_opens_full_with_the_shipped_runs(open_page):
    page = open_page("training")
    expect(page.page.get_by_text("All are trained")).to_be_visible()
    for name in ("loss", "metric", "norms", "reach"):
        page.page.locator(f".st-key-training-{name} .main-svg").first.wait_for()
    bar = page.player.locator(".bar").first
    for view in ("unrolled", "cell"):  # with two ways to go, there is the most in it
        page.player.locator(f".views button[value={view}]").click()
        page.player.locator(f".views button[value={view}][aria-pressed=true]").wait_for()
        assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth && bar.clientHeight < 40"), view
