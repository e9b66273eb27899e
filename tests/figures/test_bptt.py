"""Figures of backpropagation through time show every logarithm that they are handed, and follow their sweeps."""

import numpy as np
import pytest

from rnnviz import figures
from rnnviz.figures import palette, powers
from rnnviz.figures.blame import blame_frames, truncation_frames
from tests.figures.examples import CUTS, LOGS, PAIRS, SHARES, WEIGHT


@pytest.mark.parametrize("low", [-400.0, -9.0, -2.0])
def test_an_axis_of_logarithms_names_whole_powers_and_leaves_room_at_both_ends(low):
    axis = powers.axis("norm", low, 1.0)
    assert axis["range"][0] < low and axis["range"][1] > 1
    assert 2 <= len(axis["tickvals"]) <= 8
    for value, text in zip(axis["tickvals"], axis["ticktext"], strict=True):
        assert text == ("1" if value == 0 else f"10<sup>{'−' if value < 0 else ''}{abs(value)}</sup>")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (-7.168272867, "6.788·10⁻⁸"),
        (np.log10(0.2299), "0.2299"),
        (-400.0, "1.000·10⁻⁴⁰⁰"),
        (5 - 1e-9, "1.000·10⁵"),
        (0.0, "1.0000"),
        (-np.inf, "exactly 0"),
        (np.inf, "beyond all numbers"),
        (np.nan, ""),
    ],
)
def test_the_pointer_is_told_a_number_as_the_prose_writes_it(log, said):
    assert powers.number(log) == said
    line, _ = powers.line("a", np.ones(1), np.array([log]), -8, 1, {"color": "#000000"}, "a")
    assert line["customdata"] == [said] and line["hovertemplate"] == "a = %{customdata}<extra></extra>"


@pytest.mark.parametrize(
    ("logs", "ends"),
    [
        ([[-0.5, 0.5]], (-1, 1)),
        ([[-np.inf, np.nan]], (-2, 0)),
        ([[3.0], [np.inf, -401.5]], (-402, 3)),
        ([[2.0]], (0, 2)),
    ],
)
def test_a_span_holds_all_that_is_finite(logs, ends):
    assert powers.span(np.array(one) for one in logs) == ends


def test_what_is_exactly_zero_or_beyond_all_numbers_has_its_place_at_an_end_of_the_axis():
    figure = figures.gradient_flow(LOGS, list("to "), cell="LSTM")
    drawn = {line.name: (line, ends) for line, ends in zip(figure.data[::2], figure.data[1::2], strict=True)}
    low, high = figure.layout.yaxis.range
    for logs, (line, ends) in zip((LOGS["total"], LOGS["cell"], LOGS["own"]), drawn.values(), strict=True):
        np.testing.assert_array_equal(line.y, np.where(np.isinf(logs), np.nan, logs))
        for log, y, symbol, said in zip(logs, ends.y, ends.marker.symbol, ends.customdata, strict=True):
            if np.isneginf(log):
                assert low < y < np.nanmin(line.y) and (symbol, said) == ("triangle-down", "exactly 0")
            elif np.isposinf(log):
                assert high > y > 1.25 and (symbol, said) == ("triangle-up", "beyond all numbers")
            else:
                assert np.isnan(y)


def test_losses_are_bars_and_what_counts_is_summed():
    losses, counted = np.array([0.5, 4.0, np.nan]), np.array([False, True, False])
    bars, line = figures.step_losses(losses, list("to "), ["o", "␣", ""], counted=counted).data
    assert list(bars.x) == [1, 2] and list(bars.y) == [0.5, 4.0] and list(line.y) == [0.0, 4.0]
    faint, full = bars.marker.opacity
    assert faint < full == 1


def test_shares_are_bars_on_one_scale_the_lowest_panel_on_the_first_axis():
    figure = figures.weight_shares(SHARES, list("to "), cell="GRU")
    for bars, (name, shares), axis in zip(figure.data, list(SHARES.items())[::-1], ("y", "y2", "y3"), strict=True):
        np.testing.assert_array_equal(bars.y, shares)
        assert bars.yaxis == axis
        layout = figure.layout[f"yaxis{axis[1:]}"]
        assert layout.title.text == f"W<sub>{name[2:]}</sub>" and layout.range == figure.layout.yaxis.range
    low, high = figure.layout.yaxis.range
    assert low < -0.5 and high > 1
    assert figure.layout.yaxis.domain[0] == 0 and figure.layout.yaxis3.domain[1] == pytest.approx(1)


@pytest.mark.parametrize("states", [("h",), ("h", "c")])
def test_a_jacobian_is_drawn_signed_with_lines_between_its_blocks(states):
    figure = figures.step_jacobian(WEIGHT[:4], step=3, states=states, limit=2.5)
    (heatmap,) = figure.data
    np.testing.assert_array_equal(heatmap.z, WEIGHT[:4].astype(np.float32))
    assert (heatmap.zmin, heatmap.zmax) == (-2.5, 2.5)
    assert [[stop, colour] for stop, colour in heatmap.colorscale] == palette.colorscale(palette.SIGNED)
    assert len(figure.layout.shapes) == (2 if len(states) > 1 else 0)
    units = 4 // len(states)
    assert list(heatmap.x) == list(heatmap.y) == [f"{state} of unit {k}" for state in states for k in range(units)]
    assert "%{y} at t = 3, by %{x} at t = 2" in heatmap.hovertemplate


def test_pairs_have_t_downwards_and_s_to_the_right_and_zeros_are_marked():
    figure = figures.blame(PAIRS, list("to "))
    cut, heatmap, zeros = figure.data
    np.testing.assert_array_equal(heatmap.z, np.where(np.isfinite(PAIRS), PAIRS, np.nan).astype(np.float32))
    assert (heatmap.x0, heatmap.dx, heatmap.y0, heatmap.dy) == (1, 1, 1, 1)
    assert [[stop, colour] for stop, colour in heatmap.colorscale] == palette.colorscale(palette.NORM)
    assert (list(zeros.x), list(zeros.y)) == ([1], [3])
    assert [list(row) for row in heatmap.text] == [[powers.number(log) for log in row] for row in PAIRS]
    assert figure.layout.meta == {"time": "x", "other": "y", "labels": list("to ")}
    low, high = figure.layout.yaxis.range
    assert low > high
    np.testing.assert_array_equal(np.isnan(cut.z), np.isnan(PAIRS))


def test_what_is_cut_off_leaves_the_grey_below_it():
    kept = np.stack([np.eye(3, dtype=bool), np.tri(3, dtype=bool)])
    frames = blame_frames(PAIRS, kept)[1, "z"]
    np.testing.assert_array_equal(np.isfinite(frames), kept & np.isfinite(PAIRS))
    np.testing.assert_array_equal(figures.blame(PAIRS, list("to "), kept=kept[0]).data[1].z, frames[0])


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize(("measure", "said"), [("angle", "°"), ("ratio", "")])
def test_the_marks_stand_on_their_lines_and_say_their_numbers(measure, said, k):
    ks = [1, 2, 4]
    figure = figures.truncation_error(CUTS, ks, k=k, measure=measure, cell="Elman")
    frames, at = truncation_frames(CUTS, ks), ks.index(k)
    for j, values in enumerate(CUTS.values()):
        line, mark, number = figure.data[3 * j : 3 * j + 3]
        np.testing.assert_array_equal(line.y, values)
        assert line.mode == "lines+markers"  # a mark at each k that was computed
        np.testing.assert_array_equal([*mark.x, *mark.y], [k, values[at]])
        np.testing.assert_array_equal([*number.x, *number.customdata], [k, values[at]])
        assert f"{said}\N{EN SPACE}" in number.texttemplate
        for trace, attribute in ((3 * j + 1, "x"), (3 * j + 1, "y"), (3 * j + 2, "x"), (3 * j + 2, "customdata")):
            np.testing.assert_array_equal(frames[trace, attribute][at], figure.data[trace][attribute])
    assert list(figure.data[-1].x) == list(frames[6, "x"][at]) == [k, k]
    assert figure.layout.yaxis.range[1] > 45
    assert list(figure.layout.xaxis.tickvals) == [1, 2, 4]
