"""The figures of the lesson "Sequences" show what they were handed, and exactly 0 as such."""

import numpy as np
import pandas as pd

from rnnviz import figures
from rnnviz.figures.influence import FOOT, TOP, influence_frames
from rnnviz.figures.order import READABLE, Panel
from rnnviz.figures.shapes import Step
from tests.figures.examples import FADING, ORDER, PANELS, STATE, USES


def test_each_panel_shows_both_states_and_their_difference_on_one_scale():
    figure = figures.compared_states(PANELS)
    for trace, panel in zip(figure.data, PANELS, strict=True):
        np.testing.assert_array_equal(trace.z, panel.values.astype(np.float32))
        assert trace.coloraxis == "coloraxis"
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-1, 1)
    assert figure.layout.coloraxis.colorbar.ticktext[-1] == "≥ 1"  # a word is there twice
    within = figures.compared_states([Panel("x", ["a"], np.array([[1, 0, 1]]))])
    assert within.layout.coloraxis.colorbar.ticktext[-1] == "1"


def test_few_components_carry_their_number_and_label_and_many_none():
    few, many = figures.compared_states(PANELS).data
    assert few.texttemplate and not many.texttemplate and len(PANELS[1].rows) > READABLE
    assert list(figures.compared_states(PANELS).layout.yaxis.ticktext) == ["dog", "man"]


def test_a_distance_of_exactly_zero_is_an_open_circle_and_nothing_else_is():
    tiny = ORDER.assign(distance=[1e-300, 0.0, 0.5, 0.0])
    for line, (_, own) in zip(
        figures.state_distances(tiny, words=[("a", "b")] * 2).data, tiny.groupby("kind", sort=False), strict=False
    ):
        np.testing.assert_array_equal(line.y, own["distance"])
        zero = own["distance"] == 0
        assert list(line.marker.symbol) == ["circle-open" if one else "circle" for one in zero]
        assert [said == "exactly 0" for said in line.customdata] == list(zero)


def test_the_last_trace_stands_at_the_last_word():
    assert list(figures.state_distances(ORDER, words=[("a", "b")] * 2).data[-1].x) == [2, 2]


def test_an_unrolled_use_draws_only_what_is_used():
    figure = figures.unrolled_shape(STATE[:3], USES)
    states, loop, _, read, fed, outputs, shares = figure.data
    np.testing.assert_array_equal(states.z, STATE[:3].T.astype(np.float32))
    assert (list(read.text), list(read.x)) == (["a", "b"], [1, 2])
    assert (list(fed.text), list(fed.x)) == (["c"], [3])
    assert (list(outputs.text), list(shares.text)) == (["c", "␣"], ["50%", "25%"])
    assert all(x is None or 2 < x < 3 for x in loop.x)


def test_no_character_is_markup():
    figure = figures.unrolled_shape(STATE[:1], [Step("<", output="&", p=1)])
    texts = [text for trace in figure.data if trace.type == "scatter" and trace.mode == "text" for text in trace.text]
    assert "&lt;" in texts and "&amp;" in texts


def test_influence_is_drawn_on_one_log_axis_with_a_place_for_zero():
    figure = figures.influence_decay(FADING, list("to b"), changed=1, rounding=1e-16)
    assert figure.layout.yaxis.type == "log"
    assert list(figure.layout.yaxis.range) == [np.log10(FOOT / 10), np.log10(TOP)]
    gru, c, gru_zero, c_zero, where = figure.data
    np.testing.assert_array_equal(gru.y, [np.nan, 1, 1e-3, np.nan])
    np.testing.assert_array_equal(gru_zero.y, [np.nan, np.nan, np.nan, FOOT])
    np.testing.assert_array_equal(c.y, FADING["LSTM, c"])
    assert np.isnan(c_zero.y).all() and gru_zero.marker.symbol == "triangle-down"
    assert list(where.x) == [2, 2]


def test_a_sweep_finds_its_traces():
    frames = influence_frames({name: values[None] for name, values in FADING.items()}, [1])
    figure = figures.influence_decay(FADING, list("to b"), changed=1, rounding=1e-16)
    for (trace, attribute), frame in frames.items():
        np.testing.assert_array_equal(frame[0], figure.data[trace][attribute])


def test_a_gap_in_a_series_stays_a_gap():
    line = figures.series(np.array([1.0, np.nan, 3.0]), np.arange(3.0), time_label="t", value_label="v").data[0]
    np.testing.assert_array_equal(line.y, np.array([1, np.nan, 3], dtype=np.float32))


def test_words_stand_at_their_step():
    english, german = figures.word_columns([["to", "be"], ["sein"]], ["English", "German"]).data
    assert (list(english.text), list(english.y), list(german.text)) == (["to", "be"], [1, 2], ["sein"])


def test_long_sentences_are_numbered_and_not_written_over_one_another():
    many = pd.DataFrame({"kind": "bag", "step": range(1, 9), "distance": 1.0, "name": "bag of words"})
    assert list(figures.state_distances(many, words=[("a", "b")] * 8).layout.xaxis.ticktext) == list("12345678")
