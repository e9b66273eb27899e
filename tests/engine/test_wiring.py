"""The diagram of a cell is what the cell computes: each operation makes, of what enters it, what was recorded."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import BagOfWords
from rnnviz.engine.wiring import OPERATORS, SOURCES, applied, lines, operations, ranks
from tests.engine.strategies import WEIGHTED, assert_close, called, readings
from tests.engine.test_formulas import evaluate


def gate(k, operator="σ"):
    """k = φ(W x + b + W h + b): line -> (rank, operator, inputs)."""
    return {
        f"{k}_x": (1, "W", ("x",)),
        f"{k}_h": (1, "W", ("h'",)),
        f"{k}_pre": (2, "+", (f"{k}_x", f"{k}_h")),
        k: (3, operator, (f"{k}_pre",)),
    }


# By cell: every line's rank, operator and inputs, from the formulas in the books.
WIRED = {
    "Elman": lambda cell: gate("h", {"tanh": "tanh", "relu": "ReLU", "identity": "="}[cell.nonlinearity]),
    "LSTM": lambda cell: {
        **gate("i"),
        **gate("f"),
        **gate("g", "tanh"),
        **gate("o"),
        "fc": (4, "⊙", ("f", "c'")),
        "ig": (4, "⊙", ("i", "g")),
        "c": (5, "+", ("fc", "ig")),
        "tanh_c": (6, "tanh", ("c",)),
        "h": (7, "⊙", ("o", "tanh_c")),
    },
    "GRU-after": lambda cell: {
        **gate("r"),
        **gate("z"),
        "n_x": (1, "W", ("x",)),
        "hn": (1, "W", ("h'",)),
        "rhn": (4, "⊙", ("r", "hn")),
        "n_pre": (5, "+", ("n_x", "rhn")),
        "n": (6, "tanh", ("n_pre",)),
        "z_not": (4, "1−", ("z",)),
        "zn": (7, "⊙", ("z_not", "n")),
        "zh": (4, "⊙", ("z", "h'")),
        "h": (8, "+", ("zn", "zh")),
    },
    "GRU-before": lambda cell: {
        **gate("r"),
        **gate("z"),
        "n_x": (1, "W", ("x",)),
        "rh": (4, "⊙", ("r", "h'")),
        "n_h": (5, "W", ("rh",)),
        "n_pre": (6, "+", ("n_x", "n_h")),
        "n": (7, "tanh", ("n_pre",)),
        "z_not": (4, "1−", ("z",)),
        "zn": (8, "⊙", ("z_not", "n")),
        "zh": (4, "⊙", ("z", "h'")),
        "h": (9, "+", ("zn", "zh")),
    },
}


def all_lines(trace):
    sources = {"x": trace.x, "h'": trace.previous("h")}
    if trace.c is not None:
        sources["c'"] = trace.previous("c")
    return sources | lines(trace)


def evaluated(expression, values):
    """`{f}·{c'} + tanh({c})` as numpy computes it."""
    names = {"σ": "sigma", "tanh": "np.tanh", "ReLU": "relu"}
    code = re.sub(r"\{([^}]+)\}", lambda found: f'values["{found[1]}"]', expression)
    code = re.sub("σ|tanh|ReLU", lambda found: names[found[0]], code.replace("·", "*").replace("−", "-"))
    scope = {"values": values, "np": np, "sigma": lambda a: 1 / (1 + np.exp(-a)), "relu": lambda a: np.maximum(a, 0)}
    return eval(code, scope)


@given(readings(WEIGHTED))
def test_each_operation_makes_the_vector_on_its_line(reading):
    trace = reading.run()
    values = all_lines(trace)
    for operation in operations(trace.cell):
        made = applied(trace.cell, operation, *(values[line] for line in operation.inputs))
        assert_close(made, values[operation.key], 1e-14)


@given(readings(WEIGHTED))
def test_each_expression_is_worth_what_its_line_carries(reading):
    trace = reading.run()
    values = all_lines(trace)
    for operation in operations(trace.cell):
        assert_close(evaluated(operation.expression, values), values[operation.key], 1e-13)


def latex(symbol):
    """`(1 − z_t) ⊙ n_t` as `test_formulas` reads it."""
    for written, read in (("⊙", r"\odot"), ("−", "-"), ("tanh", r"\tanh"), ("{pre}", r"{\mathrm{pre}}")):
        symbol = symbol.replace(written, read)
    return symbol


@given(readings(WEIGHTED, clamped=True))
def test_each_line_carries_what_its_symbol_says(reading):
    trace = reading.run()
    values = all_lines(trace)
    symbols = {line: SOURCES[line] for line in SOURCES if line in values}
    symbols |= {operation.key: operation.symbol for operation in operations(trace.cell)}
    assert set(symbols) == set(values)
    for line, symbol in symbols.items():
        for t in range(len(trace)):
            assert_close(evaluate(latex(symbol), trace, t), values[line][t])


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_the_wiring_and_its_ranks_are_those_of_the_formulas(kind):
    cls, options = kind
    cell = cls.random(2, 3, **options)
    wiring = operations(cell)
    rank = ranks(wiring)
    assert {one.key: (rank[one.key], one.operator, one.inputs) for one in wiring} == WIRED[
        f"GRU-{cell.reset}" if cls.name == "GRU" else cls.name
    ](cell)
    assert {line: rank[line] for line in rank if line in SOURCES} == dict.fromkeys(SOURCES, 0)
    assert len({one.symbol for one in wiring}) == len(wiring)


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(data=st.data())
def test_the_wiring_holds_every_recorded_quantity_and_ends_in_the_hidden_state(kind, data):
    trace = data.draw(readings((kind,))).run()
    wiring = operations(trace.cell)
    keys = [operation.key for operation in wiring]
    assert len(set(keys)) == len(keys)
    assert set(trace.quantities) <= set(keys)
    assert keys[-1] == "h"
    assert all(operation.operator in {*OPERATORS, "W"} for operation in wiring)
    read = {line for operation in wiring for line in operation.inputs}
    assert set(keys) - read == {"h"}  # nothing is computed that goes nowhere: c goes on through tanh


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
@given(data=st.data())
def test_every_operation_comes_after_what_it_reads(kind, data):
    wiring = operations(data.draw(readings((kind,))).cell)
    known, rank = set(SOURCES), ranks(wiring)
    for operation in wiring:
        assert set(operation.inputs) <= known
        assert all(rank[line] < rank[operation.key] for line in operation.inputs)
        known.add(operation.key)


@given(readings(WEIGHTED, clamped=True))
def test_under_a_clamp_the_lines_carry_what_followed_from_it(reading):
    trace = reading.run()
    values = all_lines(trace)
    for operation in operations(trace.cell):
        free = [unit for unit in range(trace.cell.hidden_size) if unit not in trace.clamp.get(operation.key, {})]
        made = applied(trace.cell, operation, *(values[line] for line in operation.inputs))
        assert_close(made[:, free], values[operation.key][:, free], 1e-14)


def test_a_cell_without_a_wiring_is_refused_by_name():
    with pytest.raises(ValueError, match="the wiring of BagOfWords is not known; there is one for Elman, LSTM, GRU"):
        operations(BagOfWords(3))
