"""The diagram that the player draws: the wiring of the cell in its order, and colours that can be compared."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman
from rnnviz.engine.wiring import operations
from rnnviz.stage.diagram import diagram
from rnnviz.stage.scales import limit
from tests.engine.strategies import WEIGHTED, called, normal, readings
from tests.engine.test_wiring import WIRED, all_lines

# Which lines are drawn on one scale, by cell: what can be open or shut, what a nonlinearity takes and the parts that
# are added up for it, what is compared with the cell state, and with the hidden state. The others have their own.
GATE = {"Elman": [], "LSTM": ["i", "f", "o"], "GRU-after": ["r", "z", "z_not"], "GRU-before": ["r", "z", "z_not"]}
SUM = {
    "Elman": ["h_x", "h_h", "h_pre"],
    "LSTM": [f"{k}_{part}" for k in "ifgo" for part in ("x", "h", "pre")],
    "GRU-after": ["r_x", "r_h", "r_pre", "z_x", "z_h", "z_pre", "n_x", "hn", "rhn", "n_pre"],
    "GRU-before": ["r_x", "r_h", "r_pre", "z_x", "z_h", "z_pre", "n_x", "n_h", "n_pre"],
}
CELL_STATE = {"Elman": [], "LSTM": ["fc", "ig", "c"], "GRU-after": [], "GRU-before": []}
HIDDEN_STATE = {
    "Elman": ["h"],
    "LSTM": ["tanh_c", "h"],
    "GRU-after": ["zn", "zh", "h"],
    "GRU-before": ["rh", "zn", "zh", "h"],
}
OWN = {"Elman": [], "LSTM": ["g"], "GRU-after": ["n"], "GRU-before": ["n"]}
SOURCES = {"x": "x_t", "h'": "h_{t-1}"}
LAST = {"Elman": 4, "LSTM": 8, "GRU-after": 9, "GRU-before": 10}

scales = st.dictionaries(st.sampled_from("hcgn"), st.floats(0.1, 1e3))


def which(cell):
    return f"GRU-{cell.reset}" if isinstance(cell, GRU) else cell.name


def limits(drawn):
    return {operation["key"]: operation["limit"] for operation in drawn["operations"]}


def end(quantity, trace, asked):
    """Where a quantity's own scale ends: where the page says, else where its numbers do."""
    return limit(np.array(asked[quantity]) if quantity in asked else trace[quantity])


def assert_scales(trace, asked):
    """Every line's scale and limit, from the lists above and the recorded numbers."""
    cell, values = which(trace.cell), all_lines(trace)
    drawn = diagram(trace, asked)
    kinds = {operation["key"]: operation["scale"] for operation in drawn["operations"]}
    assert kinds == {line: "gate" if line in GATE[cell] else "signed" for line in kinds}
    expected = dict.fromkeys(GATE[cell], 1)
    expected |= dict.fromkeys(SUM[cell], limit(np.array([values[line] for line in SUM[cell]])))
    for shared, quantity in ((CELL_STATE, "c"), (HIDDEN_STATE, "h")):
        if shared[cell]:
            expected |= dict.fromkeys(shared[cell], end(quantity, trace, asked))
    expected |= {line: end(line, trace, asked) for line in OWN[cell]}
    assert limits(drawn) == expected
    return drawn


@given(readings(WEIGHTED, clamped=True), scales)
def test_lines_that_are_compared_share_a_scale_and_all_others_have_their_own(reading, asked):
    assert_scales(reading.run(), asked)


# Held at numbers that no gate takes, so that h, c, the candidate and the sums end in different places.
FAR = {
    "LSTM": LSTM.random(3, 4, seed=1).run(
        30 * normal(6, 3, seed=2), clamp={"i": 1.0, "f": 1.0, "g": {0: -1.4, 1: 1.3}, "o": {0: 2.2}}
    ),
    "GRU-after": GRU.random(3, 4, seed=1).run(30 * normal(6, 3, seed=2), clamp={"n": {0: -2.2}, "z": {0: -0.5}}),
    "GRU-before": GRU.random(3, 4, seed=1, reset="before").run(
        30 * normal(6, 3, seed=2), clamp={"n": {0: -2.2}, "z": {0: -0.5}}
    ),
    "Elman": Elman.random(3, 4, seed=1, spectral_radius=1.5, nonlinearity="identity").run(30 * normal(6, 3, seed=2)),
}


@pytest.mark.parametrize("cell", FAR)
@pytest.mark.parametrize("asked", [{}, {"c": 70.0}, {"h": 0.5, "c": 0.5}], ids=["none", "wider", "narrower"])
def test_the_scales_differ_where_the_numbers_do(cell, asked):
    trace = FAR[cell]
    found = limits(assert_scales(trace, asked))
    if not asked:
        ends = [found[group[cell][0]] for group in (SUM, CELL_STATE, HIDDEN_STATE, OWN) if group[cell]]
        assert min(ends) > 1
        assert len(set(ends)) == len(ends) or cell == "Elman"  # whose h may be its largest sum


def test_the_page_says_where_the_cell_state_ends_and_what_is_added_up_to_it():
    asked, free = limits(diagram(FAR["LSTM"], {"c": 70.0})), limits(diagram(FAR["LSTM"], {}))
    assert free["c"] < 70
    assert {line: end for line, end in asked.items() if end != free[line]} == {"c": 70, "fc": 70, "ig": 70}


@given(readings(WEIGHTED, clamped=True))
def test_no_number_that_enters_a_nonlinearity_lies_beyond_its_scale(reading):
    trace = reading.run()
    values, found = all_lines(trace), limits(diagram(trace, {}))
    sums = SUM[which(trace.cell)]
    (shared,) = {found[line] for line in sums}
    largest = max(float(np.abs(values[line].astype(np.float32)).max()) for line in sums)
    assert largest <= shared <= max(1, 1.5 * largest)


# Biases of x and h by which a part of a sum, or the sum, is the furthest out; r·hn is that only with r held beyond 1.
BIASES = {"x": (50, -20), "h": (-20, 50), "pre": (40, 40), "hn": (-20, 50), "rhn": (-20, 30)}


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind in SUM for line in SUM[kind]])
def test_whichever_line_of_the_sums_is_the_furthest_out_sets_their_scale(kind, line):
    name, _, reset = kind.partition("-")
    cls = {"Elman": Elman, "LSTM": LSTM, "GRU": GRU}[name]
    options = {"reset": reset} if reset else {}
    random = cls.random(3, 4, seed=1, **options)
    rows = random.rows(line[0] if "_" in line else "n")
    biases = np.zeros((2, len(random.bias_ih)))
    biases[:, rows] = np.array(BIASES[line.partition("_")[2] or line])[:, None]
    cell = cls(random.weight_ih, random.weight_hh, *biases, **options)
    trace = cell.run(normal(5, 3, seed=2), clamp={"r": 2.0} if line == "rhn" else None)
    values = all_lines(trace)
    assert max(SUM[kind], key=lambda one: np.abs(values[one]).max()) == line
    assert limits(diagram(trace, {}))[line] == limit(values[line]) >= 50
    assert {limits(diagram(trace, {}))[one] for one in SUM[kind]} == {limit(values[line])}


@given(readings(WEIGHTED), scales)
def test_the_diagram_is_the_wiring_in_the_order_of_computation(reading, asked):
    trace = reading.run()
    drawn, cell = diagram(trace, asked), which(trace.cell)
    told = ("key", "operator", "symbol", "expression")
    assert [[one[part] for part in told] for one in drawn["operations"]] == [
        [getattr(one, part) for part in told] for one in operations(trace.cell)
    ]
    wired = {one["key"]: (one["rank"], one["operator"], tuple(one["inputs"])) for one in drawn["operations"]}
    assert wired == WIRED[cell](trace.cell)
    known = set(drawn["sources"])
    for one in drawn["operations"]:
        assert set(one["inputs"]) <= known
        known.add(one["key"])


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_only_a_cell_with_a_cell_state_starts_from_one_and_the_last_rank_is_the_way_out(kind):
    cls, options = kind
    drawn = diagram(cls.random(2, 3, **options).run(np.ones((2, 2))), {})
    assert drawn["sources"] == (SOURCES | {"c'": "c_{t-1}"} if cls is LSTM else SOURCES)
    cell = which(cls.random(2, 3, **options))
    assert drawn["last"] == LAST[cell] == 1 + max(one["rank"] for one in drawn["operations"])


def test_numbers_beyond_every_scale_leave_scales_that_can_be_sent():
    cell = Elman.random(3, 8, seed=0, spectral_radius=3.0, nonlinearity="identity")
    trace = cell.run(np.eye(3)[np.arange(1000) % 3])
    assert not np.isfinite(trace.h).all()
    drawn = diagram(trace, {})
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn
    assert min(limits(drawn).values()) > 1


def test_a_running_sum_has_no_diagram():
    assert diagram(BagOfWords(3).run(np.eye(3)), {}) is None
