"""Gates held fixed: what each gate is for, and that everything downstream follows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman
from tests.engine.strategies import GATED, GRUS, LSTMS, assert_close, clamps, readings


def kept(state, steps):
    """The same state at each of the steps."""
    return np.broadcast_to(state, (steps, len(state)))


@given(readings(LSTMS))
def test_f_1_and_i_0_keep_the_cell_state_for_ever(reading):
    trace = reading.run(clamp={"f": 1.0, "i": 0.0})
    np.testing.assert_array_equal(trace.c, kept(trace.c0, len(trace)))


@given(readings(LSTMS))
def test_f_0_leaves_only_what_is_written_now(reading):
    trace = reading.run(clamp={"f": 0.0})
    np.testing.assert_array_equal(trace.c, trace["i"] * trace["g"])


@given(readings(LSTMS))
def test_i_0_only_forgets(reading):
    trace = reading.run(clamp={"i": 0.0})
    assert_close(trace.c, trace.c0 * np.cumprod(trace["f"], axis=0))


@given(readings(LSTMS))
def test_o_0_shows_nothing(reading):
    trace = reading.run(clamp={"o": 0.0})
    assert not trace.h.any()


@given(readings(LSTMS))
def test_f_1_i_1_and_g_1_count_the_steps(reading):
    trace = reading.run(clamp={"f": 1.0, "i": 1.0, "g": 1.0})
    assert_close(trace.c, trace.c0 + np.arange(1.0, len(trace) + 1)[:, None])


@given(readings(GRUS))
def test_z_1_freezes_the_state(reading):
    trace = reading.run(clamp={"z": 1.0})
    np.testing.assert_array_equal(trace.h, kept(trace.h0, len(trace)))


@given(readings(GRUS))
def test_z_0_makes_the_state_the_candidate(reading):
    trace = reading.run(clamp={"z": 0.0})
    np.testing.assert_array_equal(trace.h, trace["n"])


@given(readings(GRUS))
def test_z_0_and_r_1_make_an_elman_network_of_the_candidates_weights(reading):
    gru = reading.cell
    rows = gru.rows("n")
    elman = Elman(gru.weight_ih[rows], gru.weight_hh[rows], gru.bias_ih[rows], gru.bias_hh[rows])
    trace = reading.run(clamp={"z": 0.0, "r": 1.0})
    assert_close(trace.h, elman.run(reading.x, reading.h0).h)


@given(readings(GRUS[:1]))
def test_an_open_reset_gate_means_the_same_before_and_after(reading):
    gru = reading.cell
    before = GRU(gru.weight_ih, gru.weight_hh, gru.bias_ih, gru.bias_hh, reset="before")
    assert_close(reading.run(clamp={"r": 1.0}, cell=before).h, reading.run(clamp={"r": 1.0}).h)


@given(readings(GATED, clamped=True))
def test_a_held_gate_has_its_number_at_every_step(reading):
    trace = reading.run()
    for gate, units in trace.clamp.items():
        for unit, number in units.items():
            assert (trace[gate][:, unit] == number).all()


@given(readings(GATED, clamped=True), st.integers(0, 9))
def test_until_it_is_held_the_cell_runs_free_and_then_goes_on_from_there(reading, start):
    late = reading.run(hold_from=start)
    split = min(start, len(late))
    if split:
        before = reading.run(x=reading.x[:split], clamp=None)
        for quantity in late.quantities:
            np.testing.assert_array_equal(late[quantity][:split], before[quantity])
    if split < len(late):
        c0 = None if late.c is None else late.previous("c")[split]
        after = reading.run(x=reading.x[split:], h0=late.previous("h")[split], c0=c0)
        for quantity in late.quantities:
            assert_close(late[quantity][split:], after[quantity], 1e-14)


@given(readings(GATED, clamped=True), st.integers(0, 9))
def test_a_trace_knows_where_it_was_held(reading, start):
    trace = reading.run(hold_from=start)
    for gate in reading.cell.gates:
        for time, unit in np.ndindex(trace.h.shape):
            assert trace.held(gate, time, unit) == (time >= start and unit in trace.clamp.get(gate, {}))


@pytest.mark.parametrize("start", [-1, 1.0, True, "2", None])
def test_a_step_to_hold_from_is_a_whole_number_of_at_least_0(start):
    with pytest.raises(ValueError, match="hold_from must be a whole number of at least 0"):
        LSTM.random(2, 3).run(np.ones((4, 2)), clamp={"f": 1.0}, hold_from=start)


@given(readings(GATED), st.data())
def test_holding_a_gate_at_the_value_it_had_changes_nothing(reading, data):
    """A held gate is one number for all steps, so each step is run by itself, from the state it had."""
    free = reading.run()
    gate = data.draw(st.sampled_from(reading.cell.gates))
    h, c = free.previous("h"), free.previous("c") if reading.cell.has_cell_state else None
    for t in range(len(free)):
        had = {unit: free[gate][t, unit] for unit in range(reading.cell.hidden_size)}
        step = reading.run(x=free.x[t : t + 1], h0=h[t], c0=None if c is None else c[t], clamp={gate: had})
        for quantity in free.quantities:
            assert_close(step[quantity][0], free[quantity][t], 1e-14)


@given(readings(GATED), st.data())
def test_a_held_unit_leaves_the_rest_of_the_first_step_alone(reading, data):
    gate = data.draw(st.sampled_from(reading.cell.gates))
    unit = data.draw(st.integers(0, reading.cell.hidden_size - 1))
    free, held = reading.run(), reading.run(clamp={gate: {unit: 0.25}})
    mixes = gate == "r" and reading.cell.reset == "before"  # W_hn then hands the held unit to every candidate
    for quantity in set(free.quantities) - ({"n_pre", "n", "h"} if mixes else set()):
        others = np.arange(reading.cell.hidden_size) != unit
        np.testing.assert_array_equal(held[quantity][0, others], free[quantity][0, others])
    for pre in (q for q in free.quantities if q.endswith("_pre") and q != "n_pre"):
        np.testing.assert_array_equal(held[pre][0], free[pre][0])


@given(readings(LSTMS, least=2), st.data())
def test_what_comes_after_a_held_gate_follows_it(reading, data):
    unit = data.draw(st.integers(0, reading.cell.hidden_size - 1))
    wide_open = {"f": 0.0, "i": 1.0, "g": 1.0}
    low, high = (reading.run(clamp={"o": {unit: number}} | wide_open) for number in (0.0, 1.0))
    assert (low.h[:, unit] == 0.0).all() and (high.h[:, unit] == np.tanh(1.0)).all()
    assert (low["f_pre"][1] != high["f_pre"][1]).any()


@given(readings(GATED))
def test_one_number_stands_for_all_units_of_its_gate(reading):
    gate = reading.cell.gates[0]
    whole = reading.run(clamp={gate: 0.25})
    by_unit = reading.run(clamp={gate: dict.fromkeys(range(reading.cell.hidden_size), 0.25)})
    assert whole.clamp == by_unit.clamp
    np.testing.assert_array_equal(whole.h, by_unit.h)


@given(readings(GATED))
def test_a_clamp_of_nothing_changes_nothing(reading):
    free = reading.run()
    for nothing in ({}, {reading.cell.gates[0]: {}}):
        np.testing.assert_array_equal(reading.run(clamp=nothing).h, free.h)


@given(readings(GATED), st.data())
def test_the_order_of_a_clamp_does_not_matter(reading, data):
    clamp = data.draw(clamps(reading.cell))
    turned = dict(reversed(clamp.items()))
    np.testing.assert_array_equal(reading.run(clamp=clamp).h, reading.run(clamp=turned).h)


def run(cell, clamp):
    return cell.run(np.ones((4, 2)), clamp=clamp)


LSTM_CELL, GRU_CELL = LSTM.random(2, 3), GRU.random(2, 3)
REFUSED = {
    "gate-of-another-cell": (LSTM_CELL, {"z": 1.0}, ["'z'", "'i', 'f', 'g', 'o'"]),
    "gate-unknown": (GRU_CELL, {"forget": 1.0}, ["'forget'", "'r', 'z', 'n'"]),
    "gate-that-is-a-state": (LSTM_CELL, {"c": 1.0}, ["'c'", "'i', 'f', 'g', 'o'"]),
    "gate-numbered": (LSTM_CELL, {1: 1.0}, ["1", "'i', 'f', 'g', 'o'"]),
    "gate-of-an-elman": (Elman.random(2, 3), {"f": 1.0}, ["'f'", "none", "no gates"]),
    "gate-of-a-bag": (BagOfWords(2), {"f": 1.0}, ["'f'", "none", "no gates"]),
    "unit-too-large": (LSTM_CELL, {"i": {3: 0.0}}, ["unit 3", "'i'", "0 to 2"]),
    "unit-negative": (LSTM_CELL, {"i": {-1: 0.0}}, ["unit -1", "'i'", "0 to 2"]),
    "unit-true": (LSTM_CELL, {"i": {True: 0.0}}, ["unit True", "'i'", "0 to 2"]),
    "unit-broken": (LSTM_CELL, {"i": {1.0: 0.0}}, ["unit 1.0", "'i'", "0 to 2"]),
    "unit-text": (LSTM_CELL, {"i": {"1": 0.0}}, ["unit '1'", "'i'", "0 to 2"]),
    "number-nan": (LSTM_CELL, {"f": np.nan}, ["'f'", "nan", "finite number"]),
    "number-infinite": (LSTM_CELL, {"f": {0: np.inf}}, ["'f'", "inf", "finite number"]),
    "number-beyond-float": (LSTM_CELL, {"f": 10**400}, ["'f'", "1000", "finite number"]),
    "number-text": (LSTM_CELL, {"f": "open"}, ["'f'", "'open'", "finite number"]),
    "number-none": (LSTM_CELL, {"f": None}, ["'f'", "None", "finite number"]),
    "number-true": (LSTM_CELL, {"f": True}, ["'f'", "True", "finite number"]),
    "numbers-listed": (LSTM_CELL, {"f": [1.0, 1.0, 1.0]}, ["'f'", "[1.0, 1.0, 1.0]", "finite number"]),
    "no-mapping": (LSTM_CELL, "f", ["clamp", "'f'", "must map gates to numbers"]),
}


@pytest.mark.parametrize(("cell", "clamp", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_held_is_refused_by_name(cell, clamp, words):
    with pytest.raises(ValueError) as refusal:
        run(cell, clamp)
    assert all(word in str(refusal.value) for word in words), refusal.value
