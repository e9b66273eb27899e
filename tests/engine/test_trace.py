"""The record of a run: complete, frozen, and the same numbers as a table."""

import dataclasses
import pickle

import numpy as np
import pytest
from hypothesis import given

from rnnviz.engine import LSTM, BagOfWords, Elman
from tests.engine.strategies import EVERY, called, normal, readings


@given(readings(EVERY, clamped=True))
def test_every_quantity_has_one_number_a_step_and_unit(reading):
    trace = reading.run()
    assert len(trace) == len(reading.x)
    for quantity in trace.quantities:
        assert trace[quantity].shape == (len(reading.x), reading.cell.hidden_size)
        assert trace[quantity].dtype == np.float64


@given(readings(EVERY, clamped=True))
def test_a_trace_remembers_what_it_was_made_of(reading):
    trace = reading.run()
    assert trace.cell is reading.cell
    np.testing.assert_array_equal(trace.x, reading.x)
    np.testing.assert_array_equal(trace.h0, 0.0 if reading.h0 is None else reading.h0)
    assert (trace.c0 is None) == (trace.c is None) == (not reading.cell.has_cell_state)
    assert trace.h is trace["h"]


@given(readings(EVERY, clamped=True))
def test_what_a_trace_remembers_runs_to_the_same_bytes(reading):
    trace = reading.run()
    again = trace.cell.run(trace.x, trace.h0, trace.c0, clamp=trace.clamp)
    assert all(again[quantity].tobytes() == trace[quantity].tobytes() for quantity in trace)


@given(readings(EVERY, clamped=True))
def test_traces_are_frozen(reading):
    trace = reading.run()
    for value in (trace.x, trace.h0, *(trace[quantity] for quantity in trace)):
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0.0
    with pytest.raises(TypeError):
        trace.values["h"] = trace.x
    with pytest.raises(TypeError):
        trace.clamp["f"] = {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        trace.x = None


@given(readings(EVERY, clamped=True))
def test_a_trace_survives_pickling_and_stays_frozen(reading):
    trace = reading.run()
    back = pickle.loads(pickle.dumps(trace))
    assert back.clamp == trace.clamp and back.quantities == trace.quantities
    for quantity in trace:
        assert back[quantity].tobytes() == trace[quantity].tobytes()
        assert not back[quantity].flags.writeable


def test_a_trace_keeps_its_numbers_when_the_input_changes_later():
    x, h0 = np.ones((3, 2)), np.ones(4)
    trace = Elman.random(2, 4).run(x, h0)
    x[...], h0[...] = 9.0, 9.0
    assert (trace.x == 1.0).all() and (trace.h0 == 1.0).all()


@given(readings(EVERY))
def test_the_previous_state_is_the_state_one_step_earlier(reading):
    trace = reading.run()
    for state in ("h", "c") if reading.cell.has_cell_state else ("h",):
        previous = trace.previous(state)
        np.testing.assert_array_equal(previous[0], getattr(trace, f"{state}0"))
        np.testing.assert_array_equal(previous[1:], trace[state][:-1])


@given(readings(EVERY, clamped=True))
def test_the_table_holds_every_number_once(reading):
    trace = reading.run()
    table = trace.frame()
    assert list(table.columns) == ["time", "unit", "quantity", "value"]
    assert list(table["quantity"].unique()) == list(trace.quantities)
    assert len(table) == sum(trace[quantity].size for quantity in trace)
    for quantity, rows in table.groupby("quantity"):
        back = rows.pivot(index="time", columns="unit", values="value").to_numpy()
        np.testing.assert_array_equal(back, trace[quantity])


def test_quantities_stand_in_the_order_of_computation():
    x = normal(2, 3, seed=0)
    order = {called(kind): kind[0].random(3, 3, **kind[1]).run(x).quantities for kind in EVERY}
    assert order == {
        **{f"Elman-{name}": ("h_pre", "h") for name in ("tanh", "relu", "identity")},
        "LSTM": ("i_pre", "f_pre", "g_pre", "o_pre", "i", "f", "g", "o", "c", "tanh_c", "h"),
        "GRU-after": ("r_pre", "z_pre", "r", "z", "hn", "n_pre", "n", "h"),
        "GRU-before": ("r_pre", "z_pre", "r", "z", "rh", "n_pre", "n", "h"),
        "BagOfWords": ("h",),
    }


def test_an_unknown_quantity_is_refused_by_name():
    trace = LSTM.random(2, 3).run(np.ones((4, 2)))
    assert "f" in trace and "z" not in trace
    with pytest.raises(KeyError, match=r"no quantity 'z'.*i_pre, f_pre"):
        trace["z"]


def test_a_bags_trace_has_nothing_but_its_state():
    trace = BagOfWords(2).run([[1.0, 2.0]])
    assert trace.quantities == ("h",) and trace.c is None and trace.c0 is None
