"""The player: one recorded trace, played in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.wiring import lines

from .assets import component
from .backward import Backward, sent
from .diagram import diagram
from .payload import encode
from .pin import Pin
from .scales import OPENINGS, extent
from .shown import remembered

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
PHASES = {
    "input": "the input and the last state come in",
    "gates": "the gates open and shut",
    "cell": "the cell state is updated",
    "hidden": "the hidden state follows",
    "output": "the output is read from it",
}

_player = component("player")


VIEWS = ("unrolled", "folded", "cell", "letters")


@dataclass(frozen=True)
class Output:
    """What the network says at each step. tokens: (time, ranks) labels, likeliest first; p: (time, ranks).

    With no ranks it says nothing: the player shows the state alone.

    says: what that is called: what comes "next", or an "answer"
    right: (time,) labels of the right answers, a row of their own, empty where none is asked for; () for no row
    """

    tokens: Sequence[Sequence[str]]
    p: np.ndarray
    says: str = "next"
    right: Sequence[str] = ()


@dataclass(frozen=True)
class Ghost:
    """The trace before something was changed, drawn faintly beside the one that is shown.

    trace: of the same input and sizes   label: what it is called, such as "without the clamp"
    """

    trace: Trace
    output: Output
    label: str


@dataclass(frozen=True)
class Look:
    """What the page asks the player to look at, once for each new `id`; None leaves a part as it is."""

    id: str
    unit: int | None = None
    quantity: str | None = None
    view: str | None = None


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
    ghost: Ghost | None = None,
    view: str = "unrolled",
    look: Look | None = None,
    backward: Backward | None = None,
) -> Pin | None:
    """Show the player and return what is pinned in it, None for nothing.

    With a backward pass it plays on after the last step, from the losses to the left, and opens at the end of that.

    tokens: (time,) the label of each input
    title: what it shows, for those who cannot see it
    palette: theme -> colours, `figures.palette.PLAYER`
    scales: quantity -> where its signed scale ends, so that several traces share one; what lies beyond takes the
        colour of the end, and the legend says so
    pin: what is pinned before anyone clicked
    view: what it opens with, one of `VIEWS`, where the address names no other
    """
    result = _player(
        key=key,
        data=remembered(
            key,
            payload(
                trace,
                tokens,
                output,
                title=title,
                palette=palette,
                scales=scales,
                ghost=ghost,
                view=view,
                look=look,
                backward=backward,
            ),
        ),
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
    ghost: Ghost | None = None,
    view: str = "unrolled",
    look: Look | None = None,
    backward: Backward | None = None,
) -> bytes:
    """Everything that the player draws. Scales: signed ±limit, gates 0 to 1; shared by all steps and units.

    Raises ValueError on an unknown view, and on right answers, a ghost or a backward pass of other sizes.
    """
    if len(output.right) not in (0, len(trace)):
        raise ValueError(f"right has {len(output.right)} labels; one a step is needed, {len(trace)}")
    if view not in VIEWS:
        raise ValueError(f"view is {view!r}; it must be one of {', '.join(VIEWS)}")
    if ghost is not None and ghost.trace.h.shape != trace.h.shape:
        raise ValueError(f"the ghost's states are {ghost.trace.h.shape}; they must be {trace.h.shape} as the trace's")
    shown = [quantity for quantity in NAMES if quantity in trace]
    gates = [gate for gate in trace.cell.gates if gate in OPENINGS]
    arrays = {quantity: trace[quantity] for quantity in shown}
    arrays["openness"] = (
        np.stack([trace[gate].mean(axis=1) for gate in gates], 1) if gates else np.zeros((len(trace), 0))
    )
    arrays["probability"] = output.p
    has_cell_state = trace.c is not None
    starts = {"h": trace.h0} | ({} if trace.c0 is None else {"c": trace.c0})
    arrays |= {f"start {state}": value for state, value in starts.items()}
    phases = ["input", *(["gates"] if gates else []), *(["cell"] if has_cell_state else []), "hidden"]
    phases += ["output"] if output.p.shape[1] else []
    header = {
        "title": title,
        "steps": len(trace),
        "units": trace.cell.hidden_size,
        "tokens": list(tokens),
        "one_hot": trace.x.shape[1] > 1
        and bool(((trace.x == 0) | (trace.x == 1)).all() and (trace.x.sum(axis=1) == 1).all()),
        "outputs": [list(labels) for labels in output.tokens],
        "says": output.says,
        "right": list(output.right),
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
        "view": view,
        "wiring": diagram(trace, scales or {}),
        "held": {gate: list(units) for gate, units in trace.clamp.items()},
        "held_from": trace.hold_from,
        "ghost": None,
        "backward": None,
    }
    if header["wiring"] is not None:
        arrays |= {line: value for line, value in lines(trace).items() if line not in arrays}
    if ghost is not None:
        header["ghost"] = {"label": ghost.label, "outputs": [list(labels) for labels in ghost.output.tokens]}
        arrays |= {f"ghost {quantity}": ghost.trace[quantity] for quantity in shown}
        arrays |= {"ghost probability": ghost.output.p}
        arrays["change"] = np.linalg.norm(trace.h - ghost.trace.h, axis=1)
    if backward is not None:
        header["backward"], norms = sent(backward, len(trace))
        arrays |= norms
    # What the picture shows, in a few letters: tests and benchmarks wait for it to change.
    header["fingerprint"] = sha1(encode(header, arrays), usedforsecurity=False).hexdigest()[:12]
    return encode(header | {"look": None if look is None else vars(look)}, arrays)
