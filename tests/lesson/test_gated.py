"""What the lessons on gated cells compute: a hold equals a torch loop with the same gate fixed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.lesson import Config, gated
from rnnviz.lesson.gated import FREE, Hold, Settings
from tests.engine.strategies import Reading, assert_close
from tests.engine.torch_loop import Loop

TEXT = "To be, or not to be"
LSTM = Settings("LSTM", "trained", 0, None, None)
GRU = Settings("GRU", "trained", 0, None, "after")
BEFORE = Settings("GRU", "trained", 0, None, "before")
NETWORKS = {"LSTM": LSTM, "GRU, reset after": GRU, "GRU, reset before": BEFORE}
GATES = {"LSTM": "fio", "GRU": "zr"}
BASE = {"units": "all units", "unit": 0, "start": 1, "weights": "trained", "seed": 0}


@st.composite
def holds(draw, gates):
    """Some gates at values in [0, 1], for all units or one, from any step."""
    values = draw(
        st.dictionaries(st.sampled_from(gates), st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1), min_size=1)
    )
    return Hold(tuple(values.items()), draw(st.none() | st.integers(0, 63)), draw(st.integers(0, 25)))


def config(gates, **changes):
    free = dict.fromkeys(gates, "free") | {f"{gate}_at": 0.5 for gate in gates}
    return Config(BASE | free | changes)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@settings(max_examples=12)
@given(data=st.data())
def test_a_held_network_equals_a_torch_loop_with_the_same_gates_fixed(network, data):
    hold = data.draw(holds(GATES[network.cell]))
    read = gated.reading(network, TEXT, hold)
    loop = Loop(Reading(gated.network(network).cell, read.trace.x, None, None, **hold.run))
    for quantity in read.trace.quantities:
        assert_close(read.trace[quantity], loop.array(quantity))


@pytest.mark.parametrize(
    ("changes", "hold", "words"),
    [
        ({}, FREE, None),
        ({"start": 9, "units": "one unit"}, FREE, None),
        ({"f": "shut"}, Hold((("f", 0.0),)), "f = 0 for all units"),
        (
            {"f": "open", "i": "shut", "start": 5},
            Hold((("f", 1.0), ("i", 0.0)), None, 4),
            "f = 1 and i = 0 for all units, from t = 5 on",
        ),
        ({"o": "at", "o_at": 0.25, "units": "one unit", "unit": 7}, Hold((("o", 0.25),), 7), "o = 0.25 for unit 7"),
    ],
)  # fmt: skip
def test_the_controls_say_what_is_held(changes, hold, words):
    made = Hold.of(config("fio", **changes), "fio")
    assert made == hold
    assert words is None or made.words == words


def test_nothing_held_is_the_free_network():
    np.testing.assert_array_equal(gated.reading(LSTM, TEXT, FREE).p, gated.reading(LSTM, TEXT).p)


def test_what_does_not_count_for_these_weights_is_left_out_of_the_settings():
    assert Settings.of("LSTM", config("fio", seed=7, bias="3")) == LSTM
    assert Settings.of("LSTM", config("fio", seed=7, bias="3", weights="random")) == Settings(
        "LSTM", "random", 7, 3.0, None
    )
    assert Settings.of("GRU", config("zr", reset="before")) == BEFORE


def test_perfect_memory_keeps_the_cell_state_to_the_last_digit():
    c = gated.reading(LSTM, TEXT, Hold((("f", 1.0), ("i", 0.0)), start=6)).trace["c"]
    np.testing.assert_array_equal(c[6:], np.broadcast_to(c[5], c[6:].shape))
    assert c[5].any()


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@settings(max_examples=8)
@given(data=st.data())
def test_a_difference_is_what_two_readings_differ_by(network, data):
    hold = data.draw(holds(GATES[network.cell]))
    change = gated.difference(network, TEXT, hold)
    model = gated.network(network)
    held, free = model.read(TEXT, **hold.run), model.read(TEXT)
    for state, distance in change.states.items():
        assert_close(distance, np.sqrt(((held.trace[state] - free.trace[state]) ** 2).sum(axis=1)))
    assert (distance[: hold.start] == 0).all()
    assert change.flipped == sum(a != b for a, b in zip(held.p.argmax(1), free.p.argmax(1), strict=True))
    assert (change.bits, change.free_bits) == (held.bits, free.bits)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_what_a_gate_is_worth_is_the_surprise_with_it_held(network):
    costs = gated.hold_costs(network, TEXT)
    assert sorted(costs["gate"].unique()) == sorted(GATES[network.cell])
    for gate, value, bits in costs.itertuples(index=False):
        assert bits == gated.network(network).read(TEXT, clamp={gate: value}).bits


def test_what_untrained_forget_gates_leave_is_the_product_of_f():
    kept = gated.kept_share(3, TEXT)
    assert list(kept) == ["forget bias 0", "forget bias 1", "forget bias 3"]
    for bias, share in zip((0, 1, 3), kept.values(), strict=True):
        network = Settings("LSTM", "random", 3, float(bias), None)
        f = gated.reading(network, TEXT).trace["f"]
        left = np.ones(f.shape[1])
        for t in range(len(f)):
            left = left * (f[t] if t else 1)
            assert share[t] == pytest.approx(left.mean(), rel=1e-12)


def test_a_larger_forget_bias_leaves_more():
    none, one, three = (share[-1] for share in gated.kept_share(0, TEXT).values())
    assert none < one < three


def test_what_is_left_of_a_cell_state_is_what_a_cell_that_writes_nothing_more_keeps():
    """The law behind the figure: after the first step i = 0, and c_t / c_1 is the product of the forget gates."""
    model = gated.network(Settings("LSTM", "random", 3, 1.0, None))
    trace = model.read(TEXT, clamp={"i": 0.0}, hold_from=1).trace
    kept = trace["c"] / trace["c"][0]
    np.testing.assert_allclose(kept, np.cumprod(np.vstack([np.ones(64), trace["f"][1:]]), axis=0), rtol=1e-10)


@pytest.mark.parametrize("text", [TEXT, 5 * "To be, or not to be, that is the question"[:40], "z"])
@pytest.mark.parametrize("network", [GRU, BEFORE], ids=["after", "before"])
def test_a_gru_held_at_z_0_and_r_1_is_a_plain_cell(network, text):
    assert gated.distance_to_plain(network, text) < 1e-14


def test_results_that_all_visitors_share_cannot_be_changed():
    shared = [*gated.difference(LSTM, TEXT, Hold((("f", 1.0),))).states.values(), *gated.kept_share(0, TEXT).values()]
    assert not any(values.flags.writeable for values in shared)


def test_the_units_that_can_be_held_are_those_of_the_models():
    for network in NETWORKS.values():
        assert gated.network(network).cell.hidden_size == gated.UNITS


def test_envelopes_hold_every_unit():
    read = gated.reading(LSTM, TEXT)
    unit = gated.largest_unit(read)
    assert np.abs(read.trace["c"][:, unit]).max() == np.abs(read.trace["c"]).max()
    for state, envelope in gated.envelopes(read, unit).items():
        values = read.trace[state]
        np.testing.assert_array_equal(envelope.value, values[:, unit])
        assert (envelope.low[:, None] <= values).all() and (values <= envelope.high[:, None]).all()


def test_openness_is_the_mean_of_each_gate():
    read = gated.reading(GRU, TEXT)
    for gate, mean in gated.openness(read).items():
        np.testing.assert_array_equal(mean, read.trace[gate].mean(axis=1))
    assert list(gated.openness(read)) == ["r", "z"]


@pytest.mark.parametrize("sign", [1, -1], ids=["above", "below"])
def test_the_largest_unit_is_the_furthest_from_0_on_either_side_and_at_any_step(sign):
    """Unit 7 starts at ±90 and is never written to, so that only its first steps lie far out."""
    c0 = np.zeros(gated.UNITS)
    c0[7] = sign * 90
    read = gated.network(LSTM).read(TEXT, c0=c0, clamp={"f": {7: 0.5}, "i": {7: 0.0}})
    c = read.trace["c"]
    assert c[0, 7] == sign * 45 and np.abs(c[-1]).argmax() != 7
    assert np.abs(np.delete(c, 7, axis=1)).max() < 45
    assert gated.largest_unit(read) == 7


def test_gates_at_spaces_and_elsewhere_are_means_of_those_steps():
    read = gated.reading(LSTM, TEXT)
    space = np.array([character == " " for character in TEXT])
    for gate, (at, elsewhere) in gated.at_spaces(read).items():
        assert at == pytest.approx(read.trace[gate][space].mean()) != elsewhere
        assert elsewhere == pytest.approx(read.trace[gate][~space].mean())
    for text in ("word", "   "):
        assert gated.at_spaces(gated.reading(LSTM, text)) == {}
