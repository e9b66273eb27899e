"""The lessons "LSTM" and "GRU" as a learner meets them: what is held is held in every number on the page."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnnviz.lesson import gated
from rnnviz.lesson.formula import equations
from rnnviz.training.character_model import character_model
from tests.pages.page import LessonApp
from tests.stage.decoder import as_sent
from tests.stage.test_chart_payload import plotly_array

TEXT = "To be, or not to be, that is the question"
GATES = {"lstm": "fio", "gru": "zr"}


class Page(LessonApp):
    def __init__(self, name, **link):
        super().__init__(f"pages/{name}.py", name, **link)

    def set(self, key, value):
        self.app.button_group(key=key).set_value(value)
        return self.run()

    def preset(self, label):
        return self.choose(label, self.buttons(label).options.index(label))


def model_of(name, reset="after"):
    model = character_model(name.upper())
    return model if name == "lstm" else model.with_options(reset=reset)


def shows(page, model, text=TEXT, **run):
    """Whether the player holds what the engine computes under this clamp, and the free network as its ghost."""
    reading, free = model.read(text, **run), model.read(text)
    header, arrays = page.player
    for quantity in reading.trace.quantities:
        np.testing.assert_array_equal(arrays[quantity], as_sent(reading.trace[quantity]))
    np.testing.assert_array_equal(arrays["probability"], as_sent(reading.likeliest()[1]))
    if run:
        for quantity in (one["key"] for one in header["quantities"]):
            np.testing.assert_array_equal(arrays[f"ghost {quantity}"], as_sent(free.trace[quantity]))
        change = np.sqrt(((reading.trace.h - free.trace.h) ** 2).sum(axis=1))
        np.testing.assert_allclose(arrays["change"], change, rtol=1e-6)
    assert (header["ghost"] is not None) == bool(run)
    return True


@pytest.mark.parametrize("name", GATES)
def test_a_page_opens_inside_a_trained_cell_that_reads_a_real_sentence(name):
    page = Page(name)
    assert page.notices == [] and page.player[0]["view"] == "cell"
    assert shows(page, model_of(name))


@pytest.mark.parametrize("setting", ["shut", "open", "at"])
@pytest.mark.parametrize(("name", "gate"), [(name, gate) for name, gates in GATES.items() for gate in gates])
def test_a_held_gate_is_held_in_the_player_and_the_free_network_is_its_ghost(name, gate, setting):
    link = {gate: setting} | ({f"{gate}_at": 0.25} if setting == "at" else {})
    value = {"shut": 0.0, "open": 1.0, "at": 0.25}[setting]
    assert shows(Page(name, **link), model_of(name), clamp={gate: value})


def test_one_unit_can_be_held_from_a_step_on():
    page = Page("lstm", o="shut", units="one unit", unit=9, start=8)
    assert shows(page, model_of("lstm"), clamp={"o": {9: 0.0}}, hold_from=7)
    assert page.player[0]["held"] == {"o": [9]} and page.player[0]["held_from"] == 7


@pytest.mark.parametrize("reset", ["after", "before"])
def test_both_reset_placements_run_on_the_same_weights(reset):
    page = Page("gru", reset=reset)
    assert shows(page, model_of("gru", reset))
    operators = [operation["key"] for operation in page.player[0]["wiring"]["operations"]]
    assert ("rhn" in operators) == (reset == "after") and ("rh" in operators) == (reset == "before")


def test_perfect_memory_stands_still_in_the_lane_of_c():
    page = Page("lstm").preset("Perfect memory")
    start = page.player[0]["held_from"]
    c = page.player[1]["c"]
    assert 0 < start < len(c) - 1
    np.testing.assert_array_equal(c[start:], np.broadcast_to(c[start - 1], c[start:].shape))


def test_amnesia_keeps_only_what_is_written_now():
    arrays = Page("lstm").preset("Amnesia").player[1]
    np.testing.assert_array_equal(arrays["c"], arrays["ig"])


def test_mute_shows_nothing_and_always_guesses_the_same():
    header, arrays = Page("lstm").preset("Mute").player
    assert not arrays["h"].any() and arrays["c"].any()
    assert len({tuple(row) for row in header["outputs"]}) == 1


def test_a_frozen_gru_stands_still():
    header, arrays = Page("gru").preset("Frozen").player
    h, start = arrays["h"], header["held_from"]
    np.testing.assert_array_equal(h[start:], np.broadcast_to(h[start - 1], h[start:].shape))
    assert h[start - 1].any()


def test_a_plain_rnn_is_its_own_candidate():
    arrays = Page("gru").preset("Plain RNN").player[1]
    np.testing.assert_array_equal(arrays["h"], arrays["n"])
    assert (arrays["r"] == 1).all()


@pytest.mark.parametrize("bias", gated.BIASES)
def test_a_forget_bias_preset_is_an_untrained_lstm_that_starts_with_it(bias):
    page = Page("lstm").preset(f"Forget bias {bias} at the start")
    assert shows(page, character_model("LSTM").untrained(0, forget_bias=float(bias)))


@pytest.mark.parametrize("name", GATES)
def test_the_last_preset_undoes_all_others(name):
    page = Page(name)
    as_it_was = page.stage("player")
    (pills,) = [one for one in page.app.button_group if "All free, trained" in one.options]
    for label in pills.options[:-1]:
        assert page.preset(label).stage("player") != as_it_was
    assert page.preset("All free, trained").stage("player") == as_it_was


@pytest.mark.parametrize("name", GATES)
def test_the_formulas_speak_of_what_is_pinned_and_say_what_is_held(name):
    gate = GATES[name][0]
    page = Page(name, pin="5.17", **{gate: "open"})
    trace = model_of(name).read(TEXT, clamp={gate: 1.0}).trace
    latex = [one.value.strip("$ \n") for one in page.app.latex]
    assert equations(trace, 4, 17) in latex and r"1.0000\ \text{(held)}" in latex[0]
    assert "unit 17 at t = 5" in page.said("**unit 17 at t = 5**")


@pytest.mark.parametrize("name", GATES)
def test_openness_is_drawn_for_held_and_free(name):
    gate = GATES[name][0]
    lines = {line["name"]: line for line in Page(name, **{gate: "shut"}).figure("openness")["data"]}
    free = model_of(name).read(TEXT).trace
    np.testing.assert_allclose(plotly_array({"shape": "-1", **lines[gate]["y"]}), 0)
    np.testing.assert_allclose(plotly_array({"shape": "-1", **lines[f"{gate}, free"]["y"]}), free[gate].mean(axis=1))


def test_c_goes_beyond_1_and_h_does_not():
    lines = {line["name"]: line for line in Page("lstm").figure("bounds")["data"]}
    c = plotly_array({"shape": "-1", **next(line for name, line in lines.items() if name.startswith("c of unit"))["y"]})
    h = plotly_array({"shape": "-1", **next(line for name, line in lines.items() if name.startswith("h of unit"))["y"]})
    assert np.abs(c).max() > 1 > np.abs(h).max()
    assert np.abs(c).max() == np.abs(model_of("lstm").read(TEXT).trace["c"]).max()


def test_a_hold_beyond_the_text_is_said():
    page = Page("lstm", f="open", start=100, text="short")
    assert any("from t = 100 on" in notice and "ends at t = 5" in notice for notice in page.notices)


NONSENSE = {
    ("lstm", "f"): ("ajar", ["Forget gate f", "free, shut, open, at"]),
    ("lstm", "start"): ("0", ["Hold from step", "1 to 200"]),
    ("lstm", "weights"): ("lead", ["Weights", "trained, random"]),
    ("lstm", "view"): ("inside-out", ["view", "unrolled, folded, cell, letters"]),
    ("gru", "reset"): ("never", ["Reset gate", "after, before"]),
    ("gru", "z"): ("", ["Update gate z", "free, shut, open, at"]),
    ("gru", "units"): ("half", ["Hold the gates of", "all units, one unit"]),
}


@pytest.mark.parametrize(("name", "key"), NONSENSE)
def test_nonsense_in_a_link_gives_a_notice_and_the_default(name, key):
    value, words = NONSENSE[name, key]
    page = Page(name, **{key: value})
    (notice,) = page.notices
    assert all(word in notice for word in [value, *words])
    assert shows(page, model_of(name))


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"f": "at", "f_at": "1.5"}, ["f held at", "1.5", "0 to 1"]),
        ({"units": "one unit", "unit": "64", "f": "open"}, ["Unit that is held", "64", "0 to 63"]),
        ({"weights": "random", "bias": "2"}, ["Forget bias", "2", "0, 1, 3"]),
        ({"weights": "random", "seed": "-3"}, ["Seed", "-3", "0 to 9999"]),
    ],
)
def test_nonsense_for_a_control_that_waits_for_another_gives_a_notice(link, words):
    (notice,) = Page("lstm", **link).notices
    assert all(word in notice for word in words)


STRANGE = ["x", "\n", "🦆 quack", "a" * 10_000, "<script>alert(1)</script>", "$x$ **b** `c`", "é"]


@pytest.mark.parametrize("text", STRANGE, ids=lambda text: repr(text[:12]))
@pytest.mark.parametrize("name", GATES)
def test_any_text_is_read_free_and_held(name, text):
    page = Page(name, text=text)
    read = text[: gated.LONGEST]
    assert shows(page, model_of(name), text=read)
    page.set(GATES[name][0], "open")
    assert shows(page, model_of(name), text=read, clamp={GATES[name][0]: 1.0})


RANDOM = {"weights": "random", "seed": 3}
PREDICTIONS = {"lstm": ("It fades", "It stays as it is"), "gru": ("An LSTM", "A plain Elman network")}


@pytest.mark.parametrize(
    "link", [{}, {"text": "Now is the winter " * 12}, {"text": "x"}, RANDOM, {"reset": "before"}], ids=str
)
@pytest.mark.parametrize("name", GATES)
def test_the_prediction_knows_its_answer_whatever_is_read(name, link):
    if name == "lstm" and "reset" in link:
        return
    wrong, right = PREDICTIONS[name]
    page = Page(name, **link)
    options = page.buttons(right).options
    assert "You were right." in page.choose(right, options.index(right)).said("Computed just now")
    assert f"Measured otherwise: {right}." in page.choose(right, options.index(wrong)).said("Computed just now")


@pytest.mark.parametrize("name", GATES)
def test_the_checks_take_what_the_engine_computed_and_refuse_the_rest(name):
    page = Page(name, pin="9.21")
    trace, cell = model_of(name).read(TEXT).trace, model_of(name).cell
    state = "c" if name == "lstm" else "h"
    for question, right, wrong in (
        (f"What is its ${state}_t$?", round(trace[state][8, 21], 4), trace[state][8, 21] + 0.1),
        ("How many numbers does the cell learn", cell.parameters, cell.parameters - 64),
        (
            "all units, over the whole text" if name == "lstm" else "from the first step on",
            1 if name == "lstm" else 0,
            2,
        ),
    ):
        page = Page(name, pin="9.21")
        assert page.answer(question, wrong).verdicts[0][0] == "warning"
        assert page.answer(question, right).verdicts[0][0] == "success"


@pytest.mark.parametrize("link", [{}, {"o": "open"}, {"f": "open", "i": "open", "o": "open"}, {"text": "x"}], ids=str)
def test_what_is_said_of_the_bounds_is_what_the_trace_holds(link):
    page = Page("lstm", **link)
    arrays = page.player[1]
    said = page.said("The largest $|c|$ of this text")
    largest = {state: f"{np.abs(arrays[state].astype(float)).max():.3f}" for state in "ch"}
    numbers = [float(number) for number in re.findall(r"\*\*([0-9.]+)\*\*", said)]
    assert [f"{number:.3f}" for number in numbers] == [largest["c"], largest["h"]]
    assert numbers[1] <= 1 and "never goes beyond 1" in said
    beyond = int((np.abs(arrays["c"]) > 1).any(axis=0).sum())
    assert f"{beyond} of 64 units go beyond 1" in said


@pytest.mark.parametrize("name", GATES)
def test_what_a_hold_changes_is_said_in_its_numbers(name):
    gate = GATES[name][0]
    page = Page(name, **{gate: "open"})
    held, free = model_of(name).read(TEXT, clamp={gate: 1.0}), model_of(name).read(TEXT)
    said = page.said("is now the likeliest next one")
    assert f"**{(held.p.argmax(1) != free.p.argmax(1)).sum()} of {len(TEXT)} steps**" in said
    assert f"**{held.bits:.2f}** bits per character; free, {free.bits:.2f}" in said
    costs = {(g, v): model_of(name).read(TEXT, clamp={g: v}).bits for g in GATES[name] for v in (0.0, 1.0)}
    (gate, value), bits = max(costs.items(), key=lambda item: item[1])
    assert f"worst is ${gate} = {value:g}$ with {bits:.2f}" in page.said("worst is")
