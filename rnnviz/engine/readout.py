"""From the state to the output, and what its errors cost: a linear layer, a softmax, cross-entropy."""

from typing import Any, NamedTuple

import numpy as np

from . import checks

Array = np.ndarray


class Loss(NamedTuple):
    """What the outputs of a sequence cost, and the gradients that go back from there, by step.

    values: (time,) L_t = −ln p_t[target] in nats, NaN for a step without a target
    dh: (time, hidden) ∂L_t/∂h_t   weight: (time, classes, hidden), bias: (time, classes)   all 0 without a target
    """

    values: Array
    dh: Array
    weight: Array
    bias: Array


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

    def cross_entropy(self, h: Array, targets: Any, *, only_last: bool = False) -> Loss:
        r"""The loss of each step, and its exact gradients.

        .. math::
            L_t &= -\ln p_t[k_t] \\
            \partial L_t / \partial y_t &= p_t - \mathrm{onehot}(k_t) \\
            \partial L_t / \partial h_t &= W_{hy}^T (p_t - \mathrm{onehot}(k_t))

        h: (time, hidden)   targets: (n,) the right classes of the first n ≤ time steps
        only_last: count only the last step that has a target
        Raises ValueError on what is no class, and on more targets than steps.
        """
        h = checks.array("h", h, (None, self.weight.shape[1]), finite=False)
        targets = np.asarray(targets)
        classes = len(self.weight)
        if targets.ndim != 1 or len(targets) > len(h) or (targets.size and targets.dtype.kind not in "iu"):
            raise ValueError(
                f"targets has shape {targets.shape}; it must be whole numbers, one a step, at most {len(h)}"
            )
        if targets.size and not 0 <= targets.min() <= targets.max() < classes:
            raise ValueError(f"targets reach from {targets.min()} to {targets.max()}; classes are 0 to {classes - 1}")
        steps = np.arange(len(targets))[-1:] if only_last else np.arange(len(targets))
        right = targets[steps].astype(int)
        values, dy = np.full(len(h), np.nan), np.zeros((len(h), classes))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            y = h[steps] @ self.weight.T + self.bias
            shifted = y - y.max(axis=-1, keepdims=True)
            values[steps] = np.log(np.exp(shifted).sum(axis=-1)) - shifted[np.arange(len(steps)), right]
            dy[steps] = softmax(y)
            dy[steps, right] -= 1.0
            return Loss(values, dy @ self.weight, dy[:, :, None] * h[:, None, :], dy)


def softmax(y: Array) -> Array:
    r""":math:`p_k = e^{y_k} / \sum_j e^{y_j}` over the last axis, shifted by the largest so that nothing overflows."""
    shifted = np.exp(y - y.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
