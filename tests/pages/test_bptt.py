"""The lesson "Backpropagation through time" as a learner meets it: the stage gets what the engine computed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnnviz.engine import backward
from rnnviz.lesson import bptt
from rnnviz.lesson.bptt import log_number
from rnnviz.stage import surroundings
from rnnviz.training.character_model import character_model
from tests.pages.page import LessonApp
from tests.stage.decoder import as_sent, decode
from tests.stage.test_chart_payload import plotly_array

TEXT = "To be, or not to be, that is the question"
CHARTS = ("flow", "losses", "jacobian", "singular", "products", "shares", "norms", "blame", "cut", "angle", "ratio")
SEEN = surroundings.seen


@pytest.fixture(autouse=True)
def in_sight(monkeypatch):
    """All of the page."""
    monkeypatch.setattr(surroundings, "seen", lambda about, *, key: True)


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/bptt.py", "bptt", **link)

    def preset(self, label):
        return self.choose(label, self.buttons(label).options.index(label))

    def sent(self, name):
        return decode(self.stage(name))

    def drawn(self, name, trace, attribute="y"):
        """What a figure's trace shows."""
        values = self.figure(name)["data"][trace][attribute]
        return plotly_array({"shape": "-1", **values}) if isinstance(values, dict) else np.array(values, float)

    @property
    def factors(self):
        return self.app.button_group(key="factor")


def losses(cell, text=TEXT, *, only_last=True, weights="trained", seed=0):
    """(trace, loss) by the engine, without the lesson's own functions."""
    model = character_model(cell) if weights == "trained" else character_model(cell).untrained(seed)
    read = model.read(text)
    return read.trace, model.readout.cross_entropy(read.trace.h, read.ids[1:], only_last=only_last)


def shows(page, cell, text=TEXT, **settings):
    """Whether the first picture holds the norms of the engine's gradients."""
    trace, loss = losses(cell, text, **settings)
    gradients = backward(trace, loss.dh)
    with np.errstate(divide="ignore"):
        total = np.log10(np.linalg.norm(gradients.h, axis=1))
    drawn = page.drawn("flow", 0)
    np.testing.assert_allclose(drawn[np.isfinite(total)], total[np.isfinite(total)], atol=1e-9)
    assert np.isnan(drawn[~np.isfinite(total)]).all()
    header, arrays = page.player
    np.testing.assert_allclose(arrays["backward total"], as_sent(total), rtol=1e-6)
    np.testing.assert_array_equal(arrays["backward loss"], as_sent(loss.values))
    return True


def test_the_page_opens_with_the_backward_pass_of_a_trained_network_on_a_real_sentence():
    page = Page()
    assert page.notices == [] and shows(page, "LSTM")
    assert all(page.stage(name) for name in CHARTS)


@pytest.mark.parametrize("only_last", [False, True])
@pytest.mark.parametrize("cell", ["Elman", "GRU", "LSTM"])
def test_both_losses_of_every_cell_go_back(cell, only_last):
    assert shows(Page(cell=cell, loss=bptt.LOSSES[only_last]), cell, only_last=only_last)


@pytest.mark.parametrize("seed", [0, 7])
def test_random_weights_are_drawn_by_their_seed(seed):
    assert shows(Page(cell="GRU", weights="random", seed=seed), "GRU", weights="random", seed=seed)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "One character has no next one"),
        ("", "is empty"),
        ("🦆 quack", "Not among the characters"),
        ("a" * 10_000, "the first 100 are used"),
        ("<script>alert(1)</script>", "Not among"),
        ("$x$ **b**", "Not among"),
        ("ab", None),
        ("\n\n\n", None),
    ],
    ids=lambda text: repr(text and text[:12]),
)
@pytest.mark.parametrize("loss", bptt.LOSSES)
def test_any_text_gets_a_picture_or_a_sentence(text, sentence, loss):
    page = Page(text=text, loss=loss)
    assert [sentence in notice for notice in page.notices] == ([True] if sentence else [])
    used = text[: bptt.LONGEST] or TEXT
    assert shows(page, "LSTM", used, only_last=loss == bptt.LOSSES[1])
    there = {name for name in CHARTS if page.stage(name)}
    missing = {2: {"jacobian", "singular", "products"}, 1: set(CHARTS) - {"flow"}}
    assert there == set(CHARTS) - missing.get(len(used), set())


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"factor": "99"}, "it is a whole number from 2 to 40"),
        ({"factor": "²"}, "it is a whole number from 2 to 40"),
        ({"cut": "slices"}, "choose one of chunks, windows"),
        ({"k": "0"}, "it is a number from 1 to 40"),
        ({"k": "banana"}, "it is a number from 1 to 40"),
        ({"cell": "Transformer"}, "choose one of Elman, GRU, LSTM"),
        ({"loss": "none"}, "choose one of every step, last step only"),
    ],
    ids=str,
)
def test_a_link_that_asks_for_what_there_is_not_gets_a_sentence(link, sentence):
    page = Page(**link)
    assert [sentence in notice for notice in page.notices] == [True]
    assert page.run().notices == [] or "factor" not in link  # that of a control stays until it is set


def test_the_sum_that_is_said_is_the_sum_that_is_drawn():
    _, loss = losses("LSTM", only_last=False)
    assert f"$L = {np.nansum(loss.values):.4f}$ nats" in Page(loss="every step").said("$L = ")
    page = Page()
    assert f"$L = {loss.values[-2]:.4f}$ nats" in page.said("only $L_{40}$ counts")
    np.testing.assert_allclose(page.drawn("losses", 0), loss.values[:-1])
    assert page.drawn("losses", 1)[-1] == pytest.approx(loss.values[-2]) and page.drawn("losses", 1)[-2] == 0


@pytest.mark.parametrize("cell", ["Elman", "LSTM"])
def test_a_factor_is_chosen_in_the_list_by_a_link_and_by_a_pin(cell):
    page = Page(cell=cell)
    state = "(h, c)" if cell == "LSTM" else "h"
    assert page.factors.value == "40" and f"∂{state}₄₀/∂{state}₃₉" in page.factors.options
    header, _ = page.sent("jacobian")
    assert "at t = 40," in header["caption"]
    page.factors.set_value("36")
    page.run()
    assert "at t = 36," in page.sent("jacobian")[0]["caption"] and len(page.factors.options) == 11
    assert "at t = 12," in Page(cell=cell, factor=12).sent("jacobian")[0]["caption"]
    pinned = Page(cell=cell, pin="7.3")
    assert pinned.factors.value == "8" and "**s = 7** (your pin)" in pinned.said("(your pin)")
    assert "at t = 8," in pinned.sent("jacobian")[0]["caption"]
    assert Page(cell=cell, pin="7.3", factor=12).factors.value == "12"


@pytest.mark.parametrize("pin", ["1.0", "39.0", "40.5", "41.63", "99.99"])
def test_any_pin_has_its_product(pin):
    s = min(int(pin.split(".")[0]), 40)
    page = Page(pin=pin, cell="Elman")
    formula = page.app.latex[0].value
    assert rf"\partial h_{{{s}}}" in formula and formula.count(r"\cdots") == (40 - s > 6)
    bound = re.search(r"\\le\b", formula)
    assert bool(bound) == (s < 40)


def test_every_pill_of_a_short_text_is_there():
    assert len(Page(text="to be").factors.options) == 3
    assert Page(text="abc").factors.options == ["∂(h, c)₂/∂(h, c)₁"]


@pytest.mark.parametrize("loss", bptt.LOSSES)
@pytest.mark.parametrize("cut", bptt.CUTS)
def test_the_sweep_holds_the_pairs_that_are_left_and_the_errors_at_each_k(cut, loss):
    page = Page(cut=cut, cell="GRU", loss=loss)
    header, arrays = page.sent("cut")
    ks = header["sweep"]["values"]
    assert ks == list(range(1, 41)) and header["sweep"]["start"] == 5  # a link to any k is a link to that k
    t, s = np.indices((40, 40))
    for k, frame in zip(ks, arrays["1 z"], strict=True):
        kept = (s <= t) & ((t // k == s // k) if cut == "chunks" else (t - s < k))
        np.testing.assert_array_equal(np.isfinite(frame), kept)
    angles, ratios = page.sent("angle")[1], page.sent("ratio")[1]
    assert angles["1 y"][-1] == pytest.approx(0, abs=1e-6) and ratios["1 y"][-1] == pytest.approx(1)
    assert angles["1 y"][0] > 5 and 0 < ratios["1 y"][0] < 2
    kept = (s <= t) & ((t // 5 == s // 5) if cut == "chunks" else (t - s < 5))
    left, pairs = (kept.sum(), 820) if loss == "every step" else (kept[-1].sum(), 40)
    assert f"At **k = 5**, {left} of {pairs} pairs are left" in page.said("pairs are left")
    np.testing.assert_array_equal(angles["2 customdata"], angles["1 y"])
    said = page.said("pairs are left")
    at = ks.index(5)
    assert f"**{angles['1 y'][at, 0]:.1f}°**" in said and f"**{ratios['1 y'][at, 0]:.3f}** times" in said


@pytest.mark.parametrize(
    "link", [{}, {"cell": "Elman"}, {"weights": "random"}, {"text": "abc"}, {"text": 5 * "to be "}], ids=str
)
def test_the_prediction_knows_its_answer(link):
    page = Page(**link)
    text, cell, weights = link.get("text", TEXT), link.get("cell", "LSTM"), link.get("weights", "trained")
    first = {}
    for only_last in (False, True):
        trace, loss = losses(cell, text, only_last=only_last, weights=weights)
        first[only_last] = np.linalg.norm(backward(trace, loss.dh).h[0])
    grown = first[False] / first[True]
    right = sum(grown >= bound for bound in (10, 1000, 1e6))
    options = page.buttons("10 to 1,000 ×").options
    assert "You were right." in page.choose("10 to 1,000 ×", right).said("Computed just now")
    assert f"Measured otherwise: {options[right]}." in page.choose("10 to 1,000 ×", (right + 1) % 4).said(
        "Computed just"
    )


@pytest.mark.parametrize(
    ("link", "became"),
    [({}, "faded"), ({"text": 40 * "a", "cell": "GRU"}, "held"), ({"text": "Citizen:", "cell": "GRU"}, "grown")],
    ids=lambda one: one if isinstance(one, str) else str(one),
)
def test_the_reveal_says_what_became_of_the_last_loss_on_its_way(link, became):
    text, cell = link.get("text", TEXT), link.get("cell", "LSTM")
    trace, loss = losses(cell, text)
    norms = np.linalg.norm(backward(trace, loss.dh).h, axis=1)
    change = norms[0] / norms[len(text) - 2]
    assert became == ("faded" if change <= 1 / 5 else "grown" if change >= 5 else "held")
    said = Page(**link).choose("10 to 1,000 ×", 0).said("Computed just now")
    assert [word for word in ("faded", "held", "grown") if f"**{word}**" in said] == [became]
    assert f"${log_number(abs(np.log10(change)))}$ times" in said


@pytest.mark.parametrize("cell", ["Elman", "LSTM"])
def test_the_product_has_its_own_norm_beside_the_bound_and_says_that_the_gradient_lies_elsewhere(cell):
    page = Page(cell=cell)
    chain = bptt.chain.__wrapped__(bptt.Settings(cell, "trained", 0), TEXT)
    formula, said = page.app.latex[0].value, page.said("over all directions")
    best, bound, left = chain.norms["whole"][0], chain.largest[1:].sum(), chain.row[0] - chain.row[-1]
    for log in (best, bound, chain.row[0], chain.row[-1] + best, chain.row[-1] + bound):
        assert log_number(log) in formula
    assert f"${log_number(best)}$ times" in said and f"${log_number(left)}$ times" in said
    assert ("sets out along $h$ alone" in said) == (cell == "LSTM")
    assert ("separate coordinates" in page.said("The chain rule, factor")) == (cell == "LSTM")
    assert "both bounds are the same" in Page(cell=cell, pin="39.0").said("over all directions")


def test_two_characters_have_one_step_and_no_questions():
    for text, sections in (("ab", False), ("abc", True)):
        page = Page(text=text)
        headings = [one.value for one in page.app.markdown if one.value.startswith("## ")]
        assert any("Check yourself" in one for one in headings) == sections
        assert any("no factor stands between" in one.value for one in page.app.markdown) != sections


def test_every_preset_sets_what_it_says():
    for label in Page().buttons("Every guess").options:
        page = Page(cell="GRU", loss="every step", weights="random", seed=5).preset(label)
        app = page.app.session_state
        settings = {name: app[name] for name in ("cell", "weights")} | {"only_last": app["loss"] == "last step only"}
        assert shows(page, text=app["text"], seed=0 if settings["weights"] == "random" else 0, **settings)


def test_the_checks_take_what_the_engine_computed_and_refuse_the_rest():
    trace, loss = losses("LSTM", only_last=True)
    largest = (
        np.linalg.norm(loss.dh[39])
        * 10 ** bptt.factor.__wrapped__(bptt.Settings("LSTM", "trained", 0), TEXT, 40).singular[0]
    )
    for question, right, wrong in (
        ("be at most?", round(float(largest), 4), largest / 2),
        ("teach the output weights", 1, 0),
        ("left by chunks of 4", 100, 820),
    ):
        assert Page().answer(question, wrong).verdicts[0][0] == "warning"
        assert Page().answer(question, right).verdicts[0][0] == "success"


def test_a_shorter_text_forgets_a_factor_that_it_does_not_have():
    page = Page(factor=30)
    page.app.text_input(key="text").set_value("to be")
    page.run()
    assert page.factors.value == "4" and "at t = 4," in page.sent("jacobian")[0]["caption"]
    assert page.notices == []


@pytest.mark.parametrize("cell", ["Elman", "GRU", "LSTM"])
@pytest.mark.parametrize("loss", bptt.LOSSES)
def test_with_zero_weights_every_gradient_is_exactly_0_and_the_page_says_so(cell, loss):
    page = Page(cell=cell, loss=loss, weights="zero")
    assert "every gradient is exactly 0" in page.app.info[0].value
    assert not any("NaN" in one.value for one in page.app.markdown)
    _, arrays = page.sent("player")
    assert np.isneginf(arrays["backward total"]).all()


@pytest.mark.parametrize(
    ("section", "result", "charts", "link"),
    [
        ("factors", bptt.chain, ("jacobian", "singular", "products"), {"factor": 3}),
        ("cuts", bptt.truncation, ("cut", "angle", "ratio"), {"k": 2}),
    ],
)
def test_what_takes_long_is_computed_from_when_the_learner_or_a_link_comes_to_it(
    monkeypatch, section, result, charts, link
):
    monkeypatch.setattr(surroundings, "seen", SEEN)
    monkeypatch.setattr(result, "knows", lambda *settings: False)  # whoever was here before
    page = Page(text="to be", hide="k")
    assert page.notices == [] and not any(page.stage(name) for name in charts)
    assert page.stage("shares") and page.stage("blame") and page.question("be at most?")
    asked = Page(text="to be", **link)
    assert asked.notices == [] and all(asked.stage(name) for name in charts)
    (sight,) = [one.proto for one in page.app.get("bidi_component") if one.proto.id.endswith(f"{section}-sight")]
    page.app.session_state[f"bptt-{section}-sight"] = {"seen": decode(sight.bytes)[0]["about"]}
    assert all(page.run().stage(name) for name in charts)
    page.app.text_input(key="text").set_value("not to be")
    assert all(page.run().stage(name) for name in charts), "of another text, too"
