"""Figures of gates show the numbers they were handed, and each line says what it is."""

import numpy as np
import pandas as pd
import pytest

from rnnviz import figures
from tests.figures.examples import COSTS, ENVELOPES, FREE, KEPT, MEANS


def by_name(figure):
    return {trace.name: trace for trace in figure.data}


def test_openness_has_a_line_for_each_gate_with_its_means():
    lines = by_name(figures.openness(MEANS, list("abc"), free=None))
    assert set(lines) == set(MEANS)
    for gate, mean in MEANS.items():
        np.testing.assert_array_equal(lines[gate].y, mean)
        np.testing.assert_array_equal(lines[gate].x, [1, 2, 3])


def test_the_free_openness_is_drawn_only_where_it_is_another():
    lines = by_name(figures.openness(MEANS, list("abc"), free=FREE))
    assert set(lines) == {*MEANS, "f, free"}
    np.testing.assert_array_equal(lines["f, free"].y, FREE["f"])
    assert lines["f, free"].line.dash == "dot" and lines["f"].line.dash is None


def test_gates_are_told_apart_without_their_colour():
    lines = figures.openness(MEANS, list("abc"), free=None).data
    assert len({line.marker.symbol for line in lines}) == len(lines)


def test_the_scale_of_openness_is_the_same_for_every_text():
    one = figures.openness(MEANS, list("abc"), free=None).layout.yaxis.range
    two = figures.openness({"f": np.full(3, 0.5)}, list("abc"), free=None).layout.yaxis.range
    assert one == two == (-0.04, 1.04)


def test_state_change_names_the_distance_of_each_state():
    change = {"h": np.array([0.0, 1.5]), "c": np.array([0.0, 4.0])}
    lines = by_name(figures.state_change(change, list("ab")))
    np.testing.assert_array_equal(lines["‖h − h free‖₂"].y, change["h"])
    np.testing.assert_array_equal(lines["‖c − c free‖₂"].y, change["c"])
    assert lines["‖c − c free‖₂"].line.dash == "dash"


def test_next_tokens_are_compared_on_the_whole_range_of_probability():
    now, free = np.array([0.5, 0.1]), np.array([0.2, 0.7])
    figure = figures.next_tokens_compared(["e", "␣"], now, free)
    bars = by_name(figure)
    np.testing.assert_array_equal(bars["held"].y, now)
    np.testing.assert_array_equal(bars["free"].y, free)
    assert figure.layout.yaxis.range == (0, 1)


def test_what_a_hold_costs_stands_beside_what_the_free_network_needs():
    figure = figures.hold_costs(COSTS, free=2.5)
    for bar, value in zip(figure.data, (0, 1), strict=True):
        rows = COSTS[COSTS["value"] == value]
        np.testing.assert_array_equal(bar.y, rows["bits"])
        assert list(bar.x) == list(rows["gate"])
    (line,) = figure.layout.shapes
    assert line.y0 == line.y1 == 2.5 and "2.50" in figure.layout.annotations[0].text
    assert figure.layout.yaxis.range[1] > COSTS["bits"].max()


def test_envelopes_draw_low_high_and_the_one_unit_of_each_state():
    traces = figures.envelopes(ENVELOPES, 4, list("ab")).data
    for state, (low, high, line) in zip("ch", (traces[:3], traces[3:]), strict=True):
        for trace, values in zip((low, high, line), ENVELOPES[state], strict=True):
            np.testing.assert_array_equal(trace.x, [1, 2])
            np.testing.assert_array_equal(trace.y, values)
        assert high.fill == "tonexty" and line.name == f"{state} of unit 4"


def test_what_is_kept_is_drawn_on_a_log_axis():
    figure = figures.kept_share(KEPT)
    assert figure.layout.yaxis.type == "log"
    for (name, share), line in zip(KEPT.items(), figure.data, strict=True):
        np.testing.assert_array_equal(line.y, share)
        assert line.name == name
    assert len({line.line.dash for line in figure.data}) == len(KEPT)


@pytest.mark.parametrize("bits", [0.5, 40.0])
def test_the_cost_of_a_hold_never_leaves_the_figure(bits):
    figure = figures.hold_costs(pd.DataFrame({"gate": ["z"], "value": [0.0], "bits": [bits]}), free=1.0)
    assert figure.layout.yaxis.range[1] > max(bits, 1.0)
