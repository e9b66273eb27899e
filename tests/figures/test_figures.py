"""A figure is valid plotly, shows what it was handed and nothing else, and says on its axes what that is."""

import inspect
import json

import numpy as np
import plotly.graph_objects as go
import pytest

from rnnviz import figures
from rnnviz.figures import palette
from tests.figures.examples import ALL, DISTANCES, RESPONSES, STATE, WEIGHT, P

each_figure = pytest.mark.parametrize("draw", ALL.values(), ids=ALL)


def test_every_figure_function_has_an_example_here():
    assert set(ALL) == set(figures.__all__)


@each_figure
def test_a_figure_is_valid_plotly_although_it_was_built_unchecked(draw):
    go.Figure(draw().to_plotly_json())


@each_figure
def test_a_figure_is_written_as_plotly_writes_it(draw):
    quick, whole = draw(), draw()
    assert whole.data and "_whole" in vars(whole) and "_whole" not in vars(quick)
    assert json.loads(quick.to_json()) == json.loads(whole.to_json())


@each_figure
def test_both_axes_say_what_they_show(draw):
    layout = draw().layout
    assert layout.xaxis.title.text and layout.yaxis.title.text
    assert layout.title.text is None


@each_figure
def test_every_number_under_the_pointer_is_said_with_what_it_is(draw):
    for trace in draw().data:
        if trace.hoverinfo == "skip":
            continue
        assert "%{" in trace.hovertemplate and "<extra></extra>" in trace.hovertemplate


@pytest.mark.parametrize("name", ALL)
def test_the_data_of_a_figure_has_no_default(name):
    first, *_ = inspect.signature(getattr(figures, name)).parameters.values()
    assert first.default is inspect.Parameter.empty


@each_figure
def test_drawing_twice_gives_the_same_bytes(draw):
    assert draw().to_json() == draw().to_json()


def scale(coloured):
    return [[stop, colour] for stop, colour in coloured.colorscale]


@pytest.mark.parametrize("limit", [1, 0.25, 3.5])
def test_signed_values_have_one_scale_centred_on_zero_that_ends_at_the_limit(limit):
    state = figures.state_heatmap(STATE, "abcdefg", symbol="h", limit=limit).data[0]
    assert (state.zmin, state.zmax) == (-limit, limit)
    weight = figures.weight_heatmap(WEIGHT, blocks="rzn", limit=limit).layout.coloraxis
    assert (weight.cmin, weight.cmax) == (-limit, limit)
    for heatmap in (state, weight):
        assert scale(heatmap) == palette.colorscale(palette.SIGNED)


def test_a_bar_has_the_colour_of_its_sign():
    (bars,) = figures.unit_responses(RESPONSES, symbol="h").data
    stops = palette.SIGNED["light"]
    assert len(set(bars.marker.color[:2])) == 1 and bars.marker.color[0] in stops[4:]
    assert bars.marker.color[2] in stops[:3]


def test_a_mean_of_few_is_fainter_than_one_of_many():
    (bars,) = figures.unit_responses(RESPONSES, symbol="h").data
    many, also_many, one = bars.marker.opacity
    assert many == also_many == 1 > one


def test_a_state_is_drawn_with_steps_from_one_and_units_from_zero():
    figure = figures.state_heatmap(STATE, list("to be o"), symbol="c", limit=2)
    (heatmap,) = figure.data
    np.testing.assert_array_equal(heatmap.z, STATE.T.astype(np.float32))
    assert (heatmap.x0, heatmap.dx, heatmap.y0, heatmap.dy) == (1, 1, 0, 1)
    assert figure.layout.meta == {"time": "x", "unit": "y", "labels": list("to be o")}
    assert figure.layout.yaxis.autorange == "reversed"
    assert heatmap.colorbar.title.text == "c" and list(heatmap.colorbar.tickvals) == [-2, 0, 2]


def test_a_state_beyond_float32_is_drawn_as_infinite():
    (heatmap,) = figures.state_heatmap(np.array([[1e300, -1e300, np.inf, np.nan]]), "a", symbol="h", limit=1).data
    np.testing.assert_array_equal(heatmap.z, [[np.inf], [-np.inf], [np.inf], [np.nan]])


def test_weights_are_drawn_as_they_are_with_a_line_between_blocks():
    figure = figures.weight_heatmap(WEIGHT, blocks=("r", "z", "n"), limit=3)
    np.testing.assert_array_equal(np.concatenate([block.z for block in figure.data]), WEIGHT.astype(np.float32))
    np.testing.assert_array_equal(np.concatenate([block.y for block in figure.data]), np.arange(len(WEIGHT)))
    assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(3.5, 3.5), (7.5, 7.5)]
    assert list(figure.layout.yaxis.ticktext) == ["r", "z", "n"]
    assert list(figure.layout.yaxis.tickvals) == [1.5, 5.5, 9.5]
    for block, drawn in zip("rzn", figure.data, strict=True):
        assert f"to {block}, unit %{{customdata}}" in drawn.hovertemplate
        np.testing.assert_array_equal(drawn.customdata, np.repeat(np.arange(4)[:, None], 4, axis=1))
    assert figure.layout.meta is None


def test_responses_are_drawn_in_the_order_given_with_a_whisker_each():
    figure = figures.unit_responses(RESPONSES, symbol="h")
    (bars,) = figure.data
    assert list(bars.x) == [1, 2, 3] and figure.layout.meta == {"labels": RESPONSES["token"].to_list()}
    np.testing.assert_array_equal(bars.y, RESPONSES["mean"])
    np.testing.assert_array_equal(bars.error_y.array, RESPONSES["deviation"])
    assert [list(said) for said in bars.customdata] == RESPONSES[["token", "count"]].to_numpy().tolist()


def test_distances_are_one_line_a_cell_on_a_log_axis():
    figure = figures.repetition_distances(DISTANCES, current="GRU")
    assert figure.layout.yaxis.type == "log"
    assert {line.name for line in figure.data} == set(DISTANCES["cell"])
    for line in figure.data:
        own = DISTANCES[DISTANCES["cell"] == line.name]
        np.testing.assert_array_equal(line.x, own["repetition"])
        np.testing.assert_array_equal(line.y, own["distance"])
        assert line.line.color == palette.CELLS[line.name]["light"]


def test_lines_are_told_apart_without_colour_and_the_current_cell_stands_out():
    lines = figures.repetition_distances(DISTANCES, current="GRU").data
    assert len({line.line.dash for line in lines}) == len(lines)
    assert max(lines, key=lambda line: line.line.width).name == "GRU"


def test_a_state_that_no_longer_moves_has_its_place_on_the_log_axis():
    still = DISTANCES.assign(distance=[0.5, 0.0, 0.25, 1e-9, 0.0, 0.0])
    figure = figures.repetition_distances(still, current="GRU")
    for line, distances in zip(figure.data, [[0.5, 0.0], [0.25, 1e-9], [0.0, 0.0]], strict=True):
        for y, symbol, said, distance in zip(line.y, line.marker.symbol, line.customdata, distances, strict=True):
            assert (y < 1e-9, symbol, said) == (True, "triangle-down", "exactly 0") if not distance else y == distance
    assert "exactly 0" in figure.layout.yaxis.title.text


def test_all_zero_distances_are_drawn_and_not_dropped():
    for line in figures.repetition_distances(DISTANCES.assign(distance=0.0), current="GRU").data:
        assert all(y > 0 for y in line.y) and set(line.customdata) == {"exactly 0"}


def test_where_nothing_is_zero_the_axis_does_not_speak_of_it():
    assert "exactly" not in figures.repetition_distances(DISTANCES, current="GRU").layout.yaxis.title.text


def test_probabilities_are_drawn_on_the_whole_range_with_their_tokens():
    figure = figures.next_tokens(P, ["e", "␣", "'"])
    (bars,) = figure.data
    np.testing.assert_array_equal(bars.y, P)
    assert list(bars.customdata) == list(figure.layout.xaxis.ticktext) == ["e", "␣", "'"]
    assert list(figure.layout.yaxis.range) == [0, 1]
