"""The versions of "Spot the mistake": what is shown is what runs, and right or wrong is what torch says."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, VERSIONS, Elman
from rnnviz.engine.versions import Equation, _parameters
from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import character_model
from tests.engine.strategies import LSTMS, assert_close, cells, normal, readings
from tests.engine.test_formulas import NUMPY, python, weights
from tests.engine.torch_loop import module_start, torch_module

ALL = [version for versions in VERSIONS.values() for version in versions]
RIGHT = {"LSTM": ("joined", "exchanged"), "GRU": ("correction", "turned", "multiplied-out")}
KINDS = {"LSTM": LSTMS, "GRU": ((GRU, {"reset": "after"}),)}
of_lstm = [version for version in ALL if version.cell == "LSTM"]
of_gru = [version for version in ALL if version.cell == "GRU"]
# What only the versions write: halves, doubles, and two vectors below each other.
MORE = (
    (r"W_(\w) \[(\S+); (\S+)\]", r"W['\1'] @ concatenate([\2, \3])"),
    (r"b_(\w)\)", r"b['\1'])"),
    (r"\\tfrac\{1\}\{2\} ", "0.5 * "),
    (r"2\\,\s?", "2 * "),
)


def called(version):
    return f"{version.cell}-{version.key}"


every_version = pytest.mark.parametrize("version", ALL, ids=called)


def translated(latex):
    for pattern, replacement in MORE:
        latex = re.sub(pattern, replacement, latex)
    return python(latex)


def said(where, cell):
    """The W_k and b_k of each gate k that `where` defines, read from its LaTeX."""
    scope = {"W": weights(cell, "weight"), "b": weights(cell, "bias")}
    more = {"W": {}, "b": {}}
    for definition in where.split(r", \quad ") if where else ():
        left, right = definition.split(" = ")
        if blocks := re.fullmatch(r"\[(\S+)\\ \\ (\S+)\]", right):
            right = "hstack(W{}, W{})".format(*(block.removeprefix("W") for block in blocks.groups()))
        for k in cell.blocks:
            code = re.sub(r"([Wb])_\{(\w)k\}", rf"\1['\2', '{k}']", right)
            assert left in ("W_k", "b_k")
            more[left[0]][k] = eval(code, {"__builtins__": {}, "hstack": lambda *both: np.hstack(both)} | scope)
    return {name: scope[name] | more[name] for name in scope}


def as_shown(version, cell, x, h0, c0):
    """The states that a reader computes from the LaTeX, what `where` adds to it, and the meaning of `pre`."""
    scope = said(version.where, cell) | {"concatenate": np.concatenate}
    zero = np.zeros(cell.hidden_size)
    before = {"h": zero if h0 is None else h0, "c": zero if c0 is None else c0}
    result = {quantity: [] for quantity in version.formulas}
    for x_t in x:
        now = {"x": x_t}
        for k in cell.blocks:
            now[f"{k}_pre"] = eval(
                python(f"W_{{i{k}}} x_t + b_{{i{k}}} + W_{{h{k}}} h_{{t-1}} + b_{{h{k}}}"),
                NUMPY | scope | {"before": before, "now": now},
            )
        for quantity, latex in version.formulas.items():
            left, right = latex.split(" = ")
            assert left == f"{quantity}_t"
            now[quantity] = eval(translated(right), NUMPY | scope | {"before": before, "now": now})
            result[quantity].append(now[quantity])
        before = {"h": now["h"], "c": now.get("c", zero)}
    return {quantity: np.array(steps) for quantity, steps in result.items()}


def by_torch(cell, x, h0=None, c0=None):
    with torch.no_grad():
        return torch_module(cell)(torch.tensor(x), module_start(cell, h0, c0))[0].numpy()


@every_version
def test_the_latex_shown_is_what_runs(version):
    @given(readings(KINDS[version.cell]))
    def law(reading):
        ours = version.run(reading.cell, reading.x, reading.h0, reading.c0)
        shown = as_shown(version, reading.cell, reading.x, reading.h0, reading.c0)
        assert list(ours) == list(shown)
        for quantity in ours:
            assert_close(ours[quantity], shown[quantity])

    law()


@every_version
@given(data=st.data())
def test_what_the_equations_leave_unsaid_is_said_as_it_is_computed(version, data):
    """W_k and b_k, where the equations write them, are what runs; no version defines what it does not use."""
    cell = data.draw(cells(KINDS[version.cell]))
    W, b = _parameters(cell)
    meant = said(version.where, cell)
    for k in cell.blocks if version.where else ():
        np.testing.assert_array_equal(meant["W"][k], W[k], strict=True)
        np.testing.assert_array_equal(meant["b"][k], b[k], strict=True)
    assert bool(version.where) == any(re.search(r"\b[Wb]_\w\b", latex) for latex in version.formulas.values())


@every_version
def test_right_is_what_equals_torch_on_any_cell_and_sequence(version):
    apart = []

    @given(readings(KINDS[version.cell], least=3))
    def law(reading):
        h = version.run(reading.cell, reading.x, reading.h0, reading.c0)["h"]
        theirs = by_torch(reading.cell, reading.x, reading.h0, reading.c0)
        apart.append(float(np.abs(h - theirs).max()))

    law()
    if version.is_right:
        assert max(apart) <= 1e-12
    else:
        # Not on every cell: a single unit and an input of zeros hide some mistakes.
        assert np.median(apart) > 1e-3
    assert version.is_right == (version.key in RIGHT[version.cell])


@every_version
def test_on_the_shipped_model_the_right_ones_equal_torch_and_the_wrong_ones_are_far_off(version):
    model = character_model(version.cell)
    x = model.vocabulary.one_hot(model.vocabulary.encode(split(shakespeare())[1][:300]))
    apart = np.abs(version.run(model.cell, x)["h"] - by_torch(model.cell, x)).max()
    assert apart <= 1e-12 if version.is_right else apart > 0.5


@pytest.mark.parametrize("cell", VERSIONS)
def test_there_are_six_of_each_with_names_of_their_own_and_neither_kind_first(cell):
    versions = VERSIONS[cell]
    assert len(versions) == len({version.key for version in versions}) == 6
    assert {version.cell for version in versions} == {cell}
    verdicts = [version.is_right for version in versions]
    assert verdicts not in (sorted(verdicts), sorted(verdicts, reverse=True))
    assert len({tuple(version.formulas.values()) for version in versions}) == 6


def test_a_version_that_changes_nothing_is_right_and_a_changed_sign_is_not():
    version = replace(VERSIONS["LSTM"][0], changed={})
    assert version.is_right and tuple(version.formulas) == ("i", "f", "g", "o", "c", "h")
    worse = Equation(r"h_t = -o_t \odot \tanh(c_t)", lambda s: -s.o * np.tanh(s.c))
    assert not replace(version, changed={"h": worse}).is_right


def by_key(cell, key):
    (version,) = [version for version in VERSIONS[cell] if version.key == key]
    return version


def read(cell, key, length=300):
    model = character_model(cell)
    ids = model.vocabulary.encode(split(shakespeare())[1][:length])
    return by_key(cell, key).run(model.cell, model.vocabulary.one_hot(ids))


def test_what_goes_wrong_is_what_the_lesson_says():
    assert read("LSTM", "sigmoid-candidate")["c"].min() >= 0
    assert read("GRU", "sigmoid-candidate")["h"].min() >= 0
    assert np.abs(read("LSTM", "linear-candidate")["g"]).max() > 1
    cell = character_model("LSTM").cell
    x, c0 = np.eye(cell.input_size)[[1, 2, 3]], normal(cell.hidden_size, seed=1)
    forgets = by_key("LSTM", "hidden-for-cell")
    np.testing.assert_array_equal(forgets.run(cell, x)["h"], forgets.run(cell, x, c0=c0)["h"])


def test_the_swapped_update_gate_is_right_again_with_the_sign_of_its_weights_turned():
    cell = GRU.random(3, 5, seed=4)
    weights = cell.state_dict()
    for value in weights.values():
        value[cell.rows("z")] *= -1
    x = normal(9, 3, seed=5)
    swapped = by_key("GRU", "update-swapped").run(GRU.from_state_dict(weights), x)
    assert_close(swapped["h"], by_torch(cell, x))


@every_version
def test_what_it_computed_cannot_be_changed(version):
    cell = {"LSTM": LSTM, "GRU": GRU}[version.cell].random(2, 3)
    values = version.run(cell, np.ones((2, 2)))
    assert not any(value.flags.writeable for value in values.values())
    with pytest.raises(TypeError):
        values["h"] = np.zeros((2, 3))


def test_numbers_that_overflow_are_recorded_and_not_warned_of():
    huge = [np.full(shape, 1e200) for shape in ((12, 2), (12, 3))]
    values = by_key("LSTM", "linear-candidate").run(LSTM(*huge), np.full((3, 2), 1e200))
    assert np.isinf(values["c"]).any()


@pytest.mark.parametrize(
    ("version", "cell", "arguments", "words"),
    [
        (of_lstm[0], GRU.random(2, 3), {}, ["joined", "LSTM", "GRU"]),
        (of_gru[0], Elman.random(2, 3), {}, ["update-swapped", "GRU", "Elman"]),
        (of_lstm[0], LSTM.random(3, 3), {}, ["x", "3"]),
        (of_lstm[0], LSTM.random(2, 3), {"h0": np.ones(4)}, ["h0", "3"]),
        (of_lstm[0], LSTM.random(2, 3), {"c0": np.ones(2)}, ["c0", "3"]),
        (of_gru[0], GRU.random(2, 3), {"c0": np.ones(3)}, ["c0", "no cell state"]),
    ],
    ids=["other-cell", "elman", "x", "h0", "c0", "no-c"],
)
def test_what_does_not_fit_is_refused_by_name(version, cell, arguments, words):
    with pytest.raises(ValueError) as refusal:
        version.run(cell, np.ones((4, 2)), **arguments)
    assert all(word in str(refusal.value) for word in words), refusal.value
