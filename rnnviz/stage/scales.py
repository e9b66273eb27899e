"""Where the colour scales of the stage end."""

from collections.abc import Mapping
from typing import Any

import numpy as np

OPENINGS = "ifozr"
"""The quantities in [0, 1], drawn on the scale of gates."""


def extent(quantity: str, values: np.ndarray, scales: Mapping[str, float]) -> dict[str, Any]:
    """Where a quantity's scale ends, and whether values lie beyond it."""
    if quantity in OPENINGS:
        return {"limit": 1, "beyond": bool((values < 0).any() or (values > 1).any())}
    end = limit(np.array(scales[quantity])) if quantity in scales else limit(values)
    return {"limit": end, "beyond": bool((np.abs(values) > end).any())}


def limit(values: np.ndarray) -> float:
    """Where a signed scale ends: 1 for what stays within ±1, else the next round number above the largest.

    values: any shape; what float32, in which they travel, cannot hold is infinite and does not count.
    """
    with np.errstate(over="ignore"):
        sent = np.abs(values.astype(np.float32))
    largest = float(sent[np.isfinite(sent)].max(initial=0.0))
    if largest <= 1:
        return 1
    step = 10.0 ** np.floor(np.log10(largest))
    return float(step * np.ceil(largest / step * 2) / 2)
