"""Clipping by norm caps the length and keeps the direction; by value it caps each component and may turn."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.engine import angle, clip_by_norm, clip_by_value
from rnnviz.engine.clipping import norm, scale_by_norm

components = st.floats(-1e100, 1e100) | st.floats(-10, 10)
gradients = arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=components)
thresholds = st.floats(1e-3, 1e3)


@given(gradients, thresholds)
def test_clipping_by_norm_caps_the_length_and_keeps_the_direction(g, theta):
    clipped = clip_by_norm(g, theta)
    np.testing.assert_allclose(norm(clipped), np.minimum(norm(g), theta), rtol=1e-12)
    scale = scale_by_norm(norm(g), theta)
    assert ((scale > 0) & (scale <= 1)).all()
    np.testing.assert_array_equal(clipped, scale[:, None] * g)


@given(gradients, thresholds)
def test_clipping_by_norm_turns_nothing(g, theta):
    assume((norm(g) > 1e-100).all())
    np.testing.assert_allclose(angle(g, clip_by_norm(g, theta)), 0, atol=1e-5)


@given(gradients, thresholds)
def test_clipping_by_value_keeps_each_component_within_theta_and_what_is_within_as_it_is(g, theta):
    clipped = clip_by_value(g, theta)
    assert (np.abs(clipped) <= theta).all()
    within = np.abs(g) <= theta
    np.testing.assert_array_equal(clipped[within], g[within])
    np.testing.assert_array_equal(np.sign(clipped), np.sign(g))


@given(gradients, thresholds)
def test_clipping_twice_is_clipping_once(g, theta):
    np.testing.assert_allclose(clip_by_norm(clip_by_norm(g, theta), theta), clip_by_norm(g, theta), rtol=1e-14)
    np.testing.assert_array_equal(clip_by_value(clip_by_value(g, theta), theta), clip_by_value(g, theta))


@given(arrays(float, (3, 4), elements=st.floats(-10, 10)))
def test_a_large_theta_clips_nothing(g):
    np.testing.assert_array_equal(clip_by_norm(g, 100), g)
    np.testing.assert_array_equal(clip_by_value(g, 100), g)


@pytest.mark.parametrize("theta", [0.1, 0.5, 1.0, 3.0, 100.0])
def test_torch_clips_the_same(theta):
    g = np.random.default_rng(0).standard_cauchy((200, 7))
    for row in g:
        for clip, theirs in (
            (clip_by_norm, torch.nn.utils.clip_grad_norm_),
            (clip_by_value, torch.nn.utils.clip_grad_value_),
        ):
            parameters = [torch.nn.Parameter(torch.zeros(n, dtype=torch.double)) for n in (3, 4)]
            for parameter, part in zip(parameters, np.split(row, [3]), strict=True):
                parameter.grad = torch.from_numpy(part.copy())
            theirs(parameters, theta)
            clipped = np.concatenate([parameter.grad.numpy() for parameter in parameters])
            # torch adds 1e-6 to the norm that it divides by, which is said where the formula stands
            np.testing.assert_allclose(clip(row, theta), clipped, rtol=1.1e-6 / min(norm(row), 1))


def test_the_shortening_that_torch_adds_is_what_is_said_of_it():
    g = np.array([3.0, 4.0])
    parameter = torch.nn.Parameter(torch.zeros(2, dtype=torch.double))
    parameter.grad = torch.from_numpy(g.copy())
    torch.nn.utils.clip_grad_norm_([parameter], 1.0)
    np.testing.assert_allclose(parameter.grad.numpy(), clip_by_norm(g, 1) * 5 / (5 + 1e-6), rtol=1e-14)


@pytest.mark.parametrize(
    ("a", "b", "degrees"),
    [([1, 0], [0, 2], 90), ([4, 1], [1, 1], 30.96375653), ([1, 0], [-3, 0], 180), ([1, 1e-9], [1, 0], 5.729577951e-8)],
)
def test_angles_are_those_of_geometry_near_zero_too(a, b, degrees):
    np.testing.assert_allclose(angle(np.array(a), np.array(b)), degrees, rtol=1e-9)


def test_what_has_no_direction_has_no_angle_and_zero_stays_zero():
    assert np.isnan(angle(np.zeros(2), np.ones(2)))
    np.testing.assert_array_equal(clip_by_norm(np.zeros((2, 3)), 1), np.zeros((2, 3)))


def test_norms_beyond_the_square_root_of_the_largest_number_are_still_numbers():
    assert norm([3e200, 4e200]) == pytest.approx(5e200) and norm([3e-200, 4e-200]) == pytest.approx(5e-200)
    np.testing.assert_allclose(clip_by_norm([3e200, 4e200], 1), [0.6, 0.8])


def test_an_infinite_gradient_is_lost_by_norm_as_in_torch_and_kept_by_value():
    assert norm([np.inf, 1]) == np.inf
    np.testing.assert_array_equal(clip_by_norm([np.inf, 1.0], 1), [np.nan, 0])
    np.testing.assert_array_equal(clip_by_value([-np.inf, 0.5], 1), [-1, 0.5])


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_value])
@pytest.mark.parametrize("theta", [0, -1, np.inf, np.nan, "1", None, True])
def test_a_threshold_that_cannot_clip_is_refused_with_its_value(clip, theta):
    with pytest.raises(ValueError, match="threshold must be a finite number") as refusal:
        clip([1.0, 2.0], theta)
    assert repr(theta) in str(refusal.value) or repr(float(theta)) in str(refusal.value)
