"""The Elman network (Elman 1990, Finding Structure in Time), torch's `nn.RNN`."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import checks
from .cell import Array, Cell, Pulled
from .trace import Trace

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
    "identity": np.copy,
}
SLOPES: dict[str, Callable[[Array], Array]] = {
    "tanh": lambda h: 1.0 - h * h,
    "relu": lambda h: (h > 0.0).astype(float),  # torch's choice at 0 too
    "identity": np.ones_like,
}
LATEX = {"tanh": r"\tanh(%s)", "relu": r"\mathrm{ReLU}(%s)", "identity": "%s"}


class Elman(Cell):
    r"""The plain recurrent cell.

    .. math::
        h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})

    nonlinearity: φ, one of "tanh", "relu", "identity"
    """

    name = "Elman"
    blocks = ("h",)
    options = ("nonlinearity",)

    def __init__(
        self, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None, *, nonlinearity: str = "tanh"
    ) -> None:
        super().__init__(weight_ih, weight_hh, bias_ih, bias_hh)
        self.nonlinearity = checks.choice("nonlinearity", nonlinearity, tuple(ACTIVATIONS))

    @property
    def formulas(self) -> dict[str, str]:
        inside = "W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}"
        return {
            "h_pre": r"h^{\mathrm{pre}}_t = " + inside,
            "h": "h_t = " + LATEX[self.nonlinearity] % inside,
        }

    def forward(
        self, x: Array, h0: Array, c0: Array | None, held: Mapping[str, Mapping[int, float]], hold_from: int
    ) -> dict[str, Array]:
        r""":math:`h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})`"""
        phi = ACTIVATIONS[self.nonlinearity]
        h_pre = x @ self.weight_ih.T + (self.bias_ih + self.bias_hh)
        h = np.empty_like(h_pre)
        before = h0
        for t in range(len(x)):
            h_pre[t] += self.weight_hh @ before
            before = h[t] = phi(h_pre[t])
        return {"h_pre": h_pre, "h": h}

    def pullback(self, trace: Trace) -> Callable[[int, Array, Array | None], Pulled]:
        r"""With :math:`\delta_t = \partial L / \partial h^{pre}_t`:

        .. math::
            \delta_t &= \phi'(h^{pre}_t) \odot \partial L / \partial h_t \\
            \partial L / \partial h_{t-1} &= \partial L_{t-1} / \partial h_{t-1} + W_{hh}^T \delta_t
        """
        slope = SLOPES[self.nonlinearity](trace.h)

        def pull(t: int, dh: Array, dc: Array | None = None) -> Pulled:
            delta = slope[t] * dh
            return Pulled(delta, delta, delta @ self.weight_hh)

        return pull
