"""The lesson as a learner meets it: the stage gets what the engine computed, whatever they set, type or link to."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest

from rnnviz.engine import Cell
from rnnviz.lesson import unrolling
from rnnviz.lesson.formula import equations
from rnnviz.lesson.snippet import snippet
from rnnviz.lesson.words import decimal, token_label
from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import CELLS, character_model
from tests.lesson.markdown import code, outside_code
from tests.lesson.test_formula import parts
from tests.pages.page import LessonApp
from tests.stage.decoder import as_sent, decode
from tests.stage.test_chart_payload import plotly_array

TEXT = "To be, or not to be, that is the question"
WEIGHTS = ["trained", "random", "zero"]
DEFAULTS = {"cell": "LSTM", "text": TEXT, "weights": "trained", "seed": 0}
# Questions by words that stand in them: their keys change with what they ask about.
PREDICT, PRESET = "It doubles", "All weights zero"
LENGTH, LAST, NUMBER = "twice as long", "change the last character", "What is its $h_t$?"


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/unrolling.py", "unrolling", **link)

    def type(self, text):
        self.app.text_input(key="text").set_value(text)
        return self.run()

    def pin(self, time, unit):
        self.app.session_state["unrolling-player"] = {"pin": {"time": time, "unit": unit}}
        return self.run()

    @property
    def set(self):
        return {name: self.app.session_state[name] for name in DEFAULTS}


def engines_own(cell="LSTM", weights="trained", text=TEXT, seed=0):
    """The same, computed here: neither the page nor its cache has touched it."""
    model = character_model(cell)
    return {"trained": model, "random": model.untrained(seed), "zero": model.zeroed()}[weights].read(text)


def numbers(written):
    """A list of numbers in a figure, however plotly wrote it."""
    return plotly_array({"shape": "-1", **written}) if isinstance(written, dict) else np.array(written)


def shows(page, **settings):
    """Whether player, heatmap and sweep hold what the engine computes for these settings."""
    reading = engines_own(**settings)
    header, arrays = page.player
    for quantity in (q["key"] for q in header["quantities"]):
        np.testing.assert_array_equal(arrays[quantity], as_sent(reading.trace[quantity]))
    ids, p = reading.likeliest()
    np.testing.assert_array_equal(arrays["probability"], as_sent(p))
    tokens = [token_label(token) for token in character_model("LSTM").vocabulary.tokens]
    assert header["tokens"] == [tokens[i] for i in reading.ids]
    assert header["outputs"] == [[tokens[i] for i in row] for row in ids]
    np.testing.assert_array_equal(plotly_array(page.figure("state")["data"][0]["z"]), as_sent(reading.trace.h.T))
    sweep, frames = decode(page.stage("loop"))
    as_it_is = frames["0 z"][sweep["sweep"]["values"].index(1)]
    np.testing.assert_array_equal(as_it_is, as_sent(reading.trace.h.T))
    return True


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_stage_shows_what_the_engine_computed(cell, weights):
    assert shows(Page(cell=cell, weights=weights), cell=cell, weights=weights)


def test_without_a_link_a_trained_lstm_reads_a_real_sentence():
    page = Page()
    assert page.set == DEFAULTS and page.notices == []
    assert shows(page)
    assert page.app.title[0].value == "Unrolling"


def test_a_link_gives_exactly_what_it_says():
    asked = {"cell": "GRU", "text": "hello", "weights": "random", "seed": 7}
    page = Page(**{name: str(value) for name, value in asked.items()}, pin="3.5")
    assert page.set == asked and page.notices == []
    assert shows(page, **asked)
    assert code(page.said("unit 5 at t = 3").split("where it reads ")[1]) == ["l"]


def test_a_changed_control_repaints_with_the_new_numbers():
    page = Page()
    assert shows(page.choose("LSTM", "GRU"), cell="GRU")
    assert shows(page.type("hello"), cell="GRU", text="hello")
    assert shows(page.choose("trained", "random"), cell="GRU", text="hello", weights="random")
    page.app.number_input(key="seed").set_value(3)
    assert shows(page.run(), cell="GRU", text="hello", weights="random", seed=3)
    assert shows(page.choose("trained", "zero"), cell="GRU", text="hello", weights="zero")


@pytest.mark.parametrize("cell", CELLS)
def test_zero_weights_give_another_picture(cell):
    trained, zero = Page(cell=cell), Page(cell=cell, weights="zero")
    assert trained.stage("player") != zero.stage("player")
    assert not zero.player[1]["h"].any() and np.abs(trained.player[1]["h"]).max() > 0.5
    np.testing.assert_allclose(zero.player[1]["probability"], 1 / len(character_model(cell).vocabulary), rtol=1e-6)


def test_every_text_and_weights_are_drawn_on_one_scale_a_cell():
    pages = [Page(text=text) for text in (TEXT, "a", "zzzz")]
    limits = {q["limit"] for page in pages for q in page.player[0]["quantities"] if q["key"] == "c"}
    assert len(limits) == 1 and limits.pop() > 1
    figures = [Page(cell="GRU", weights=weights).figure("weights")["layout"]["coloraxis"] for weights in WEIGHTS]
    assert len({(figure["cmin"], figure["cmax"]) for figure in figures}) == 1
    assert figures[0]["cmax"] == np.abs(character_model("GRU").cell.weight_hh).max()


def test_the_sweep_is_the_model_with_its_loop_scaled():
    sweep, frames = decode(Page(cell="Elman", text="loop").stage("loop"))
    for k, strength in enumerate(sweep["sweep"]["values"]):
        h = character_model("Elman").with_loop(strength).read("loop").trace.h
        np.testing.assert_array_equal(frames["0 z"][k], as_sent(h.T))


def test_the_weights_and_outputs_shown_are_the_models_own():
    page = Page(cell="GRU", text="hello", pin="2.3")
    model, reading = character_model("GRU"), engines_own("GRU", text="hello")
    blocks = [plotly_array(one["z"]) for one in page.figure("weights")["data"]]
    np.testing.assert_array_equal(np.concatenate(blocks), as_sent(model.cell.weight_hh))
    bars = page.figure("output")["data"][0]
    np.testing.assert_array_equal(numbers(bars["y"]), np.sort(reading.p[1])[::-1][:12])
    labels = [token_label(model.vocabulary.tokens[i]) for i in np.argsort(-reading.p[1], kind="stable")[:12]]
    assert bars["customdata"] == labels


def test_what_a_unit_responds_to_is_its_mean_after_each_character_of_unseen_text():
    bars = Page(cell="GRU", pin="1.9").figure("responses")["data"][0]
    held_out = split(shakespeare())[1][: unrolling.HELD_OUT]
    h = engines_own("GRU", text=held_out).trace.h[:, 9]
    means = {c: h[[d == c for d in held_out]].mean() for c in set(held_out)}
    labels, counts = zip(*bars["customdata"], strict=True)
    assert list(labels) == [token_label(c) for c in sorted(means, key=means.get, reverse=True)]
    np.testing.assert_allclose(numbers(bars["y"]), sorted(means.values(), reverse=True), atol=1e-6)
    assert sum(counts) == unrolling.HELD_OUT


@pytest.fixture
def runs(monkeypatch):
    """One entry for each time that a cell runs."""
    counted, run = [], Cell.run
    monkeypatch.setattr(Cell, "run", lambda *given, **named: counted.append(given) or run(*given, **named))
    return counted


def test_a_pin_moves_the_numbers_but_computes_nothing_and_sends_no_new_trace(runs):
    page = Page(text="a text of its own, so that nothing is remembered")
    before, computed = {name: page.stage(name) for name in ("player", "state", "loop", "weights")}, len(runs)
    responses = page.stage("responses")
    assert computed > 0
    page.pin(4, 17)
    assert "unit 17 at t = 5" in page.said("unit 17 at t =")
    assert len(runs) == computed
    assert {name: page.stage(name) for name in before} == before
    assert page.stage("responses") != responses


def test_a_prediction_computes_only_what_it_reveals(runs):
    page = Page(text="zebra crossing")
    trace, computed = page.stage("player"), len(runs)
    page.choose(PREDICT, 1)
    assert page.stage("player") == trace
    assert [type(cell).__name__ for cell, _ in runs[computed:]] in (list(CELLS), [])
    computed = len(runs)
    assert page.choose(PREDICT, 2).choose(PREDICT, 0).stage("player") == trace
    assert len(runs) == computed


def test_what_was_seen_once_is_not_computed_again(runs):
    page = Page(text="there and back again").choose("LSTM", "GRU")
    computed = len(runs)
    page.choose("LSTM", "LSTM").choose("LSTM", "GRU")
    assert len(runs) == computed


def test_a_pin_beyond_the_trace_stands_at_its_edge_and_the_page_says_so():
    page = Page(text="hello", pin="999.999")
    assert "unit 63 at t = 5" in page.said("unit 63 at t =")
    (notice,) = page.notices
    assert "pin" in notice and "1 to 5" in notice and "0 to 63" in notice


NONSENSE = {
    "cell": ("Transformer", ["Cell", "LSTM, GRU, Elman"]),
    "weights": ("lead", ["Weights", "trained, random, zero"]),
    "seed": ("minus one", ["Seed", "0 to 9999"]),
    "pin": ("everything", ["pin", "a step and a unit"]),
    "show": ("r", ["show", "h, c, i, f, g, o"]),
    "view": ("inside-out", ["view", "folded"]),
    "t": ("42", ["t", "0 to 41"]),
    "span": ("wide", ["span", "whole number"]),
    "loop": ("1.6", ["loop", "0 to 1.5"]),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_in_a_link_gives_a_notice_and_the_default(name):
    value, words = NONSENSE[name]
    page = Page(**{name: value})
    (notice,) = page.notices
    assert all(word in notice for word in [value, *words])
    assert page.set == DEFAULTS and shows(page)


@pytest.mark.parametrize("value", ["", "inf", "1e999", "nan", "\x00", "![x](//evil.example/p.png)", "a" * 10_000])
@pytest.mark.parametrize("name", NONSENSE)
def test_no_link_can_break_the_page_or_write_markup_into_it(name, value):
    page = Page(**{name: value})
    (notice,) = page.notices
    assert page.set == DEFAULTS and "evil" not in outside_code(notice) and len(notice) < 300


def test_what_a_link_may_ask_of_the_stage_is_taken_without_a_word():
    assert Page(show="c", view="folded", t="41", span="10", loop="0.5", pin="41.63").notices == []


def test_all_nonsense_at_once_gives_a_notice_each():
    assert len(Page(**{name: value for name, (value, _) in NONSENSE.items()}).notices) == len(NONSENSE)


def test_an_emptied_text_keeps_the_last_good_picture():
    page = Page().type("good")
    picture = page.stage("player")
    assert page.type("").stage("player") == picture
    assert "empty" in page.notices[0]
    assert page.type("new").notices == []


def test_a_very_long_text_is_cut_with_a_sentence():
    page = Page(text="a" * 10_000)
    assert shows(page, text="a" * 200)
    assert "10,000 characters" in page.notices[0] and "first 200" in page.notices[0]


STRANGE = {
    "emoji": "🦆 quack 🦆",
    "control characters": "a\x00b\x07\x1b[31m\tc\r\nd",
    "a script": "<script>alert(1)</script>",
    "an image": "![x](//evil.example/p.png)",
    "a link": "[evil](//evil.example)",
    "strong": "**evil** __evil__",
    "maths": "$evil$ $$evil$$",
    "code": "`evil` ``evil``` `",
    "Streamlit's own": ":red[evil] :material/close: :smile:",
    "a backslash": "\\evil\\",
    "a line separator": "a\u2028b\u202ec",
    "one letter": "x",
    "one backtick": "`",
    "one unknown": "é",
    "one line end": "\n",
    "thirty unknowns": "".join(chr(0x4E00 + k) for k in range(30)),
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_gives_a_working_page(text):
    read = text.replace("\r\n", "\n")
    page = Page(text=text)
    assert shows(page, text=read)
    unknown = character_model("LSTM").vocabulary.unknown(read)
    assert len(page.notices) == bool(unknown)
    if unknown:
        shown = code(page.notices[0])
        assert shown[-1] == "<unk>" and len(shown) == 1 + min(12, len(unknown))
        assert [one for one in unknown[:12] if one.isprintable()] == [c for c in shown[:-1] if c != "\ufffd"]
        assert ("and more" in page.notices[0]) == (len(unknown) > 12)


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_no_text_is_ever_markup(text):
    page, plain = Page().type(text).choose(PREDICT, 1), Page(text="plain").choose(PREDICT, 1)
    assert len(page.prose) == len(plain.prose)
    for said in page.prose + page.notices:
        assert not any(word in outside_code(said) for word in ("evil", "script>", "é", "🦆", "``"))
    assert [one.value for one in page.app.html] == [one.value for one in plain.app.html]


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_prediction_is_judged_by_what_the_engine_computed(cell, weights):
    page = Page(cell=cell, weights=weights)
    assert page.stage("repetition") is None and not any("right" in text or "otherwise" in text for text in page.prose)
    once, twice = engines_own(cell, weights, "TT").trace.h
    moved = np.linalg.norm(twice - once)
    right = 0 if moved == 0 else 2 if np.allclose(twice, 2 * once) else 1
    assert (right == 0) == (weights == "zero")
    assert f"= {moved:.4f}$" in page.choose(PREDICT, right).said("You were right.")
    wrong = (right + 1) % 3
    answer = page.buttons(PREDICT).options[right]
    assert f"= {moved:.4f}$" in page.choose(PREDICT, wrong).said(f"Measured otherwise: {answer}.")


def test_what_is_revealed_is_the_state_settling_for_all_three_cells():
    lines = Page(text="hum").choose(PREDICT, 1).figure("repetition")["data"]
    assert {line["name"] for line in lines} == set(CELLS)
    for line in lines:
        h = engines_own(line["name"], text="h" * 20).trace.h
        distances = np.linalg.norm(np.diff(h, axis=0), axis=1)
        drawn = numbers(line["y"])
        np.testing.assert_allclose(drawn[distances > 0], distances[distances > 0], rtol=1e-12)


def test_about_another_letter_or_network_the_question_is_asked_anew():
    page = Page().choose(PREDICT, 1)
    assert page.type("The same first letter").stage("repetition") is not None
    assert page.choose("LSTM", "GRU").stage("repetition") is None
    assert page.choose(PREDICT, 1).type("another").stage("repetition") is None


def test_a_prediction_taken_back_is_hidden_again():
    page = Page().choose(PREDICT, 1).choose(PREDICT, None)
    assert page.stage("repetition") is None


PRESETS = {
    0: {"text": "a" * 20, "weights": "trained"},
    1: {"weights": "zero"},
    2: {"weights": "random"},
    4: DEFAULTS,
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_what_it_says_and_leaves_the_rest(preset):
    start = {"cell": "Elman", "text": "hello", "weights": "random" if preset != 2 else "zero", "seed": 0}
    page = Page(**{name: str(value) for name, value in start.items()}).choose(PRESET, preset)
    assert page.set == {**start, **PRESETS[preset]}
    assert shows(page, **page.set)
    assert page.buttons(PRESET).value == preset


def test_the_long_text_is_longer_than_the_first_and_fits():
    page = Page().choose(PRESET, 3)
    assert 100 < len(page.set["text"]) <= 200 and page.notices == []
    assert shows(page, text=page.set["text"])


def test_every_preset_says_what_to_look_at():
    page = Page()
    options = page.buttons(PRESET).options
    said = [set(page.choose(PRESET, k).prose) for k in range(len(options))]
    assert 3 <= len(options) <= 5
    assert all(own - other for own in said for other in said if own is not other)


def test_a_preset_is_chosen_while_all_that_it_sets_is_set():
    page = Page(cell="GRU").choose(PRESET, 1)
    assert page.choose("trained", "trained").buttons(PRESET).value is None
    assert page.choose("LSTM", "LSTM").set == DEFAULTS and page.buttons(PRESET).value == 4


@pytest.mark.parametrize("cell", CELLS)
def test_the_text_twice_as_long_needs_as_many_numbers(cell):
    page, parameters = Page(cell=cell), character_model(cell).cell.parameters
    for wrong in (2 * parameters, parameters + 1, parameters - 1, 0):
        assert page.answer(LENGTH, wrong).verdicts[0][0] == "warning"
    ((kind, said),) = page.answer(LENGTH, parameters).verdicts
    assert kind == "success" and "As many as before" in said


@pytest.mark.parametrize(("link", "right"), [({}, 1), ({"weights": "zero"}, 0), ({"text": "e"}, 1), ({"text": "é"}, 1)])
def test_which_columns_change_with_the_last_character_is_measured(link, right):
    page = Page(**link)
    for answer in range(3):
        ((kind, _),) = page.answer(LAST, answer).verdicts
        assert (kind == "success") == (answer == right)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("cell", CELLS)
def test_the_state_asked_for_is_the_engines(cell, weights):
    page = Page(cell=cell, weights=weights, pin="4.6")
    trace = engines_own(cell, weights).trace
    question, h = page.question(NUMBER).label, float(trace.h[3, 6])
    asked = {"LSTM": ["o", "c"], "GRU": ["z", "n"], "Elman": ["h_pre"]}[cell]
    assert all(decimal(trace[quantity][3, 6]) in question for quantity in asked)
    assert question.startswith("Unit 6 at t = 4 has ")
    ((kind, said),) = page.answer(NUMBER, round(h, 3)).verdicts
    assert kind == "success" and f"{h:.4f}" in said
    ((kind, said),) = page.answer(NUMBER, h + 0.02).verdicts
    assert kind == "warning" and f"{h:.4f}" not in said


@pytest.mark.parametrize("cell", CELLS)
def test_every_equation_on_the_page_is_the_cells_own(cell):
    page = Page(cell=cell, pin="2.1")
    (block,) = [one.value.strip("$\n") for one in page.app.latex]
    formulas = character_model(cell).cell.formulas
    assert [equation for equation, _ in parts(block)] == [
        formulas[quantity] for quantity in formulas if quantity in ("i", "f", "g", "o", "r", "z", "n", "c", "h")
    ]
    assert not any(r"\sigma" in said or r"\tanh" in said for said in page.prose)


def test_the_numbers_in_the_equations_are_those_of_the_pinned_unit_and_step():
    page, trace = Page(cell="GRU", pin="3.8"), engines_own("GRU").trace
    assert page.app.latex[0].value.strip("$\n") == equations(trace, 2, 8)
    assert page.pin(9, 2).app.latex[0].value.strip("$\n") == equations(trace, 9, 2)


def test_without_a_pin_the_numbers_are_those_of_the_last_step():
    assert Page().app.latex[0].value.strip("$\n") == equations(engines_own().trace, len(TEXT) - 1, 0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_script_shown_is_the_one_that_is_tested(cell):
    page = Page(cell=cell, text="it's")
    assert page.script == snippet("unrolling", cell=cell, text="it's").rstrip()


def test_a_script_that_gives_other_numbers_than_the_page_says_so():
    said = {weights: any("trained* weights" in text for text in Page(weights=weights).prose) for weights in WEIGHTS}
    assert said == {"trained": False, "random": True, "zero": True}


def test_every_picture_has_a_caption_and_a_text_for_those_who_cannot_see_it():
    page = Page().choose(PREDICT, 1)
    names = ["state", "repetition", "loop", "weights", "output", "responses"]
    headers = [decode(page.stage(name))[0] for name in names]
    assert len(page.all_sent) == 1 + len(names)
    assert len({header["caption"] for header in headers}) == len({header["alt"] for header in headers}) == len(names)
    assert page.player[0]["title"] == f"A trained LSTM with 64 units reads {len(TEXT)} characters"


def test_random_networks_read_the_held_out_text_when_the_learner_comes_to_it():
    page = Page(cell="GRU", weights="random", seed=4321)
    assert page.stage("responses") is None and any("as soon as you are here" in said for said in page.prose)
    page.app.session_state["unrolling-responses-sight"] = {"seen": f"{crc32(repr('from then on').encode()):08x}"}
    page.app.run()
    assert page.stage("responses") is not None
    assert Page(cell="GRU", weights="random", seed=4321).stage("responses") is not None, "another visitor finds it"


def test_the_table_offered_is_the_whole_trace_with_steps_from_one(monkeypatch):
    offered = {}
    monkeypatch.setattr(
        "streamlit.download_button", lambda label, data, **named: offered.update({named["file_name"]: data})
    )
    Page(cell="GRU", text="hello")
    lines = offered["trace-GRU.csv"]().splitlines()
    assert lines[0] == "time,unit,quantity,value"
    assert len(lines) == 1 + len(engines_own("GRU", text="hello").trace.frame())
    assert {line.split(",")[0] for line in lines[1:]} == set("12345")
