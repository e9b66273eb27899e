"""The cliff's gradient is torch's and that of finite differences, and a clipped step is never longer than ηθ."""

import numpy as np
import pytest
import torch

from rnnviz.engine import Cliff, descend
from rnnviz.engine.clipping import norm

PLACES = [(4.5, -3.5), (4.5, -2.3), (3.2, -1.1), (6.9, -3.7), (0.0, 0.0), (-3.0, 2.0)]
SHAPES = [Cliff(), Cliff(steps=1), Cliff(steps=7, start=-1.0, target=0.2)]


def in_torch(cliff, w, b):
    w, b = (torch.tensor(float(one), dtype=torch.double, requires_grad=True) for one in (w, b))
    x = torch.tensor(cliff.start, dtype=torch.double)
    for _ in range(cliff.steps):
        x = w * torch.sigmoid(x) + b
    loss = (torch.sigmoid(x) - cliff.target) ** 2
    loss.backward()
    return loss.item(), w.grad.item(), b.grad.item()


@pytest.mark.parametrize("cliff", SHAPES, ids=lambda cliff: f"{cliff.steps} steps")
def test_loss_and_gradient_are_torchs_over_a_grid_at_once(cliff):
    w, b = np.array(PLACES).T.reshape(2, 2, 3)
    ours = np.array(cliff.gradient(w, b)).reshape(3, -1).T
    np.testing.assert_allclose(ours, [in_torch(cliff, *place) for place in PLACES], rtol=1e-11)
    np.testing.assert_array_equal(cliff.loss(w, b), cliff.gradient(w, b)[0])


@pytest.mark.parametrize(("w", "b"), [(4.2, -3.0), (5.5, -2.0), (3.5, -1.5)])
def test_the_gradient_is_that_of_finite_differences(w, b):
    cliff, step = Cliff(), 1e-6
    _, dw, db = cliff.gradient(w, b)
    assert dw == pytest.approx((cliff.loss(w + step, b) - cliff.loss(w - step, b)) / (2 * step), rel=1e-6)
    assert db == pytest.approx((cliff.loss(w, b + step) - cliff.loss(w, b - step)) / (2 * step), rel=1e-6)


def test_there_is_a_cliff():
    w, b = np.meshgrid(np.linspace(3, 7, 201), np.linspace(-4, -1, 201))
    loss, dw, db = Cliff().gradient(w, b)
    slopes = norm(np.stack([dw, db], axis=-1))
    assert slopes.max() > 100 * np.median(slopes) and 0 <= loss.min() < loss.max() < 0.49


@pytest.mark.parametrize("theta", [0.02, 0.25, 3.0])
@pytest.mark.parametrize("start", [(4.5, -3.5), (4.5, -2.5)])
def test_each_step_is_downhill_by_the_rate_and_no_longer_than_the_rate_times_theta(start, theta):
    rate = 0.5
    clipped, free = descend(Cliff(), start, learning_rate=rate, thresholds=(theta, None), updates=60)
    for one in (clipped, free):
        loss, dw, db = Cliff().gradient(*one.place.T)
        np.testing.assert_allclose(one.loss, loss)
        np.testing.assert_allclose(one.gradient, np.stack([dw, db], axis=1))
        np.testing.assert_allclose(norm(np.diff(one.place, axis=0)), rate * one.applied[:-1], rtol=1e-9, atol=1e-15)
        np.testing.assert_array_equal(one.place[0], start)
    np.testing.assert_array_equal(free.applied, free.norm)
    np.testing.assert_allclose(clipped.applied, np.minimum(clipped.norm, theta))
    step = 0.5 * clipped.applied[:-1, None] * clipped.gradient[:-1] / clipped.norm[:-1, None]
    np.testing.assert_allclose(-np.diff(clipped.place, axis=0), step, atol=1e-12)


@pytest.mark.parametrize("start", [(4.5, -3.5), (4.5, -2.5), (5.0, -2.6)])
def test_torchs_optimiser_takes_the_same_steps(start):
    """Few steps: at the cliff, rounding grows as everything does."""
    (ours,) = descend(Cliff(), start, learning_rate=0.3, thresholds=(0.1,), updates=10)
    place = torch.tensor(start, dtype=torch.double, requires_grad=True)
    optimiser = torch.optim.SGD([place], lr=0.3)
    for k in range(10):
        np.testing.assert_allclose(ours.place[k], place.detach().numpy(), rtol=1e-6)
        x = torch.tensor(0.5, dtype=torch.double)
        for _ in range(50):
            x = place[0] * torch.sigmoid(x) + place[1]
        optimiser.zero_grad()
        ((torch.sigmoid(x) - 0.7) ** 2).backward()
        torch.nn.utils.clip_grad_norm_([place], 0.1)
        optimiser.step()


def test_descents_do_not_know_of_each_other():
    both = descend(Cliff(), (4.5, -3.5), learning_rate=0.5, thresholds=(0.25, None), updates=40)
    for one, theta in zip(both, (0.25, None), strict=True):
        (alone,) = descend(Cliff(), (4.5, -3.5), learning_rate=0.5, thresholds=(theta,), updates=40)
        np.testing.assert_array_equal(one.place, alone.place)


def test_the_update_at_which_a_descent_leaves_a_box_is_the_first_outside():
    (free,) = descend(Cliff(), (4.5, -3.5), learning_rate=0.5, thresholds=(None,), updates=80)
    gone = free.leaves((3, -4), (7, -1))
    assert ((free.place[:gone] >= (3, -4)) & (free.place[:gone] <= (7, -1))).all()
    assert not ((free.place[gone] >= (3, -4)) & (free.place[gone] <= (7, -1))).all()
    assert free.leaves((-100, -100), (100, 100)) is None and free.leaves((0, 0), (1, 1)) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learning_rate": 0}, "learning_rate must be a finite number above 0, not 0"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"thresholds": (0,)}, "threshold must be a finite number above 0, not 0"),
        ({"updates": 0}, "updates must be a whole number of at least 1, not 0"),
        ({"start": (1, 2, 3)}, "start has shape"),
        ({"start": (np.nan, 0)}, "start holds nan"),
    ],
)
def test_what_cannot_be_descended_is_refused(change, words):
    arguments = {"start": (4.5, -3.5), "learning_rate": 0.5, "thresholds": (None,), "updates": 3} | change
    with pytest.raises(ValueError, match=words):
        descend(Cliff(), arguments.pop("start"), **arguments)


@pytest.mark.parametrize("change", [{"steps": 0}, {"start": np.inf}, {"target": "high"}])
def test_a_cliff_that_is_none_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        Cliff(**change)
