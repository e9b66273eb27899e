"""The lesson "Sequences" as a learner meets it: the stage gets what the engine computed, whatever they type."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnnviz.engine import BagOfWords, Elman
from rnnviz.lesson import influence, sequences, shapes
from rnnviz.lesson.formula import equations, in_numbers
from rnnviz.lesson.snippet import snippet
from rnnviz.tasks.words import one_hot, window, words
from rnnviz.training.character_model import character_model
from tests.lesson.markdown import outside_code
from tests.pages.page import LessonApp
from tests.stage.decoder import as_sent, decode
from tests.stage.test_chart_payload import plotly_array

ONE, TWO = "dog bites man", "man bites dog"
PREDICT, PRESET = "None of them", "A wider window"


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/sequences.py", "sequences", **link)

    def type(self, name, text):
        self.app.text_input(key=name).set_value(text)
        return self.run()

    def sent(self, name):
        """A chart's header and arrays."""
        return decode(self.stage(name))


def shows(page, one=ONE, two=TWO, width=2, units=8, seed=0):
    """Whether the sweep holds what the engine computes, here without the lesson's own functions."""
    a, b = words(one), words(two)
    vocabulary = list(dict.fromkeys(a + b))
    inputs = [one_hot(sentence, vocabulary) for sentence in (a, b)]
    elman, steps = Elman.random(len(vocabulary), units, seed=seed), max(len(a), len(b))
    states = [
        [BagOfWords(len(vocabulary)).run(x).h for x in inputs],
        [window(x, width) for x in inputs],
        [elman.run(x).h for x in inputs],
    ]
    header, frames = page.sent("states")
    assert header["sweep"]["values"] == list(range(1, steps + 1)) and header["sweep"]["start"] == steps
    _, moved = page.sent("distances")
    np.testing.assert_array_equal(moved["3 x"][:, 0], range(1, steps + 1))
    drawn = json.loads(page.sent("distances")[0]["figure"])["data"]
    for k, pair in enumerate(states):
        held = [np.concatenate([h, np.repeat(h[-1:], steps - len(h), axis=0)]) for h in pair]
        expected = np.stack([held[0], held[1], held[0] - held[1]], axis=-1)
        np.testing.assert_array_equal(frames[f"{k} z"], as_sent(expected))
        y = drawn[k]["y"]
        y = plotly_array({"shape": "-1", **y}) if isinstance(y, dict) else np.array(y)
        np.testing.assert_allclose(y, np.linalg.norm(held[0] - held[1], axis=1), atol=1e-14)
    return True


def test_without_a_link_the_bag_of_two_orders_is_exactly_zero_apart():
    page = Page()
    assert shows(page) and page.notices == []
    assert page.sent("states")[0]["caption"] == (
        "After the last word, the bag is the same for A and B, the window differs, the recurrent state differs."
    )
    assert "bag of words: exactly 0" in page.sent("distances")[0]["caption"]
    assert "**exactly 0**" in page.said("The **bag of words** adds up")


def test_a_link_gives_exactly_what_it_says():
    page = Page(sentence="a b c d", other="d c b a", window=3, units=5, draw=9)
    assert shows(page, "a b c d", "d c b a", 3, 5, 9) and page.notices == []


SENTENCES = {
    "other lengths": ("the dog bites", "the old dog bites the man"),
    "words twice": ("dog dog man", "dog man man"),
    "one word": ("dog", "man"),
    "the same": (ONE, ONE),
    "emoji": ("🐶 bites 👨🏽‍🌾", "👨🏽‍🌾 bites 🐶"),
    "punctuation": ("Dog bites man!", "“Man” bites: dog?"),
    "markup": ("<b>evil</b> ![x](//evil.example/p.png)", "$evil$ `evil` **evil** :red[evil]"),
    "a long word": ("x" * 190, "y" * 190),
    "control characters": ("a\x00b\x07", "b\u2028a"),
}


@pytest.mark.parametrize(("one", "two"), SENTENCES.values(), ids=SENTENCES)
def test_any_sentences_give_a_working_page(one, two):
    page = Page(sentence=one, other=two)
    assert shows(page, one, two)
    same, reordered = words(one) == words(two), sorted(words(one)) == sorted(words(two))
    assert len(page.notices) == (same or not reordered)
    assert not same or "nothing to tell apart" in page.notices[0]
    assert reordered or "not A in another order" in page.notices[0]
    for said in [text.value for text in page.app.markdown] + page.notices:
        assert "evil" not in outside_code(said)


@pytest.mark.parametrize("text", ["", " ", "?!…", "\x00"])
def test_what_holds_no_word_keeps_the_last_good_picture(text):
    page = Page().type("sentence", "fish bites man")
    assert shows(page, "fish bites man")
    page.type("sentence", text)
    assert shows(page, "fish bites man")
    assert any("empty" in notice or "no word" in notice for notice in page.notices)


@pytest.mark.parametrize(("text", "used"), [("a " * 5_000, "a " * 12), ("z" * 10_000, "z" * 200)])
def test_ten_thousand_characters_are_cut_with_a_sentence(text, used):
    page = Page().type("sentence", text)
    assert shows(page, used)
    assert "10,000 characters" in page.notices[0]


@pytest.mark.parametrize("name", ["window", "units", "draw", "temperature", "dice", "word", "change"])
@pytest.mark.parametrize("value", ["everything", "-1", "1e999", "nan", "![x](//evil.example/p.png)"])
def test_nonsense_in_a_link_gives_a_notice_and_the_default(name, value):
    page = Page(**{name: value})
    (notice,) = page.notices
    assert "cannot be" in notice and "evil" not in outside_code(notice)
    assert shows(page)


@pytest.mark.parametrize(
    ("link", "right"),
    [({}, "Only the recurrent state"), ({"other": "dog bites boy"}, "The bag and the recurrent state"),
     ({"other": ONE}, "None of them")],
)  # fmt: skip
def test_a_prediction_is_judged_by_what_was_computed(link, right):
    page = Page(**link)
    (pills,) = [group for group in page.app.button_group if PREDICT in group.options]
    options = list(pills.options)
    assert "You were right." in page.choose(PREDICT, options.index(right)).said("After these words")
    wrong = options.index("All three")
    assert f"Measured otherwise: {right}." in page.choose(PREDICT, wrong).said("After these words")


def test_presets_set_what_they_say():
    page = Page()
    (pills,) = [group for group in page.app.button_group if PRESET in group.options]
    seen = set()
    for k in range(len(pills.options)):
        page.choose(PRESET, k)
        state = page.app.session_state
        assert shows(page, state["sentence"], state["other"], state["window"])
        seen.add(page.sent("distances")[0]["caption"])
    assert 3 <= len(pills.options) <= 5 and len(seen) == len(pills.options)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_the_numbers_in_the_formulas_are_those_of_the_step_at_which_the_slider_rests(step):
    page = Page()
    page.app.session_state["sequences-states"] = {"value": float(step)}
    page.run()
    comparison = sequences.compared(words(ONE), words(TWO), 2, 8, 0)
    blocks = [block.value.strip("$\n") for block in page.app.latex]
    assert blocks == [equations(trace, step - 1, comparison.unit) for trace in comparison.traces["Elman"]]
    place = comparison.vocabulary.index(words(ONE)[step - 1])
    for sentence, trace in zip("AB", comparison.traces["bag"], strict=True):
        said = page.said(f"**{sentence}**, t = {step}")
        numbers = trace.cell.numbers(trace, step - 1, place)
        assert in_numbers("h_t = h_{t-1} + x_t", numbers, float(trace.h[step - 1, place])) in said
        assert "s_t &= s_{t-1} + x_t" in said


def test_the_four_shapes_are_the_models_own():
    page, model = Page(temperature=0, passage="hello there"), character_model("LSTM")
    for k, use in enumerate(shapes.uses("hello there", 0.0, 0).values()):
        figure = json.loads(page.sent(f"shape-{k}")[0]["figure"])
        h = model.cell.run(model.vocabulary.one_hot(use.reading.ids)).h
        np.testing.assert_array_equal(plotly_array(figure["data"][0]["z"]), as_sent(h.T))


def test_the_influence_that_is_scrubbed_is_the_measured_one():
    text = "a short text"
    page = Page(passage=text, instead="q")
    for weights in ("trained", "random"):
        header, frames = page.sent(f"influence-{weights}")
        measured = influence.influence(weights, 0, text, "q")
        assert header["sweep"]["values"] == [k + 1 for k in measured.changed]
        for k, distance in enumerate(measured.distance.values()):
            np.testing.assert_array_equal(frames[f"{k} y"], as_sent(np.where(distance > 0, distance, np.nan)))
        for row in measured.rates.itertuples():
            assert f"| {row.name} | " in page.said("trained, per step") and f"{row.rate:.3f}" in page.said(
                "trained, per step"
            )


@pytest.mark.parametrize("passage", ["a", "ab", "🦆🦆🦆", "\n", "x" * 10_000])
def test_any_passage_gives_a_working_page(passage):
    page = Page(passage=passage)
    assert shows(page) and len(page.notices) == (passage[0] == "🦆") + (len(passage) > 100)
    if len(passage) == 1:
        assert "too short to say" in page.said("trained, per step")


def test_answers_are_judged_by_the_engine():
    page = Page()
    assert page.answer("different words", 9).verdicts[0][0] == "success"
    assert page.answer("different words", 6).verdicts[0][0] == "warning"
    page = Page()
    options = page.question("exchange the first two").options
    exchanged = sequences.compared(words(ONE), words("bites dog man"), 2, 8, 0)
    assert len(set(options)) == len(options)
    for k, option in enumerate(options):
        right = option == sequences.named(exchanged.apart())
        assert page.answer("exchange the first two", k).verdicts[0][0] == ("success" if right else "warning")
    page, rates = Page(), influence.influence("trained", 0, Page().app.session_state["passage"], "x").rates
    factor = rates.set_index("name")["rate"]["LSTM, h"]
    assert page.answer("after 10 steps", factor**10).verdicts[0][0] == "success"
    assert page.answer("after 10 steps", 10 * factor).verdicts[0][0] == "warning"


def test_without_a_rate_there_is_another_third_question():
    page = Page(passage="a")
    comparison = sequences.compared(words(ONE), words(TWO), 2, 8, 0)
    h = float(comparison.traces["Elman"][0].h[-1, comparison.unit])
    assert page.answer("stands in the brackets", round(h, 3)).verdicts[0][0] == "success"


def test_the_script_shown_is_the_one_that_is_tested():
    page = Page(sentence="Dog bites, man!", units=4, draw=3)
    expected = snippet("sequences", one="dog bites man", two=TWO, units=4, seed=3)
    assert page.script == expected.rstrip()


def test_every_picture_has_a_caption_and_a_text_of_its_own():
    headers = [decode(sent)[0] for sent in Page().all_sent]
    assert len(headers) == len({header["caption"] for header in headers}) == len({header["alt"] for header in headers})
    assert len(headers) == 14
