"""What can be taken away: the player as a page that plays from disk without a network, and figures as they are."""

import csv
import io
import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from rnnviz.stage.standalone import page as standalone_page
from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import PATIENCE, STAGE, STATE_CHART, LessonPage, number

TEXT = "to be or not to be"
SAVE = "Save as a file"


def from_the_menu(lesson: LessonPage, item: str):
    """Choose an item of the player's menu by keyboard, and wait for the file."""
    opener = lesson.player.get_by_role("button", name=SAVE)
    opener.focus()
    lesson.page.keyboard.press("Enter")
    choice = lesson.player.get_by_role("button", name=item)
    while not choice.evaluate("one => one.getRootNode().activeElement === one"):
        lesson.page.keyboard.press("ArrowDown")
    with lesson.page.expect_download() as download:
        lesson.page.keyboard.press("Enter")
    choice.wait_for(state="hidden")
    return download.value


def test_the_saved_player_plays_from_disk_without_a_network(open_page, browser, tmp_path):
    lesson = open_page(f"?cell=GRU&text={TEXT.replace(' ', '+')}&t=4&pin=4.5&show=n")
    file = from_the_menu(lesson, "Player (HTML)")
    path = tmp_path / file.suggested_filename
    file.save_as(path)
    assert path.name == "unrolling-player.html"
    payload = bytes(lesson.page.evaluate("Array.from(window.rnnvizPlayer.bytes)"))
    title = lesson.look("p.data.title")
    assert path.read_text(encoding="utf-8") == standalone_page(payload, title=title, opening="t=4&pin=4.5&show=n")

    context = browser.new_context(offline=True, color_scheme="dark", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: wrong.append(request.url) if "blob:" not in request.url else None)
    page.set_default_timeout(PATIENCE)
    page.goto(path.as_uri())
    saved = LessonPage(page)
    page.wait_for_selector(LessonPage.PLAYER)
    page.wait_for_function("window.rnnvizPlayer?.frames > 0")
    assert wrong == [path.as_uri()]
    assert saved.fingerprint == lesson.fingerprint
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.title() == title
    h = character_model("GRU").read(TEXT).trace.h
    assert saved.look("[p.timeline.position, p.quantity, p.theme]") == [4, "n", "dark"]
    assert f"unit 5 at t = 4: h = {h[3, 5]:.4f}".replace("-", "−") in saved.readout.inner_text()
    page.get_by_role("button", name="Light colours").click()
    page.wait_for_function("window.rnnvizPlayer.theme === 'light'")

    saved.player.get_by_label("Show", exact=True).select_option("h")
    saved.player.get_by_label("Speed").select_option("8")
    saved.player.focus()
    saved.stand_at(8.3)
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("window.rnnvizPlayer.timeline.position > 8.2")
    page.keyboard.press("Space")
    middle = saved.look("p.timeline.step")
    assert 8 <= middle < len(TEXT)
    assert number(saved.point_to(middle, 7).splitlines()[0]) == pytest.approx(h[middle, 7], abs=5e-5)
    for one, offered in ((lesson, 1), (saved, 0)):
        assert one.player.get_by_role("button", name="Player (HTML)", include_hidden=True).count() == offered
    page.get_by_text("The numbers as a table").click()
    page.locator("tbody tr").nth(middle).wait_for()
    row = page.locator("tbody tr").nth(middle).locator("td").all_inner_texts()
    assert row[:2] == [str(middle + 1), saved.look(f"p.data.tokens[{middle}]")]
    np.testing.assert_array_equal(np.array(row[2:], np.float32), h[middle].astype(np.float32))
    assert wrong == [path.as_uri()]
    context.close()


def test_the_picture_of_the_player_is_what_stands_there(open_page, tmp_path):
    lesson = open_page(f"?cell=GRU&text={TEXT.replace(' ', '+')}", color_scheme="dark")
    from_the_menu(lesson, "Picture (PNG)").save_as(tmp_path / "player.png")
    with Image.open(tmp_path / "player.png") as image:
        pixels = np.asarray(image.convert("RGBA"))
    box = lesson.canvas.bounding_box()
    assert pixels.shape[1] == 2 * (box["width"] + 28)
    assert (pixels[..., 3] == 255).all() and (pixels[:10, :10, :3] < 64).all()
    x, y, height = lesson.look(
        "[p.current.x(3) + p.current.gap + (p.current.column - p.current.gap) / 4, p.current.row.main.y, "
        "p.current.row.main.height]"
    )
    top = len(pixels) / 2 - 14 - box["height"]
    rows = [round(2 * (top + y + (unit + 0.5) * height / 64) - 0.5) for unit in range(64)]
    drawn = pixels[rows, round(2 * (14 + x)), :3].astype(int)
    trace = character_model("GRU").read(TEXT).trace
    shown = lesson.look(
        "Array.from({ length: 64 }, (_, unit) => p.data.colour(p.data.value('h', 3, unit), 'signed', 1))"
    )
    assert lesson.look("p.data.byKey.get('h').limit") == 1 and abs(trace.h).max() <= 1
    assert abs(drawn - [[int(part) for part in one[4:-1].split(",")] for one in shown]).max() <= 2
    above = pixels[: round(2 * top), :, :3].astype(np.uint32) @ [1, 256, 65536]
    assert len(np.unique(above)) > 50  # words and scales


def test_a_figure_is_saved_in_its_colours_with_its_words(open_page, tmp_path):
    lesson = open_page(f"?text={TEXT.replace(' ', '+')}", height=1300, color_scheme="dark")
    lesson.page.wait_for_selector(f"{STATE_CHART} .plot[data-painted]", state="attached")
    background = lesson.page.evaluate(f"document.querySelector('{STATE_CHART} .plot').layout.paper_bgcolor")
    caption = lesson.page.locator(f"{STATE_CHART} .caption").inner_text()
    files = {}
    for format in ("PNG", "SVG"):
        with lesson.page.expect_download() as download:
            lesson.page.locator(f"{STATE_CHART} button.save", has_text=format).click()
        assert download.value.suggested_filename == f"unrolling-state.{format.lower()}"
        download.value.save_as(tmp_path / format)
        files[format] = tmp_path / format
    with Image.open(files["PNG"]) as image:
        assert image.width == 2 * round(lesson.page.locator(f"{STATE_CHART} .plot").bounding_box()["width"])
        corner = image.convert("RGBA").getpixel((2, 2))
    red, green, blue = lesson.page.evaluate(f"import('{STAGE}').then(({{ theme }}) => theme.rgb('{background}'))")
    assert corner == (red, green, blue, 255)
    drawing = files["SVG"].read_text(encoding="utf-8")
    assert caption.split(",")[0] in drawing


TRACES = """[
  { type: "scatter", name: "h<sub>t</sub>", x: [1, 2, 3], y: [0.5, null, -1e-20] },
  { type: "bar", name: 'a "b", c', x: ["p", "q"], y: { bdata: btoa(String.fromCharCode(...new Uint8Array(
    new Float32Array([0.1, -3]).buffer))), dtype: "f4" } },
  { type: "heatmap", name: "W", xaxis: "x2", yaxis: "y2", y: [7, 8], z: { shape: "2,3", dtype: "f8",
    bdata: btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1, 2, 3, 4, 5, 6]).buffer))) } },
  { type: "scatter", name: "not shown", visible: false, x: [9], y: [9] },
  { type: "scatter", name: "a label", mode: "text", x: [8], y: [8], customdata: [3], texttemplate: "%{customdata}" },
]"""


def test_every_figure_has_its_numbers_as_a_table(open_page):
    lesson = open_page(f"?text={TEXT.replace(' ', '+')}", height=1300)
    with lesson.page.expect_download() as download:
        lesson.page.locator(STATE_CHART).get_by_role("button", name="Save the numbers of this figure as CSV").click()
    assert download.value.suggested_filename == "unrolling-state.csv"
    rows = list(csv.DictReader(download.value.path().read_text(encoding="utf-8").splitlines()))
    h = character_model("LSTM").read(TEXT).trace.h
    columns = ["time step t, by its input", "unit", "h"]  # as the axes and the scale are called; nothing empty
    assert len(rows) == h.size and list(rows[0]) == columns
    shown = np.full(h.shape, np.nan, np.float32)
    for row in rows:
        shown[int(row[columns[0]]) - 1, int(row["unit"])] = float(row["h"])
    np.testing.assert_array_equal(shown, h.astype(np.float32))

    text = lesson.page.evaluate(
        f"""async () => {{
        const {{ table: {{ tableOf }}, save: {{ csv }} }} = await import("{STAGE}");
        const plot = document.body.appendChild(document.createElement("div"));
        await window.Plotly.newPlot(plot, {TRACES}, {{ xaxis: {{ domain: [0, 0.4], title: {{ text: "step" }} }},
          xaxis2: {{ domain: [0.6, 1] }}, yaxis2: {{ anchor: "x2" }} }});
        const found = csv(tableOf(plot._fullData, plot._fullLayout));
        plot.remove();
        return found; }}"""
    )
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "panel", "x", "y", "z"],
        ["ht", "step", "1", "0.5", ""],
        ["ht", "step", "2", "", ""],
        ["ht", "step", "3", "-1e-20", ""],
        ['a "b", c', "step", "p", "0.1", ""],
        ['a "b", c', "step", "q", "-3", ""],
        *[["W", "x2 y2", str(k % 3), str(7 + k // 3), str(k + 1)] for k in range(6)],
    ]


def test_every_table_in_the_prose_is_saved_as_numbers_that_programs_read(open_page):
    lesson = open_page("?cell=GRU")
    with lesson.page.expect_download() as download:
        lesson.page.get_by_role("button", name="Save this table as CSV").first.click()
    assert download.value.suggested_filename == "unrolling-table-1.csv"
    head, cell, output, *_ = csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8")))
    model = character_model("GRU")
    assert head == ["", "numbers to learn"]
    assert [cell, output] == [
        ["this GRU cell", str(model.cell.parameters)],
        ["its output layer", str(model.readout.parameters)],
    ]


@pytest.mark.parametrize("link", ["gru?view=cell&t=4&pin=4.5", "bptt"])
def test_the_drawing_of_the_player_is_its_picture_without_pixels(open_page, tmp_path, link):
    lesson = open_page(link, height=1000, device_scale_factor=2)  # as fine as the picture
    for item, name in (("Picture (PNG)", "player.png"), ("Drawing (SVG)", "player.svg")):
        from_the_menu(lesson, item).save_as(tmp_path / name)
    drawing = (tmp_path / "player.svg").read_text(encoding="utf-8")
    words = "".join(ElementTree.fromstring(drawing).itertext())
    assert lesson.look("p.data.title") in words
    lesson.page.evaluate(
        """async (drawing) => {
          const sheet = document.createElement("div");
          Object.assign(sheet, { id: "sheet", innerHTML: drawing });
          Object.assign(sheet.style, { position: "fixed", inset: "0 auto auto 0", zIndex: 1e7, lineHeight: 0 });
          document.body.append(sheet);
          await Promise.all([...sheet.querySelectorAll("image")].map((image) => image.decode?.()));
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        drawing,
    )
    lesson.page.locator("#sheet svg").first.screenshot(path=tmp_path / "drawn.png")
    with Image.open(tmp_path / "player.png") as picture, Image.open(tmp_path / "drawn.png") as drawn:
        assert abs(np.subtract(picture.size, drawn.size)).max() <= 2
        # In blocks of 8 pixels, since no two ways to draw an edge agree in single ones.
        size = [min(sizes) // 8 for sizes in zip(picture.size, drawn.size, strict=True)]
        both = [
            np.asarray(one.convert("RGB").resize(size, Image.Resampling.BOX, box=(0, 0, 8 * size[0], 8 * size[1])), int)
            for one in (picture, drawn)
        ]
    apart = abs(both[0] - both[1]).max(axis=2)
    assert apart.mean() < 3 and apart.max() < 120


def test_a_saved_figure_has_its_legend_below_its_title_and_the_link_that_leads_to_it(open_page, tmp_path):
    lesson = open_page("vanishing?radius=0.8", drawn=".st-key-vanishing-gradient .plot[data-painted]")
    with lesson.page.expect_download() as download:
        lesson.page.locator(".st-key-vanishing-gradient button.save", has_text="SVG").click()
    download.value.save_as(tmp_path / "figure.svg")
    drawing = ElementTree.parse(tmp_path / "figure.svg").getroot()
    assert "/vanishing?radius=0.8" in "".join(drawing.itertext())
    lesson.page.evaluate(
        "(svg) => document.body.append(Object.assign(document.createElement('div'), { id: 'saved', innerHTML: svg }))",
        (tmp_path / "figure.svg").read_text(encoding="utf-8"),
    )
    said = [lesson.page.locator(f"#saved {part}").bounding_box() for part in (".gtitle", ".gtitle-subtitle", ".legend")]
    for above, below in itertools.pairwise(said):
        assert above["y"] + above["height"] <= below["y"] + 1


def test_the_table_of_a_figure_says_where_its_numbers_are_logarithms(open_page):
    lesson = open_page("vanishing", drawn=".st-key-vanishing-gradient .plot[data-painted]")
    with lesson.page.expect_download() as download:
        lesson.page.locator(".st-key-vanishing-gradient button.save", has_text="CSV").click()
    head, *rows = csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8")))
    assert head == ["name", "time step t", "log10 ‖∂L/∂hₜ‖₂, ‖∂L/∂cₜ‖₂"]
    assert {"Elman", "GRU", "LSTM"} <= {row[0] for row in rows}
    assert not any(row[0].startswith("trace") for row in rows)
    before_the_last = next(float(y) for name, x, y in rows if name == "Elman" and x == "99")
    assert -1 < before_the_last < 1


def test_a_number_in_the_cell_keeps_its_decimals_in_a_wide_font(open_page, tmp_path):
    lesson = open_page("lstm?view=cell&t=41")
    measured = "Array.from(p.current.labels.values(), (one) => one.split('.')[1]?.length)"
    own = lesson.look(measured)
    lesson.look("(p.colours.font = \"'DejaVu Sans', Verdana, sans-serif\", p.arrange(), p.draw())")
    assert lesson.look(measured) == own
