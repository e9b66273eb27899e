"""The mask is sent what it was handed, exactly, and a link's mask is one or is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.figures import palette
from rnnviz.stage.mask import MODES, Row, parse, payload
from tests.stage.decoder import decode

ENTRIES = ("unit 1", "unit 4", "unit 9")
U = Row("c_{t-1}", "last cell state", np.array([0.1, -1.25, 1 / 3]))
V = Row("g_t", "candidate", np.array([-0.5, 1.0, 0.75]))
F = Row("f_t", "forget gate", np.array([0.0, 0.5, 1.0]))
I = Row("i_t", "input gate", np.array([1.0, 1 / 7, 0.25]))
C = Row("c_t", "cell state", F.values * U.values + I.values * V.values)


def sent(u=U, v=V, gates=(F, I), *, result=C, entries=ENTRIES, modes=MODES):
    header, arrays = decode(
        payload(u, v, gates, result=result, entries=entries, modes=modes, title="A mask", palette=palette.PLAYER)
    )
    assert arrays == {}
    return header


def test_every_number_arrives_as_it_is():
    header = sent()
    for name, row in (("u", U), ("v", V), ("result", C)):
        assert header[name] == {"symbol": row.symbol, "name": row.name, "values": row.values.tolist()}
    assert [gate["values"] for gate in header["gates"]] == [F.values.tolist(), I.values.tolist()]
    assert header["entries"] == list(ENTRIES) and header["modes"] == list(MODES)


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5)
)
def test_no_gates_can_bring_a_sum_beyond_the_scale(rows):
    u, v, f, i = np.array(rows).T
    header = sent(
        Row("u", "u", u), Row("v", "v", v), [Row("f", "f", f)], result=Row("s", "s", u), entries=rows, modes=["ends"]
    )
    assert max(np.abs(f * u + i * v).max(), np.abs(u).max(), np.abs(v).max()) <= header["limit"] * (1 + 1e-6)


@pytest.mark.parametrize("value", [-0.01, 1.01, np.nan])
def test_a_gate_beyond_its_range_is_refused(value):
    with pytest.raises(ValueError, match="f_t is a gate: its values must be from 0 to 1"):
        sent(gates=[Row("f_t", "forget gate", np.array([0.5, value, 0.5])), I])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError):
        sent(u=Row("c", "state", np.array([0.5, value, 0.5])))


def test_lengths_that_differ_are_refused_by_name():
    with pytest.raises(ValueError, match=r"g_t has shape \(2,\); one value an entry is needed, 3"):
        sent(v=Row("g_t", "candidate", np.zeros(2)))


@pytest.mark.parametrize(("modes", "gates"), [(["two"], [F]), (["one"], []), (["three"], [F, I])])
def test_a_mode_without_its_gates_is_refused(modes, gates):
    with pytest.raises(ValueError, match=f"mode '{modes[0]}' cannot be shown with {len(gates)} gates"):
        sent(gates=gates, modes=modes)


percent = st.none() | st.integers(0, 100)


@given(st.sampled_from(["one", "ends"]), st.lists(percent, min_size=3, max_size=3))
def test_a_mask_in_a_url_is_read_back(mode, values):
    assert parse("-".join([mode, *("n" if one is None else str(one) for one in values)]), 3, MODES) == (
        mode,
        tuple(values),
    )


def test_two_gates_have_twice_as_many_numbers():
    assert parse("two-1-2-n-4-5-100", 3, MODES) == ("two", (1, 2, None, 4, 5, 100))


@pytest.mark.parametrize(
    "text",
    ["", "one", "one-1-2", "one-1-2-3-4", "two-1-2-3", "both-1-2-3", "one-1-2-101", "one-1-2--3", "one-1-2-3.5",
     "one-1-2-N", "ONE-1-2-3", "one-1-2-3\n", " one-1-2-3", "one-1-2-٣", "one-1-2-0050", "one-" * 5000],
    ids=lambda text: text[:14],
)  # fmt: skip
def test_what_is_no_mask_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match="^mask must be one of one, ends, two") as refusal:
        parse(text, 3, MODES)
    assert len(str(refusal.value)) < 300


def test_a_mode_that_this_cell_lacks_is_refused():
    with pytest.raises(ValueError, match="mask must be one of one, ends and"):
        parse("two-1-2-3-4-5-6", 3, ("one", "ends"))
