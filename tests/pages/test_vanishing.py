"""The lesson "Vanishing and exploding" as a learner meets it: all its charts hold one sweep, whatever is asked for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnnviz.lesson import vanishing
from rnnviz.lesson.vanishing import BIASES, RADII, Settings
from rnnviz.stage import surroundings
from tests.lesson.markdown import outside_code
from tests.pages.page import LessonApp
from tests.stage.decoder import as_sent, decode

SWEPT = ("gradient", "spectrum", "slopes", "reach", "paths", "gates", "typical-elman", "typical-gru", "typical-lstm")
SMALL = {"units": 4, "length": 12}
PREDICT = "a few thousandths"


SEEN = surroundings.seen


@pytest.fixture(autouse=True)
def in_sight(monkeypatch):
    """All of the page."""
    monkeypatch.setattr(surroundings, "seen", lambda about, *, key: True)


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/vanishing.py", "vanishing", **link)

    def sent(self, name):
        """A chart's header and arrays."""
        return decode(self.stage(name))


def drawn_flow(page, settings):
    """Whether the first chart holds what is computed for these settings."""
    found = vanishing.flow.__wrapped__(settings)
    _, frames = page.sent("gradient")
    for k, logs in enumerate(found.logs.values()):
        np.testing.assert_array_equal(frames[f"{k} y"], as_sent(np.where(np.isinf(logs), np.nan, logs)))
    return True


def test_without_a_link_the_identity_cell_stands_at_the_turning_point():
    page = Page()
    assert drawn_flow(page, Settings("identity", 32, 100, 1.0, 1.0, None, 0, False, "")) and page.notices == []
    for name in SWEPT:
        header, frames = page.sent(name)
        assert header["sweep"]["name"] == "radius" and header["sweep"]["start"] == 1.0
        assert len(header["sweep"]["values"]) == 30 and all(len(frame) == 30 for frame in frames.values())


@pytest.mark.parametrize(
    ("link", "settings"),
    [
        ({"phi": "tanh", "forget": "torch"}, Settings("tanh", 4, 12, 1.0, None, None, 0, False, "")),
        ({"phi": "relu", "scale": 0, "seed": 7}, Settings("relu", 4, 12, 0.0, 1.0, None, 7, False, "")),
        ({"held": "held at 1", "forget": "5"}, Settings("identity", 4, 12, 1.0, 5.0, None, 0, True, "")),
        ({"scrub": "factor", "forget": "torch"}, Settings("identity", 4, 12, 1.0, None, None, 0, False, "", True)),
        ({"scrub": "forget bias", "fixed_radius": 0.5}, Settings("identity", 4, 12, 1.0, 0.0, 0.5, 0, False, "")),
    ],
)
def test_a_link_sets_the_networks(link, settings):
    page = Page(**SMALL, **link)
    assert drawn_flow(page, settings)
    values = page.sent("gradient")[0]["sweep"]["values"]
    np.testing.assert_allclose(values, BIASES if settings.radius else RADII)


def test_trained_weights_read_the_text_and_are_scaled_by_a_factor():
    page = Page(weights="trained", passage="to be or not")
    assert drawn_flow(page, Settings("tanh", 64, 12, 1.0, None, None, 0, False, "to be or not"))
    assert page.sent("gradient")[0]["sweep"]["name"] == "factor"
    assert page.said("As it was trained") and page.stage("typical-elman") is None


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"length": 1}, "one time step"),
        ({"units": 1, "length": 12}, "one hidden unit"),
        ({"scale": 0, **SMALL}, "all inputs are 0"),
        ({"length": 501, "units": 4}, "from 1 to 500"),
        ({"radius": 0, **SMALL}, "from 0.1 to 3"),
        ({"radius": "banana", **SMALL}, "from 0.1 to 3"),
        ({"scrub": "forget bias", "bias": "NaN", **SMALL}, "from -1.25 to 6"),
        ({"radius": 0.77, **SMALL}, "the nearest, 0.8"),
        ({"weights": "trained", "passage": "a"}, "at least two characters"),
        ({"phi": "sigmoid", **SMALL}, "choose one of identity, tanh, relu"),
        ({"weights": "trained", "passage": "né"}, "Not among the characters"),
    ],
)
def test_what_shows_little_or_cannot_be_gets_a_sentence(link, words):
    page = Page(**link)
    assert any(words in notice for notice in page.notices)
    assert page.stage("gradient")


def test_the_identity_at_radius_3_over_500_steps_is_marked_where_it_leaves_the_axis():
    _, frames = Page(length=500, units=2).sent("gradient")
    assert np.isfinite(frames["5 x"][-1, 0]) and abs(frames["5 customdata"][-1, 0] - 499 * np.log10(3)) < 1
    assert np.isfinite(frames["6 x"][0, 0])


def test_no_number_on_the_page_is_written_as_nan():
    for link in (SMALL, {"length": 1}, {"weights": "trained", "passage": "a"}, {"phi": "relu", "units": 1, "scale": 0}):
        page = Page(**link)
        for said in page.prose + page.notices:
            assert "nan" not in outside_code(said).lower().replace("banana", "")


def test_the_prediction_is_judged_by_what_was_computed():
    page = Page(**SMALL)
    page.choose(PREDICT, 2)
    assert "Computed with your seed" in page.said("Computed with your seed")


def test_the_presets_set_what_they_say():
    page = Page(units=4)
    page.choose("tanh saturates", 3)
    assert drawn_flow(page, Settings("tanh", 4, 200, 1.0, 3.0, None, 0, False, ""))
    page.choose("f held at 1", 0)
    assert drawn_flow(page, Settings("tanh", 4, 200, 1.0, 3.0, None, 0, True, ""))
    page.choose("f held at 1", 5)
    assert page.sent("gates")[0]["sweep"]["name"] == "bias"


def test_answers_are_graded_against_the_engine():
    page = Page(**SMALL)
    page.answer("radius 0.5", 99)
    assert page.verdicts[0][0] == "warning"
    found = vanishing.flow.__wrapped__(Settings("identity", 4, 100, 1.0, 1.0, None, 0, False, ""))
    page.answer("radius 0.5", int(found.reach[RADII.index(0.5), 0]))
    page.answer("The radius is 3", 0)
    assert [kind for kind, _ in page.verdicts] == ["success", "success"]


def test_another_repaint_sends_the_same_bytes():
    page = Page(**SMALL)
    before = page.all_sent
    assert page.run().all_sent == before


def test_each_figure_is_drawn_at_the_start_of_its_slider():
    page = Page(**SMALL)
    for name in SWEPT:
        assert json.loads(page.sent(name)[0]["figure"])["data"]


def test_what_the_link_could_not_have_is_said_until_the_slider_moves():
    page = Page(radius="NaN", **SMALL)
    assert any("NaN" in notice for notice in page.notices) and page.run().notices


def test_a_preset_moves_the_slider():
    page = Page(**SMALL)
    assert page.sent("gradient")[0]["sweep"]["move"] is None
    page.choose("tanh saturates", 1)
    assert page.sent("gradient")[0]["sweep"]["move"][0] == 2.0


TANH, HELD = "tanh saturates", "f held at 1"


@pytest.mark.parametrize(
    ("link", "first", "second"),
    [
        ({}, 0, 2),
        ({"radius": 0.9}, 0, 2),
        ({"phi": "tanh", "radius": 2}, 1, 2),
        ({"phi": "tanh", "length": 200, "forget": "3", "seed": 6}, 3, 3),
        ({"phi": "tanh", "length": 200, "forget": "0"}, None, 1),
        ({"phi": "tanh", "length": 200, "scrub": "factor", "forget": "torch"}, 4, None),
        ({"held": "held at 1"}, None, 0),
        ({"length": 99}, None, 2),
    ],
)
def test_a_preset_whose_settings_a_link_has_is_chosen_and_says_what_to_look_at(link, first, second):
    page = Page(**link)
    assert (page.buttons(TANH).value, page.buttons(HELD).value) == (first, second)
    assert (first == 0) == any("The Elman cell without a squash" in said for said in page.prose)


def test_a_preset_is_chosen_as_well_when_its_settings_were_made_by_hand():
    page = Page()
    assert page.choose("relu", "tanh").buttons(TANH).value == 1
    assert page.choose("held at 1", "held at 1").buttons(TANH).value is None
    assert page.choose("held at 1", "free").choose("relu", "relu").buttons(TANH).value == 2


def test_a_browser_that_does_not_know_yet_which_preset_is_chosen_sets_nothing():
    """What it sends then looks like a press on the chosen one. It must not undo what was set meanwhile."""
    page = Page(radius=0.9)
    assert page.buttons(TANH).value == 0
    assert page.choose(TANH, None).buttons(TANH).value == 0
    assert page.sent("gradient")[0]["sweep"]["move"] is None, "its slider is where the link has it"
    page.app.number_input(key="length").set_value(20)
    assert page.choose(TANH, None).buttons(TANH).value is None
    assert page.app.number_input(key="length").value == 20


def test_a_preset_that_the_link_holds_back_does_not_say_what_it_would_show():
    page = Page(lock="phi", phi="tanh")
    assert page.buttons(TANH).value == 1
    page.choose(TANH, 0)
    assert page.buttons(TANH).value == 0 and page.said("The link fixes *Elman's φ*")
    assert not any("without a squash" in said for said in page.prose)


def test_whether_this_network_is_like_most_is_said_of_each_cell_and_as_it_is():
    page = Page(phi="tanh", length=100, forget="3")
    settings = Settings("tanh", 32, 100, 1.0, 3.0, None, 0, False, "")
    k, found, told = RADII.index(1.0), vanishing.flow(settings), page.said("the band of the middle 80 %")
    for cell in vanishing.CELLS:
        end = found.logs["LSTM, h" if cell == "LSTM" else cell][k, 0]
        low, *_, high = vanishing.typical(cell, vanishing.for_one_cell(cell, settings))[k, :, 0]
        where = "below" if end < low else "above" if end > high else "inside"
        assert (
            f"{cell}'s $10^{{{end:.1f}}}$ is **{where}** the band ($10^{{{low:.1f}}}$ to $10^{{{high:.1f}}}$)" in told
        )
    assert "LSTM's $10^{0.7}$ is **above**" in told


def test_the_fans_captions_say_what_they_show_and_how_many_steps_it_has():
    assert Page(**SMALL).sent("typical-gru")[0]["caption"] == "GRU, 200 seeds: median, middle half, middle 80 %"
    caption = Page(units=4, length=200).sent("typical-gru")[0]["caption"]
    assert caption == "GRU, 200 seeds, 100 steps: median, middle half, middle 80 %"


def test_the_revealed_answer_begins_like_a_sentence():
    page = Page(**SMALL)
    (button,) = [one for one in page.app.button if one.label == "Reveal"]
    button.click()
    assert page.run().said("Computed with your seed").startswith(("**A ", "**All "))


def test_with_trained_weights_no_control_of_random_ones_is_left():
    page = Page(units=4)
    page.choose("f held at 1", 5)
    assert any(one.label == "Radius ρ" for one in page.app.number_input)
    page.choose("random", "trained")
    assert not any(one.label == "Radius ρ" for one in page.app.number_input)


def test_with_trained_weights_the_questions_are_about_them():
    page = Page(weights="trained", passage="to be or not to be")
    found = vanishing.flow.__wrapped__(Settings("tanh", 64, 18, 1.0, None, None, 0, False, "to be or not to be"))
    page.answer("The weights as they were trained (the slider at 1), and your text. After", found.reach[9, 0])
    assert page.verdicts[0][0] == "success"
    ends = [found.logs[name][9, 0] for name in ("Elman", "GRU", "LSTM, h")]
    page.answer("most of the gradient", int(np.argmax(ends)))
    page.answer("10 steps", float(found.gates["f"][9].mean()) ** 10)
    assert [kind for kind, _ in page.verdicts] == ["success"] * 3


def test_an_answer_that_is_near_is_not_called_equal():
    page = Page(**SMALL)
    found = vanishing.flow.__wrapped__(Settings("identity", 4, 100, 1.0, 1.0, None, 0, False, ""))
    right = int(found.reach[RADII.index(0.5), 0])
    page.answer("radius 0.5", right + 1)
    assert page.verdicts[0][1].startswith(f"Close enough: it is {right}")
    page.answer("radius 0.5", right)
    assert page.verdicts[0][1].startswith(f"Right: {right}")


def test_the_200_networks_are_computed_when_the_learner_comes_to_them(monkeypatch):
    computed = []
    monkeypatch.setattr(surroundings, "seen", SEEN)
    monkeypatch.setattr(vanishing, "ensemble", counting(vanishing.ensemble, computed))
    page = Page(units=5, length=7, seed=3)
    one_each = len(computed)
    assert page.stage("typical-lstm") is None and sum("Computed as soon as you" in said for said in page.prose) == 2
    come_to(page, "typical")
    assert page.stage("typical-lstm") is not None and len(computed) > one_each + 100
    again = Page(units=5, length=7, seed=3)
    assert again.stage("typical-lstm") is not None, "another visitor finds what is known"
    page.app.session_state["vanishing-typical-sight"] = {"seen": "of other settings"}
    changed = Page(units=6, length=7)
    assert changed.stage("typical-lstm") is None


def come_to(page, section):
    (sight,) = [one.proto for one in page.app.get("bidi_component") if one.proto.id.endswith(f"{section}-sight")]
    page.app.session_state[f"vanishing-{section}-sight"] = {"seen": decode(sight.bytes)[0]["about"]}
    page.app.run()


def test_the_paths_are_computed_from_when_the_learner_first_comes_to_them(monkeypatch):
    monkeypatch.setattr(surroundings, "seen", SEEN)
    page = Page(units=5, length=8, seed=4)
    assert page.stage("paths") is None
    come_to(page, "paths")
    assert page.stage("paths") is not None
    page.app.number_input(key="seed").set_value(5).run()
    assert page.stage("paths") is not None, "also of other settings"


def counting(function, calls):
    def counted(*args, **named):
        calls.append(args)
        return function(*args, **named)

    return counted
