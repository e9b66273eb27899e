"""A small causal convolution over time, for comparison with cells that carry a state. torch only in `layers`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn

KERNEL = 4
DILATIONS = (1, 4)


def receptive_field() -> int:
    """How many of the last values an output depends on."""
    return 1 + (KERNEL - 1) * sum(DILATIONS)


def parameters(inputs: int, channels: int) -> int:
    """Numbers that the two layers learn."""
    return channels * (inputs * KERNEL + 1) + channels * (channels * KERNEL + 1)


def layers(inputs: int, channels: int) -> nn.Module:
    """torch's module: x (batch, time, inputs) -> (h (batch, time, channels), None), in the way of torch's cells."""
    from torch import Tensor, nn
    from torch.nn import functional

    class CausalConvolution(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv_l0 = nn.Conv1d(inputs, channels, KERNEL, dilation=DILATIONS[0])
            self.conv_l1 = nn.Conv1d(channels, channels, KERNEL, dilation=DILATIONS[1])

        def forward(self, x: Tensor) -> tuple[Tensor, None]:
            h = x.transpose(1, 2)
            for layer, dilation in zip((self.conv_l0, self.conv_l1), DILATIONS, strict=True):
                h = functional.relu(layer(functional.pad(h, ((KERNEL - 1) * dilation, 0))))
            return h.transpose(1, 2), None

    return CausalConvolution()


class CausalConvolution:
    r"""The same in numpy, a step of many sequences at a time.

    .. math::
        u_t &= \mathrm{ReLU}(b_0 + \sum_{j=0}^{3} W_{0,j}\, x_{t-(3-j)}) \\
        h_t &= \mathrm{ReLU}(b_1 + \sum_{j=0}^{3} W_{1,j}\, u_{t-4(3-j)})

    What lies before the first step is 0, of x as of u.
    """

    def __init__(self, tensors: Mapping[str, np.ndarray], sequences: int) -> None:
        self.layers = []
        for k, dilation in enumerate(DILATIONS):
            weight = np.asarray(tensors[f"conv_l{k}.weight"], dtype=float)  # (out, in, kernel)
            bias = np.asarray(tensors[f"conv_l{k}.bias"], dtype=float)
            past = [np.zeros((weight.shape[1], sequences))] * ((KERNEL - 1) * dilation)
            flat = np.concatenate(np.moveaxis(weight, 2, 0), axis=1)  # (out, kernel · in), the oldest first
            self.layers.append((flat, bias[:, None], past, dilation))

    def read(self, x: np.ndarray) -> np.ndarray:
        """x: (sequences,) the next value of each -> h: (channels, sequences)"""
        h = x[None]
        for flat, bias, past, dilation in self.layers:
            past.append(h)
            h = np.maximum(flat @ np.concatenate(past[::dilation]) + bias, 0.0)
            past.pop(0)
        return h
