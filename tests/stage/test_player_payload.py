"""The player is sent what the engine recorded, and nothing else."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman
from rnnviz.figures.palette import PLAYER
from rnnviz.stage.player import NAMES, Output, payload
from rnnviz.stage.scales import limit
from rnnviz.training.character_model import CELLS, character_model
from tests.engine.strategies import EVERY, called, normal, readings
from tests.stage.decoder import as_sent, decode

LARGEST = float(np.finfo(np.float32).max)
PHASES = {
    Elman: ["input", "hidden", "output"],
    BagOfWords: ["input", "hidden", "output"],
    GRU: ["input", "gates", "hidden", "output"],
    LSTM: ["input", "gates", "cell", "hidden", "output"],
}
SHOWN = {Elman: "h", BagOfWords: "h", GRU: "hrzn", LSTM: "hcifgo"}
OPENINGS = {Elman: [], BagOfWords: [], GRU: ["r", "z"], LSTM: ["i", "f", "o"]}


def outputs(steps, ranks=3, seed=0):
    p = np.random.default_rng(seed).dirichlet(np.ones(ranks), steps)
    return Output([[f"{t}{rank}" for rank in range(ranks)] for t in range(steps)], p)


def send(trace, output=None, **more):
    return payload(
        trace, list("x" * len(trace)), output or outputs(len(trace)), title="A trace", palette=PLAYER, **more
    )


def example(cls, **options):
    return cls.random(3, 3, seed=1, **options).run(normal(5, 3, seed=2))


def exploded():
    """An unbounded state beyond every number: 3^1000."""
    cell = Elman.random(3, 8, seed=0, spectral_radius=3.0, nonlinearity="identity")
    return cell.run(np.eye(3)[np.arange(1000) % 3])


@given(readings(EVERY, clamped=True))
def test_every_quantity_drawn_is_the_recorded_one(reading):
    trace = reading.run()
    header, arrays = decode(send(trace))
    shown = {quantity["key"] for quantity in header["quantities"]}
    others = {"openness", "probability", "start h", "start c"}
    wired = {operation["key"] for operation in (header["wiring"] or {"operations": []})["operations"]}
    assert shown == set(SHOWN[type(trace.cell)]) == set(arrays) - others - (wired - shown)
    for quantity in shown:
        np.testing.assert_array_equal(arrays[quantity], as_sent(trace[quantity]), strict=True)
    assert (header["steps"], header["units"]) == trace.h.shape


@given(readings(EVERY, clamped=True))
def test_how_open_the_gates_are_is_their_mean_over_the_units(reading):
    trace = reading.run()
    header, arrays = decode(send(trace))
    assert set(header["gates"]) == set(OPENINGS[type(trace.cell)])
    assert arrays["openness"].shape == (len(trace), len(header["gates"]))
    for k, gate in enumerate(header["gates"]):
        np.testing.assert_array_equal(arrays["openness"][:, k], as_sent(trace[gate].mean(axis=1)))


@given(readings(EVERY))
def test_the_states_that_the_first_step_starts_from_are_sent(reading):
    trace = reading.run()
    header, arrays = decode(send(trace))
    starts = [trace.h0] if trace.c is None else [trace.h0, trace.c0]
    for state, start in zip("hc", starts, strict=False):
        np.testing.assert_array_equal(arrays[f"start {state}"], as_sent(start), strict=True)
    assert ("start c" in arrays) == (trace.c is not None)
    assert ("zero" in header["starts"]) == (not np.any(starts))


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_outputs_and_their_probabilities_arrive_in_order(steps, ranks, seed):
    output = outputs(steps, ranks, seed)
    header, arrays = decode(send(Elman.random(2, 2).run(np.ones((steps, 2))), output))
    assert header["outputs"] == output.tokens
    np.testing.assert_array_equal(arrays["probability"], as_sent(output.p), strict=True)


@given(st.lists(st.text(max_size=3), min_size=1, max_size=6))
def test_input_tokens_are_labels_of_any_kind(tokens):
    trace = Elman.random(2, 2).run(np.ones((len(tokens), 2)))
    sent = payload(trace, tokens, outputs(len(tokens)), title="", palette=PLAYER)
    assert decode(sent)[0]["tokens"] == tokens


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_phases_come_in_the_order_of_computation(kind):
    header, _ = decode(send(example(kind[0], **kind[1])))
    phases = [phase["key"] for phase in header["phases"]]
    assert phases == PHASES[kind[0]]
    assert {quantity["phase"] for quantity in header["quantities"]} == set(phases) - {"input", "output"}
    assert all(phase["says"] for phase in header["phases"])
    assert header["lane"] == ("c" if kind[0] is LSTM else None)


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_every_quantity_drawn_has_a_name_of_its_own(kind):
    header, _ = decode(send(example(kind[0], **kind[1])))
    named = [(quantity["symbol"], quantity["name"]) for quantity in header["quantities"]]
    assert named == [(quantity, NAMES[quantity]) for quantity in SHOWN[kind[0]]]


@given(readings(EVERY))
def test_a_scale_holds_every_number_of_the_trace(reading):
    trace = reading.run()
    for quantity in decode(send(trace))[0]["quantities"]:
        values = trace[quantity["key"]]
        assert np.abs(values[np.isfinite(values)]).max(initial=0) <= quantity["limit"] * (1 + 1e-12)


@pytest.mark.parametrize("cls", [Elman, GRU, LSTM])
def test_what_is_bounded_is_drawn_on_a_scale_that_ends_at_one(cls):
    quantities = decode(send(example(cls)))[0]["quantities"]
    scales = {quantity["key"]: (quantity["scale"], quantity["limit"]) for quantity in quantities}
    for key in set(scales) - {"c"}:
        assert scales[key] == ("gate" if key in "ifozr" else "signed", 1)


def test_the_cell_state_has_one_scale_for_all_steps():
    trace = LSTM.random(3, 3, seed=1).run(np.ones((50, 3)), clamp={"f": 1.0, "i": 1.0, "g": 0.25})
    (c,) = [quantity for quantity in decode(send(trace))[0]["quantities"] if quantity["key"] == "c"]
    assert c["limit"] == limit(trace.c) == 15 >= np.abs(trace.c).max() == 12.5


def scales_of(trace, **named):
    quantities = decode(send(trace, scales=named))[0]["quantities"]
    return {q["key"]: q["limit"] for q in quantities}, {q["key"] for q in quantities if q["beyond"]}


@given(st.floats(0, 1e6, width=32))
def test_traces_with_a_named_scale_share_it_and_gates_keep_theirs(end):
    for trace in (example(LSTM), LSTM.random(3, 3, seed=5).run(normal(5, 3, seed=6))):
        assert scales_of(trace, c=end, i=9)[0] == {**dict.fromkeys("hifgo", 1), "c": limit(np.array([end]))}


def test_what_lies_beyond_a_named_scale_is_said():
    trace = LSTM.random(3, 3, seed=1).run(np.ones((50, 3)), clamp={"f": 1.0, "i": 1.0, "g": 0.25})
    assert np.abs(trace.c).max() == 12.5
    assert scales_of(trace) == ({**dict.fromkeys("hifgo", 1), "c": 15}, set())
    assert scales_of(trace, c=12.5) == ({**dict.fromkeys("hifgo", 1), "c": 15}, set())
    assert scales_of(trace, c=3) == ({**dict.fromkeys("hifgo", 1), "c": 3}, {"c"})
    assert scales_of(trace, c=10) == ({**dict.fromkeys("hifgo", 1), "c": 10}, {"c"})


def test_what_overflowed_lies_beyond_every_scale():
    assert scales_of(exploded())[1] == {"h"}


@pytest.mark.parametrize(("held", "beyond"), [(0.0, set()), (1.0, set()), (1.5, {"f"}), (-0.5, {"f"})])
def test_a_gate_held_where_no_gate_can_be_lies_beyond_its_scale(held, beyond):
    assert scales_of(LSTM.random(3, 3, seed=1).run(np.ones((2, 3)), clamp={"f": held}))[1] == beyond


NUMBERS = hnp.arrays(np.float64, st.integers(0, 5), elements=st.floats(width=32))


@given(NUMBERS)
def test_a_limit_is_one_or_at_most_half_as_large_again_as_the_largest_number(values):
    largest = np.abs(values[np.isfinite(values)]).max(initial=0)
    if largest <= 1:
        assert limit(values) == 1
    else:
        assert largest * (1 - 1e-12) <= limit(values) <= 1.5 * largest * (1 + 1e-12)


@given(NUMBERS)
def test_a_limit_looks_at_size_alone(values):
    assert limit(values) == limit(-values) == limit(np.append(values, [np.nan, np.inf, -np.inf, 0]))


@given(NUMBERS, NUMBERS)
def test_a_limit_grows_with_what_it_must_hold(values, more):
    assume(len(values))
    assert limit(values) <= limit(np.concatenate([values, more]))


@pytest.mark.parametrize("largest", [1.7e308, 9e307, 1e300, 1e39])
def test_a_limit_is_a_number_that_can_be_sent_and_drawn(largest):
    assert limit(np.array([largest, 2.0])) <= 2 * LARGEST


def test_an_overflowed_trace_is_sent_with_its_infinities():
    trace = exploded()
    header, arrays = decode(send(trace))
    np.testing.assert_array_equal(arrays["h"], as_sent(trace.h))
    assert not np.isfinite(arrays["h"][-1]).any()
    assert np.isfinite(header["quantities"][0]["limit"])


@pytest.mark.parametrize("cell", CELLS)
def test_all_zero_weights_give_another_picture(cell):
    model = character_model(cell)
    trained, zero = (decode(send(one.read("to be").trace)) for one in (model, model.zeroed()))
    assert trained[0]["fingerprint"] != zero[0]["fingerprint"]
    assert np.abs(trained[1]["h"]).max() > 0.1 and not zero[1]["h"].any()


@given(readings(EVERY))
def test_the_same_trace_gives_the_same_bytes(reading):
    assert send(reading.run()) == send(reading.run())


def test_the_fingerprint_follows_every_number_and_word():
    trace, other = example(LSTM), LSTM.random(3, 3, seed=1).run(normal(5, 3, seed=2) + 1e-6)
    tokens, output = list("hello"), outputs(5)
    sent = [
        payload(trace, tokens, output, title="a", palette=PLAYER),
        payload(other, tokens, output, title="a", palette=PLAYER),
        payload(trace, list("hallo"), output, title="a", palette=PLAYER),
        payload(trace, tokens, outputs(5, seed=1), title="a", palette=PLAYER),
        payload(trace, tokens, output, title="b", palette=PLAYER),
    ]
    assert len({decode(one)[0]["fingerprint"] for one in sent}) == len(sent)
