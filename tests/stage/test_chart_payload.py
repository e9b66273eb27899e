"""The chart is sent the figure as plotly writes it, and the sweep as it was computed."""

import json
from base64 import b64decode

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.stage.chart import Point, Sweep, payload
from tests.stage.decoder import as_sent, decode

FIGURE = go.Figure(go.Heatmap(z=np.arange(6, dtype=np.float32).reshape(2, 3)), layout={"meta": {"time": "x"}})
WORDS = {
    "name": "state",
    "caption": "A caption",
    "alt": "In words",
    "dark": {"#000000": "#ffffff"},
    "line": "#dddddd",
    "accent": "#c2185b",
}
VALUES = st.lists(st.floats(-10, 10), min_size=1, max_size=6, unique=True).map(sorted)


def send(sweep=None, figure=FIGURE):
    return decode(payload(figure, **WORDS, sweep=sweep))


def plotly_array(written):
    return np.frombuffer(b64decode(written["bdata"]), written["dtype"]).reshape(
        [int(n) for n in written["shape"].split(",")]
    )


def test_the_figure_travels_as_plotlys_json():
    header, arrays = send()
    figure = json.loads(header["figure"])
    np.testing.assert_array_equal(plotly_array(figure["data"][0]["z"]), FIGURE.data[0].z)
    assert figure["layout"]["meta"] == {"time": "x"}
    assert header["sweep"] is None and arrays == {}


def test_what_is_undefined_in_a_figure_is_still_json():
    header, _ = send(figure=go.Figure(go.Scatter(y=[1.0, np.nan, np.inf])))
    assert json.loads(header["figure"])["data"][0]["y"][0] == 1


@given(st.text(), st.text())
def test_captions_and_descriptions_are_any_text(caption, alt):
    header, _ = decode(payload(FIGURE, **WORDS | {"caption": caption, "alt": alt}))
    assert {name: header[name] for name in WORDS} == WORDS | {"caption": caption, "alt": alt}


@given(VALUES, st.data())
def test_sweep_frames_arrive_as_they_were_computed(values, data):
    shape = (len(values), *data.draw(hnp.array_shapes(max_dims=2, max_side=3)))
    frames = {(0, "z"): data.draw(hnp.arrays(np.float64, shape)), (1, "y"): np.zeros(shape)}
    start = data.draw(st.sampled_from(values))
    header, arrays = send(Sweep("loop", "Strength", values, start, frames, unit="×", slider=False, play=True))
    sweep = header["sweep"]
    targets = sweep.pop("targets")
    assert sweep == {
        "name": "loop",
        "label": "Strength",
        "unit": "×",
        "values": values,
        "start": start,
        "slider": False,
        "play": True,
        "pace": 12.0,
        "move": None,
        "fixed": "",
    }
    for target, ((trace, attribute), computed) in zip(targets, frames.items(), strict=True):
        assert (target["trace"], target["attribute"]) == (trace, attribute)
        np.testing.assert_array_equal(arrays[target["array"]], as_sent(computed), strict=True)


def test_numpys_numbers_may_be_the_values_of_a_sweep():
    values = np.linspace(0, 1, 3)
    header, _ = send(Sweep("loop", "Strength", values, values[1], {(0, "z"): np.zeros((3, 2))}))
    assert header["sweep"]["values"] == [0, 0.5, 1] and header["sweep"]["start"] == 0.5


@given(VALUES, st.floats())
def test_a_start_outside_the_values_is_refused(values, start):
    if start in values:
        assert Sweep("loop", "", values, start).start == start
    else:
        with pytest.raises(ValueError, match="start is .* it must be one of"):
            Sweep("loop", "", values, start)


@given(VALUES, st.integers(0, 8))
def test_another_number_of_frames_than_values_is_refused(values, frames):
    make = {(0, "z"): np.zeros((frames, 2))}
    if frames == len(values):
        assert Sweep("loop", "", values, values[0], make).frames is make
    else:
        with pytest.raises(ValueError, match=f"{frames} frames for {len(values)} values"):
            Sweep("loop", "", values, values[0], make)


def test_a_place_that_was_picked_is_two_numbers_or_none():
    assert Point.from_state({"x": 1, "y": -0.5}) == (1.0, -0.5)
    for wrong in (None, [1, 2], {"x": 1}, {"x": 1, "y": "2"}, {"x": True, "y": 0}, {"x": float("nan"), "y": 0}):
        assert Point.from_state(wrong) is None
