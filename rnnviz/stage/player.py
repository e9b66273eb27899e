"""The player: one recorded trace, played in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import numpy as np

from rnnviz.engine import Trace

from .assets import component
from .payload import encode
from .pin import Pin

NAMES = {
    "h": "hidden state",
    "c": "cell state",
    "i": "input gate",
    "f": "forget gate",
    "g": "candidate",
    "o": "output gate",
    "r": "reset gate",
    "z": "update gate",
    "n": "candidate",
}
OPENINGS = "ifozr"
PHASES = {
    "input": "the input and the last state come in",
    "gates": "the gates open and shut",
    "cell": "the cell state is updated",
    "hidden": "the hidden state follows",
    "output": "the output is read from it",
}

_player = component("player")


@dataclass(frozen=True)
class Output:
    """What the network says at each step. tokens: (time, ranks) labels, likeliest first; p: (time, ranks)."""

    tokens: Sequence[Sequence[str]]
    p: np.ndarray


def player(
    trace: Trace,
    tokens: Sequence[str],
    output: Output,
    *,
    key: str,
    title: str,
    palette: Mapping[str, Any],
    scales: Mapping[str, float] | None = None,
    pin: Pin | None = None,
) -> Pin | None:
    """Show the player and return what is pinned in it, None for nothing.

    tokens: (time,) the label of each input
    title: what it shows, for those who cannot see it
    palette: theme -> colours, `figures.palette.PLAYER`
    scales: quantity -> where its signed scale ends, so that several traces share one; what lies beyond takes the
        colour of the end, and the legend says so
    pin: what is pinned before anyone clicked
    """
    result = _player(
        key=key,
        data=payload(trace, tokens, output, title=title, palette=palette, scales=scales),
        default={"pin": None if pin is None else pin._asdict()},
        on_pin_change=lambda: None,
    )
    return Pin.from_state(result.pin)


def payload(
    trace: Trace,
    tokens: Sequence[str],
    output: Output,
    *,
    title: str,
    palette: Mapping[str, Any],
    scales: Mapping[str, float] | None = None,
) -> bytes:
    """Everything that the player draws. Scales: signed ±limit, gates 0 to 1; shared by all steps and units."""
    shown = [quantity for quantity in NAMES if quantity in trace]
    gates = [gate for gate in trace.cell.gates if gate in OPENINGS]
    arrays = {quantity: trace[quantity] for quantity in shown}
    arrays["openness"] = (
        np.stack([trace[gate].mean(axis=1) for gate in gates], 1) if gates else np.zeros((len(trace), 0))
    )
    arrays["probability"] = output.p
    has_cell_state = trace.c is not None
    starts = {"h": trace.h0} | ({"c": trace.c0} if has_cell_state else {})
    arrays |= {f"start {state}": value for state, value in starts.items()}
    phases = ["input", *(["gates"] if gates else []), *(["cell"] if has_cell_state else []), "hidden", "output"]
    header = {
        "title": title,
        "steps": len(trace),
        "units": trace.cell.hidden_size,
        "tokens": list(tokens),
        "outputs": [list(labels) for labels in output.tokens],
        "quantities": [
            {
                "key": quantity,
                "symbol": quantity,
                "name": NAMES[quantity],
                "scale": "gate" if quantity in OPENINGS else "signed",
                **extent(quantity, trace[quantity], scales or {}),
                "phase": {"h": "hidden", "c": "cell"}.get(quantity, "gates"),
            }
            for quantity in shown
        ],
        "gates": gates,
        "lane": "c" if has_cell_state else None,
        "starts": f"{' and '.join(starts)} {'start' if has_cell_state else 'starts'} "
        + ("as all zeros" if not any(value.any() for value in starts.values()) else "as handed in"),
        "phases": [{"key": phase, "says": PHASES[phase]} for phase in phases],
        "palettes": palette,
    }
    # What the picture shows, in a few letters: tests and benchmarks wait for it to change.
    header["fingerprint"] = sha1(encode(header, arrays), usedforsecurity=False).hexdigest()[:12]
    return encode(header, arrays)


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
