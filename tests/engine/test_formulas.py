"""The formula shown is the one computed: its LaTeX is translated to numpy and held against the trace."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman, Readout
from tests.engine.strategies import EVERY, assert_close, called, normal, readings

# In this order: what comes later would match inside what comes first.
FUNCTIONS = ((r"\\mathrm{ReLU}", "relu"), (r"\\sigma", "sigmoid"), (r"\\tanh", "tanh"), (r"\\odot", "*"))
SYMBOLS = (
    (r"W_{(\w)(\w)}", r"W['\1', '\2'] @"),
    (r"b_{(\w)(\w)}", r"b['\1', '\2']"),
    (r"(\w)_{t-1}", r"before['\1']"),
    (r"(\w)\^{\\mathrm{pre}}_t", r"now['\1_pre']"),
    (r"h\^n_t", "now['hn']"),
    (r"h\^r_t", "now['rh']"),
    (r"\b(\w)_t\b", r"now['\1']"),
)
NUMPY = {
    "sigmoid": lambda a: 1.0 / (1.0 + np.exp(-a)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
    "__builtins__": {},
}


def python(latex):
    """r"\\sigma(W_{ii} x_t + b_{ii})" -> "sigmoid(W['i', 'i'] @ now['x'] + b['i', 'i'])"."""
    for pattern, replacement in FUNCTIONS + SYMBOLS:
        latex = re.sub(pattern, replacement, latex)
    assert not re.search(r"[\\^{}]", latex), f"not translated: {latex}"
    return latex


def weights(cell, weight):
    """A parameter by the subscripts of the formulas: ("i", "f") are the rows of `_ih` that belong to f."""
    pairs = (("i", f"{weight}_ih"), ("h", f"{weight}_hh"))
    return {(first, k): getattr(cell, name)[cell.rows(k)] for first, name in pairs for k in cell.blocks}


def evaluate(formula, trace, t):
    """What a formula's right side is worth at step t, every symbol in it read from the trace."""
    states = ("h", "c") if trace.cell.has_cell_state else ("h",)
    scope = {
        "W": weights(trace.cell, "weight"),
        "b": weights(trace.cell, "bias"),
        "before": {state: trace.previous(state)[t] for state in states},
        "now": {quantity: trace[quantity][t] for quantity in trace} | {"x": trace.x[t]},
    }
    return eval(python(formula.split(" = ")[-1]), NUMPY | scope)


def filled_in(formula, numbers):
    """The formula with a number for each symbol, the longest symbols first."""
    symbols = sorted(numbers, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, symbols)), lambda match: f"({numbers[match[0]]!r})", formula)


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_there_is_a_formula_for_each_quantity_in_order(kind):
    cls, options = kind
    cell = cls.random(3, 3, **options)
    assert tuple(cell.formulas) == cell.run(np.ones((1, 3))).quantities


@given(readings(EVERY))
def test_the_formula_shown_is_the_one_computed(reading):
    trace = reading.run()
    for quantity, formula in reading.cell.formulas.items():
        for t in range(len(trace)):
            assert_close(trace[quantity][t], evaluate(formula, trace, t))


@given(readings(EVERY, clamped=True))
def test_under_a_clamp_every_number_but_the_held_ones_still_obeys_its_formula(reading):
    trace = reading.run()
    for quantity, formula in reading.cell.formulas.items():
        free = [unit for unit in range(reading.cell.hidden_size) if unit not in trace.clamp.get(quantity, {})]
        for t in range(len(trace)):
            assert_close(trace[quantity][t, free], evaluate(formula, trace, t)[free])


@given(readings(EVERY), st.data())
def test_the_numbers_put_into_the_formula_give_the_recorded_value(reading, data):
    trace = reading.run()
    t = data.draw(st.integers(0, len(trace) - 1))
    unit = data.draw(st.integers(0, reading.cell.hidden_size - 1))
    numbers = reading.cell.numbers(trace, t, unit)
    for quantity, formula in reading.cell.formulas.items():
        own = reading.cell.symbols[quantity]
        others = {symbol: number for symbol, number in numbers.items() if symbol != own}
        expression = python(filled_in(formula.split(" = ")[-1], others))
        assert not re.search(r"now|before|W\[|b\[", expression), f"a symbol without a number in {expression}"
        assert numbers[own] == trace[quantity][t, unit]
        assert_close(eval(expression, dict(NUMPY)), numbers[own])


@given(readings(EVERY))
def test_numbers_are_plain_floats(reading):
    assert {type(value) for value in reading.cell.numbers(reading.run(), 0, 0).values()} == {float}


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_every_symbol_is_the_left_side_of_its_formula(kind):
    cls, options = kind
    cell = cls.random(3, 3, **options)
    for quantity, symbol in cell.symbols.items():
        assert cell.formulas[quantity].startswith(symbol)
    assert len(set(cell.symbols.values())) == len(cell.symbols)


def test_options_change_the_formula():
    elman = {Elman.random(2, 2, nonlinearity=name).formulas["h"] for name in ("tanh", "relu", "identity")}
    gru = {GRU.random(2, 2, reset=name).formulas["n"] for name in ("after", "before")}
    assert len(elman) == 3 and len(gru) == 2


def test_the_translator_would_notice_another_formula():
    cell = GRU.random(2, 3, seed=1)
    trace = cell.run(normal(4, 2, seed=2))
    wrong = r"h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}"
    assert np.abs(evaluate(wrong, trace, 3) - trace.h[3]).max() > 1e-3


def test_the_readouts_formula_is_softmax_of_its_scores():
    assert Readout.formulas["p"] == rf"p_t = \mathrm{{softmax}}({Readout.formulas['y'].split(' = ')[1]})"


REFUSED = {
    "time-too-late": (4, 0, ["time", "4", "0 to 3"]),
    "time-negative": (-1, 0, ["time", "-1", "0 to 3"]),
    "time-broken": (1.5, 0, ["time", "1.5", "0 to 3"]),
    "unit-text": (0, "one", ["unit", "one", "0 to 2"]),
    "unit-too-large": (0, 3, ["unit", "3", "0 to 2"]),
    "unit-negative": (0, -1, ["unit", "-1", "0 to 2"]),
}


@pytest.mark.parametrize(("time", "unit", "words"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("cell", [LSTM.random(3, 3), BagOfWords(3)], ids=["LSTM", "BagOfWords"])
def test_numbers_of_no_step_or_unit_are_refused_by_name(cell, time, unit, words):
    with pytest.raises(ValueError) as refusal:
        cell.numbers(cell.run(np.ones((4, 3))), time, unit)
    assert all(word in str(refusal.value) for word in words), refusal.value
