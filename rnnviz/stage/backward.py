"""What the player needs of a backward pass, to play it after the forward one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Backward:
    """The backward pass over the same trace.

    Every norm is log10, -inf where it is exactly zero, so that 1e-400 still has a place.

    loss: (time,) L_t, NaN where a step has none
    total: (time,) log10 ‖∂L/∂h_t‖₂, through all later steps
    own: (time,) log10 ‖∂L_t/∂h_t‖₂, what the step's own loss hands in
    carried: (time,) log10 of the norm of what flows from step t into h_{t-1}; carried[0] into the state at the start
    scale: (low, high) the log10 ends of the colours and widths; what lies beyond takes the end's colour, and the legend
        says so
    cell: (time,) log10 ‖∂L/∂c_t‖₂, or None without a cell state
    unit: of the loss; empty for a squared error of numbers that have none
    """

    loss: np.ndarray
    total: np.ndarray
    own: np.ndarray
    carried: np.ndarray
    scale: tuple[float, float]
    cell: np.ndarray | None = None
    unit: str = "nats"

    def parts(self) -> dict[str, np.ndarray]:
        """Every array by its name."""
        named = {"loss": self.loss, "total": self.total, "own": self.own, "carried": self.carried, "cell": self.cell}
        return {name: np.asarray(values, dtype=float) for name, values in named.items() if values is not None}


def sent(backward: Backward, steps: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What goes into the player's header, and its arrays by name.

    Raises ValueError on an array that is not (time,), and on a scale whose ends are not finite and ascending.
    """
    low, high = (float(end) for end in backward.scale)
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"scale is {backward.scale!r}; it must be two finite numbers, the lower one first")
    parts = backward.parts()
    for name, values in parts.items():
        if values.shape != (steps,):
            raise ValueError(f"{name} has shape {values.shape}; one number a step is needed, ({steps},)")
    norms = np.concatenate([values for name, values in parts.items() if name != "loss"])
    with np.errstate(over="ignore", invalid="ignore"):
        parts["sum"] = np.array([np.nansum(parts["loss"])])
        finite = parts["loss"][np.isfinite(parts["loss"])]
    header = {
        "low": low,
        "high": high,
        "below": bool((norms[np.isfinite(norms)] < low).any()),
        "above": bool((norms > high).any()),
        "undefined": bool(np.isnan(norms).any()),
        "highest": float(finite.max(initial=0.0)),
        "cell": backward.cell is not None,
        "unit": backward.unit,
    }
    return header, {f"backward {name}": values for name, values in parts.items()}
