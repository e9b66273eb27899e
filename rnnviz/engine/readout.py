"""From the state to the output: a linear layer and a softmax."""

from typing import Any

import numpy as np

from . import checks

Array = np.ndarray


class Readout:
    r"""What a state says about the next token.

    .. math::
        p_t = \mathrm{softmax}(W_{hy} h_t + b_y)

    weight: (classes, hidden)   bias: (classes,), zero if left out. Copied and frozen.
    """

    formulas = {"y": "y_t = W_{hy} h_t + b_y", "p": r"p_t = \mathrm{softmax}(W_{hy} h_t + b_y)"}

    def __init__(self, weight: Any, bias: Any = None) -> None:
        self.weight = checks.array("weight", weight, (None, None))
        classes = len(self.weight)
        self.bias = np.zeros(classes) if bias is None else checks.array("bias", bias, (classes,))
        for value in (self.weight, self.bias):
            value.setflags(write=False)

    @property
    def parameters(self) -> int:
        return self.weight.size + self.bias.size

    def run(self, h: Array) -> Array:
        """h: (time, hidden) -> p: (time, classes), each row summing to 1; NaN where the state has overflowed."""
        h = checks.array("h", h, (None, self.weight.shape[1]), finite=False)
        with np.errstate(over="ignore", invalid="ignore"):
            return softmax(h @ self.weight.T + self.bias)


def softmax(y: Array) -> Array:
    r""":math:`p_k = e^{y_k} / \sum_j e^{y_j}` over the last axis, shifted by the largest so that nothing overflows."""
    shifted = np.exp(y - y.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
