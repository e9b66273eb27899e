"""The causal convolution: in numpy what it is in torch, and blind to what comes later."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rnnviz.training import convolution
from rnnviz.training.convolution import DILATIONS, KERNEL, CausalConvolution, layers, receptive_field

shapes = pytest.mark.parametrize(("channels", "time", "sequences"), [(1, 3, 1), (5, 16, 2), (16, 40, 7)])


def in_numpy(module, x):
    """x: (sequences, time) -> (sequences, time, channels)"""
    tensors = {name: value.detach().numpy() for name, value in module.state_dict().items()}
    reader = CausalConvolution(tensors, len(x))
    return np.stack([reader.read(column).T for column in x.T], axis=1)


@shapes
def test_it_is_torchs_conv1d(channels, time, sequences):
    torch.manual_seed(1)
    module = layers(1, channels).double()
    x = np.random.default_rng(2).normal(size=(sequences, time))
    h = torch.tensor(x)[:, None]
    for layer, dilation in zip((module.conv_l0, module.conv_l1), DILATIONS, strict=True):
        past = (KERNEL - 1) * dilation
        both = torch.nn.functional.conv1d(h, layer.weight, layer.bias, padding=past, dilation=dilation)
        h = torch.relu(both[..., :time])
    np.testing.assert_allclose(in_numpy(module, x), h.transpose(1, 2).detach().numpy(), rtol=0, atol=1e-12)
    theirs, none = module(torch.tensor(x)[..., None])
    np.testing.assert_allclose(in_numpy(module, x), theirs.detach().numpy(), rtol=0, atol=1e-12)
    assert none is None


@pytest.mark.parametrize("t", [0, 5, 20, 38])
def test_no_output_knows_a_later_value(t):
    module = layers(1, 6)
    x = np.random.default_rng(0).normal(size=(3, 40))
    changed = x.copy()
    changed[:, t + 1 :] = 100.0
    np.testing.assert_array_equal(in_numpy(module, x)[:, : t + 1], in_numpy(module, changed)[:, : t + 1])
    assert not np.array_equal(in_numpy(module, x)[:, t + 1], in_numpy(module, changed)[:, t + 1])


def test_an_output_depends_on_as_many_values_as_it_says():
    torch.manual_seed(0)
    module = layers(1, 16).double()
    x = torch.randn(1, 50, 1, dtype=torch.float64, requires_grad=True)
    module(x)[0][0, -1].sum().backward()
    touched = torch.nonzero(x.grad[0, :, 0])[:, 0]
    assert int(touched[0]) == 50 - receptive_field() == 34 and int(touched[-1]) == 49


@pytest.mark.parametrize(("inputs", "channels"), [(1, 16), (2, 3), (10, 8)])
def test_it_counts_what_it_learns(inputs, channels):
    learned = sum(parameter.numel() for parameter in layers(inputs, channels).parameters())
    assert convolution.parameters(inputs, channels) == learned
