"""The state that forgets the order: a running sum."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

import numpy as np

from . import checks
from .cell import Array, Cell, Pulled
from .trace import Trace


class BagOfWords(Cell):
    r"""The running sum of the inputs: no weights, no order (Harris 1954, Distributional Structure).

    .. math::
        h_t = h_{t-1} + x_t

    Its state has the input's size.
    """

    name = "BagOfWords"
    blocks = ()

    def __init__(self, input_size: int) -> None:
        self.input_size = self.hidden_size = checks.size("input_size", input_size)

    @classmethod
    def random(
        cls,
        input_size: int,
        hidden_size: int | None = None,
        *,
        seed: int = 0,
        spectral_radius: float | None = None,
        forget_bias: float | None = None,
        **options: Any,
    ) -> Self:
        """The bag of this input size: there is nothing to draw. ValueError if `hidden_size` is another."""
        if hidden_size not in (None, input_size):
            raise ValueError(f"hidden_size is {hidden_size!r}; a BagOfWords has the input's size, {input_size!r}")
        for name, value in {"spectral_radius": spectral_radius, "forget_bias": forget_bias, **options}.items():
            if value is not None:
                raise ValueError(f"{name} is {value!r}, but BagOfWords has no weights and no options")
        return cls(input_size)

    @classmethod
    def from_state_dict(cls, state_dict: Mapping[str, Any], **options: Any) -> NoReturn:
        """Always ValueError: there are no weights to read."""
        raise ValueError("BagOfWords has no weights to read; make one with BagOfWords(input_size)")

    def state_dict(self) -> dict[str, Array]:
        return {}

    @property
    def parameters(self) -> int:
        return 0

    @property
    def formulas(self) -> dict[str, str]:
        return {"h": "h_t = h_{t-1} + x_t"}

    def numbers(self, trace: Trace, time: int, unit: int) -> dict[str, float]:
        return super().numbers(trace, time, unit) | {"x_t": float(trace.x[time, unit])}

    def forward(
        self, x: Array, h0: Array, c0: Array | None, held: Mapping[str, Mapping[int, float]], hold_from: int
    ) -> dict[str, Array]:
        r""":math:`h_t = h_{t-1} + x_t`"""
        return {"h": h0 + np.cumsum(x, axis=0)}

    def pullback(self, trace: Trace) -> Callable[[int, Array, Array | None], Pulled]:
        r""":math:`\partial L / \partial h_{t-1} = \partial L_{t-1} / \partial h_{t-1} + \partial L / \partial h_t`"""

        def pull(t: int, dh: Array, dc: Array | None = None) -> Pulled:
            return Pulled(dh, dh[..., :0], dh)

        return pull
