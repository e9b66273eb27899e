"""The lesson "Time series" in a browser: the fan is scrubbed without the server, and networks learn while one looks."""

import re

import numpy as np
from playwright.sync_api import expect

CHART = "[class*=st-key-series-{}]"
FAN = CHART.format("fan")
DRAWN = f"{FAN} .plot[data-painted]"
COLD = 600_000
"""Milliseconds that a busy machine may need to start a process that gives way to others, and to load torch in it."""


def traces(lesson, chart):
    """Name -> what a chart shows now, (x, y)."""
    found = lesson.page.evaluate(
        """chart => {
          const list = (values) => Array.from(values._inputArray ?? values, one => Number.isNaN(one) ? null : one);
          return document.querySelector(`${chart} .plot`).data.map(one => [one.name, list(one.x), list(one.y)]);
        }""",
        CHART.format(chart),
    )
    return {name: (np.array(x, dtype=float), np.array(y, dtype=float)) for name, x, y in found}


def test_the_fan_is_scrubbed_without_the_server_and_the_window_follows_in_the_series(open_page):
    lesson = open_page("series", drawn=DRAWN)
    parts = CHART.format("parts")
    lesson.page.wait_for_selector(f"{parts} .plot[data-painted]")
    read = f"""[document.querySelector('{FAN} .plot').data[2].x[0], document.querySelector('{FAN} .plot').data[8].x[0],
        document.querySelector('{parts} .plot').data[1].x.at(-1)]"""
    moved = lesson.scrub(FAN, 4, read)
    assert [sent for _, _, sent in moved] == [0] * 4
    years = [int(text) for text, _, _ in moved]
    assert years == list(range(years[0], years[0] - 4, -1))
    for year, (origin, first, window) in zip(years, (seen for _, seen, _ in moved), strict=True):
        assert (origin, first, window) == (year, year + 1, year)
    lesson.page.wait_for_function(f"location.search.includes('origin={years[-1]}')")
    lesson.page.get_by_text(re.compile(f"With the slider at {years[-1]}")).wait_for()


def test_what_is_not_kept_is_trained_and_joins_the_baselines(open_page):
    lesson = open_page("series?updates=30&hidden=4&window=10&horizon=3", drawn=DRAWN)
    lesson.page.locator(CHART.format("errors")).first.scroll_into_view_if_needed()
    lesson.page.wait_for_selector(f"{CHART.format('errors')} .plot[data-painted]")
    assert "GRU" not in traces(lesson, "errors")
    lesson.page.get_by_role("button", name="Train", exact=True).click()
    for name in ("Elman", "GRU", "LSTM", "Convolution"):
        lesson.page.wait_for_function(
            "([chart, name]) => document.querySelector(`${chart} .plot`)?.data?.some(one => one.name === name)",
            arg=[CHART.format("errors"), name],
            timeout=COLD,
        )
    lesson.page.get_by_test_id("stProgress").first.wait_for(state="detached")
    errors = traces(lesson, "errors")["GRU"][1]
    assert len(errors) == 3 and np.isfinite(errors).all()
    lesson.page.locator(lesson.PLAYER).wait_for()


def test_a_file_is_read_and_its_numbers_are_in_no_address_and_nothing_is_wider_on_a_phone(open_page):
    lesson = open_page(
        "series?data=own&window=10&horizon=3", drawn="[data-testid=stFileUploader]", width=390, height=844
    )
    values = np.round(50 + 10 * np.sin(np.arange(100) / 3), 4)
    text = "wave\n" + "\n".join(map(str, values))
    lesson.page.locator("input[type=file]").set_input_files(
        {"name": "wave.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    lesson.page.wait_for_function(
        "chart => document.querySelector(`${chart} .caption`)?.textContent.startsWith('wave.csv')",
        arg=CHART.format("parts"),
    )
    lesson.wait_until_idle()
    lesson.page.locator(CHART.format("parts")).scroll_into_view_if_needed()  # it is painted where it is in sight
    lesson.page.wait_for_selector(f"{CHART.format('parts')} .plot[data-painted]")
    np.testing.assert_allclose(traces(lesson, "parts")["series"][1][:80], values[:80])
    assert "50." not in lesson.page.url and "wave" not in lesson.page.url
    assert lesson.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


COUNT = """() => {
  const send = WebSocket.prototype.send;
  window.sent = 0;
  WebSocket.prototype.send = function (...a) { window.sent += 1; return send.apply(this, a); };
}"""


def test_a_preset_that_gives_the_slider_another_range_stays_pressed_and_prose_and_slider_agree(open_page):
    lesson = open_page("series", drawn=DRAWN)
    lesson.page.evaluate(COUNT)
    pressed = "[class*=series-lesson-presets] [aria-checked=true], [class*=series-lesson-presets] [kind$=Active]"
    for name in ("Sunspots, 1 year", "Sunspots, 20 years"):
        lesson.page.evaluate("window.sent = 0")
        lesson.page.get_by_role("radio", name=name).or_(lesson.page.get_by_role("button", name=name)).first.click()
        lesson.page.wait_for_function("window.sent >= 2")  # the click, and where the slider begins anew
        lesson.wait_until_idle()
        year = lesson.page.locator(f"{FAN} output").inner_text().strip()
        lesson.page.get_by_text(re.compile(f"With the slider at {year}")).wait_for()
        expect(lesson.page.locator(pressed)).to_have_text([name])
