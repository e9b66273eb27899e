"""The icon font that is sent has every icon that a page can show, drawn as in Streamlit's own."""

import re

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from starlette.responses import PlainTextResponse

from docs.icons import ROOT, ligatures, named
from rnnviz import serving
from rnnviz.serving import Icons, subset_of, whole_font
from tests.asynchronous import run


@pytest.fixture(scope="module")
def fonts():
    """Streamlit's own and ours. Where Streamlit has another font than ours was made of: `make icons`."""
    whole = whole_font()
    return TTFont(whole), TTFont(subset_of(whole))


def drawing(font, glyph):
    pen = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(pen)
    return pen.value, font["hmtx"][glyph]


def test_each_icon_that_can_be_named_is_there_and_looks_the_same(fonts):
    whole, sent = fonts
    known, kept = ligatures(whole), ligatures(sent)
    wanted = named() & known.keys()
    assert {"home", "expand_more", "check", "download", "more_vert"} <= wanted
    assert wanted <= kept.keys(), "run: make icons"
    assert all(drawing(sent, kept[name]) == drawing(whole, known[name]) for name in wanted)
    assert whole["head"].unitsPerEm == sent["head"].unitsPerEm


def test_our_own_icons_are_all_in_the_font(fonts):
    files = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "rnnviz").rglob("*.py")]
    ours = {name for path in files for name in re.findall(r":material/([^:{]*):", path.read_text(encoding="utf-8"))}
    assert ours <= ligatures(fonts[1]).keys()


def test_no_name_is_put_together_where_it_cannot_be_found():
    """But in the list of pages, whose icons `named` adds."""
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "rnnviz").rglob("*.py")]
    put_together = {path.name for path in files if ":material/{" in path.read_text(encoding="utf-8")}
    assert put_together <= {"navigation.py"}


def asked(path, *fields):
    """Status, headers and body of what `Icons` answers."""
    sent = []

    async def send(message):
        sent.append(message)

    async def streamlits(scope, receive, send):
        await PlainTextResponse("Streamlit's own")(scope, receive, send)

    scope = {"type": "http", "method": "GET", "path": path, "headers": list(fields)}
    run(Icons(streamlits, "/rnn")(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_the_font_is_sent_once_and_then_found_to_be_the_same():
    path = f"/rnn/static/media/{whole_font().name}"
    status, fields, body = asked(path)
    assert (status, body) == (200, subset_of(whole_font()).read_bytes())
    assert (fields[b"content-type"], fields[b"cache-control"]) == (b"font/woff2", b"no-cache")
    status, _, body = asked(path, (b"if-none-match", fields[b"etag"]))
    assert (status, body) == (304, b"")


def test_everything_else_is_streamlits_own():
    assert asked("/rnn/static/media/Other.woff2")[2] == b"Streamlit's own"


def test_another_font_of_streamlits_is_sent_as_it_is(monkeypatch, tmp_path):
    path = f"/rnn/static/media/{whole_font().name}"
    monkeypatch.setattr(serving, "ICONS", tmp_path)
    assert asked(path)[2] == b"Streamlit's own"
    monkeypatch.setattr(serving, "STATIC", tmp_path)
    assert asked(path)[2] == b"Streamlit's own"
