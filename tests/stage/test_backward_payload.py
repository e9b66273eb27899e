"""The player is sent the backward pass as it was measured, zeros and overflow included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnnviz.engine import GRU, LSTM, backward, flow
from rnnviz.figures.palette import PLAYER
from rnnviz.stage import Backward, Output
from rnnviz.stage.player import payload
from tests.engine.strategies import normal
from tests.stage.decoder import as_sent, decode

STEPS = 6
NORMS = hnp.arrays(np.float64, STEPS, elements=st.floats(-400, 400) | st.sampled_from([-np.inf, np.inf, np.nan]))


def send(backward, cls=LSTM, steps=STEPS):
    trace = cls.random(3, 4, seed=1).run(normal(steps, 3, seed=2))
    output = Output([["a"]] * steps, np.ones((steps, 1)))
    return decode(payload(trace, "x" * steps, output, title="", palette=PLAYER, backward=backward))


def one(value, **others):
    arrays = {name: np.full(STEPS, float(value)) for name in ("loss", "total", "own", "carried")}
    return Backward(**arrays | {"scale": (-3, 1)} | others)


def test_without_a_backward_pass_there_is_none():
    header, arrays = send(None)
    assert header["backward"] is None
    assert not [name for name in arrays if name.startswith("backward")]


@given(NORMS, NORMS, NORMS, NORMS, st.none() | NORMS)
def test_every_norm_arrives_as_it_is(loss, total, own, carried, cell):
    header, arrays = send(Backward(loss, total, own, carried, (-8, 2), cell))
    named = {"loss": loss, "total": total, "own": own, "carried": carried, "cell": cell}
    for name, values in named.items():
        if values is not None:
            np.testing.assert_array_equal(arrays[f"backward {name}"], as_sent(values), strict=True)
    norms = np.concatenate([values for name, values in named.items() if values is not None and name != "loss"])
    said = header["backward"]
    assert (said["low"], said["high"], said["cell"]) == (-8, 2, cell is not None)
    assert said["undefined"] == bool(np.isnan(norms).any())
    assert said["above"] == bool((norms > 2).any())
    assert said["below"] == bool((norms[np.isfinite(norms)] < -8).any())


@pytest.mark.parametrize("cls", [GRU, LSTM])
def test_the_norms_of_a_pass_are_those_of_its_gradients(cls):
    trace, dh = cls.random(3, 4, seed=1).run(normal(STEPS, 3, seed=2)), normal(STEPS, 4, seed=3)
    gradients, norms = backward(trace, dh), flow(trace, dh)
    _, arrays = send(Backward(np.ones(STEPS), norms.total, norms.own, norms.carried, (-3, 1), norms.cell), cls)
    into = np.concatenate([[gradients.h0], (gradients.h - dh)[:-1]])
    for name, expected in (("total", gradients.h), ("own", dh), ("carried", into), ("cell", gradients.c)):
        if expected is not None:
            np.testing.assert_allclose(
                arrays[f"backward {name}"], np.log10(np.linalg.norm(expected, axis=1)), atol=1e-5
            )


def test_the_sum_leaves_out_the_steps_without_a_loss():
    loss = np.array([1, np.nan, 2.5, np.nan, 0, 3])
    header, arrays = send(one(0, loss=loss))
    assert arrays["backward sum"] == [6.5] and header["backward"]["highest"] == 3
    header, arrays = send(one(0, loss=np.append(loss[:-1], np.inf)))
    assert np.isposinf(arrays["backward sum"]) and header["backward"]["highest"] == 2.5


def test_another_pass_gives_another_fingerprint():
    assert len({send(one(value))[0]["fingerprint"] for value in (0, 1, -np.inf)} | {send(None)[0]["fingerprint"]}) == 4


@pytest.mark.parametrize("name", ["loss", "total", "own", "carried", "cell"])
def test_another_number_of_steps_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name} has shape \(5,\).*\(6,\)"):
        send(one(0, **{name: np.zeros(5)}))


@pytest.mark.parametrize("scale", [(1, -3), (0, 0), (-np.inf, 1), (0, np.nan)])
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(ValueError, match="two finite numbers, the lower one first"):
        send(one(0, scale=scale))
