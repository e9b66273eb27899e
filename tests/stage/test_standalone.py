"""The player as one page: the player's own code and the trace, nothing asked of anybody, and no text breaks out."""

import json
import re
from base64 import b64decode
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import LSTM
from rnnviz.figures.palette import PLAYER
from rnnviz.stage import Output
from rnnviz.stage.assets import STAGE
from rnnviz.stage.player import payload
from rnnviz.stage.standalone import modules, page
from tests.engine.strategies import normal
from tests.stage.decoder import decode

TRACE = LSTM.random(3, 4, seed=1).run(normal(5, 3, seed=2))
HOSTILE = "</script><script>alert(1)</script><!--<script>\"'&amp;{{page}}\\u003c</title>"


def sent(tokens="abcde", title="A title"):
    return payload(TRACE, list(tokens), Output([["x"]] * 5, np.ones((5, 1))), title=title, palette=PLAYER)


class Read(HTMLParser):
    """What a browser finds in a page: its tags, and the text within a tag by its name or id."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.within = [], [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self.within = dict(attributes).get("id", tag)

    def handle_endtag(self, tag):
        self.within = None

    def handle_data(self, data):
        self.texts[self.within] = self.texts.get(self.within, "") + data


def held(text):
    return json.loads(Read(text).texts["page"])


def test_it_holds_the_trace_and_the_modules_as_they_are_on_disk():
    data = held(page(sent(), title="A title", opening="t=3&pin=2.1"))
    assert b64decode(data["payload"]) == sent()
    assert data["opening"] == "t=3&pin=2.1"
    assert data["modules"] == {name: (STAGE / name).read_text(encoding="utf-8") for name in data["modules"]}
    assert data["style"] == (STAGE / "player.css").read_text(encoding="utf-8")


def test_every_module_that_is_imported_is_in_it_and_no_import_is_written_another_way():
    found = modules()
    assert {"player.js", "payload.js", "link.js", "save.js", "unrolled.js", "inside.js"} <= set(found)
    assert not {"chart.js", "mask.js"} & set(found)
    for source in found.values():
        imported = re.findall(r"^import .*$", source, flags=re.MULTILINE)
        assert all(re.search(r' from "\./([a-z]+\.js)";$', line)[1] in found for line in imported)
        assert "import(" not in source


def test_no_module_needs_itself():
    found = modules()
    needs = {name: set(re.findall(r' from "\./([a-z]+\.js)";', source)) for name, source in found.items()}
    while ready := {name for name, others in needs.items() if not others}:
        needs = {name: others - ready for name, others in needs.items() if name not in ready}
    assert needs == {}


def test_it_is_small_and_names_no_address():
    whole = page(sent(), title="A title")
    assert len(whole.encode()) < 250_000
    assert not {"src", "href", "action"} & {name for name, _ in Read(whole).attributes}
    assert set(re.findall(r"\w+://[\w./]+", whole)) == {"http://www.w3.org/2000/svg"}  # a name that nobody asks for


PLAIN = Read(page(sent(), title="A title"))


@given(st.text() | st.sampled_from([HOSTILE, "<!-- <script>", "]]>", "$&", "\u2028"]))
def test_no_text_breaks_out(text):
    text = text.replace("\0", "").replace("\r", "\n")
    tokens = [text, "<b>", "</script>", HOSTILE, "'\""]
    whole = page(sent(tokens, text), title=text)
    read = Read(whole)
    assert read.tags == PLAIN.tags and read.attributes == PLAIN.attributes
    assert read.texts.get("h1", "") == text
    header, _ = decode(b64decode(held(whole)["payload"]))
    assert header["tokens"] == tokens


def test_without_outputs_there_is_nothing_to_say():
    header, arrays = decode(payload(TRACE, "abcde", Output([[]] * 5, np.zeros((5, 0))), title="", palette=PLAYER))
    assert [phase["key"] for phase in header["phases"]] == ["input", "gates", "cell", "hidden"]
    assert arrays["probability"].shape == (5, 0)


@pytest.mark.parametrize(
    ("x", "one_hot"), [(np.eye(3)[[0, 2]], True), (np.ones((2, 3)), False), (np.ones((2, 1)), False)]
)
def test_the_words_for_an_input_know_whether_it_is_a_character(x, one_hot):
    trace = LSTM.random(x.shape[1], 4, seed=1).run(x)
    header, _ = decode(payload(trace, "ab", Output([[]] * 2, np.zeros((2, 0))), title="", palette=PLAYER))
    assert header["one_hot"] is one_hot
