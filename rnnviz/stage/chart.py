"""The chart: a plotly figure in the browser, updated in place and linked to the player."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import streamlit as st

from .assets import component
from .payload import encode
from .shown import remembered

_chart = component("chart", isolate_styles=False)  # plotly.js puts its styles into the document


class Figure(Protocol):
    """What the chart needs of a plotly figure."""

    def to_json(self) -> str | None: ...


class Point(NamedTuple):
    """A place in a figure, in the values of its axes (on a log axis too: 0.01, not -2)."""

    x: float
    y: float

    @classmethod
    def from_state(cls, value: Any) -> Point | None:
        """What a component sent; None for no place, or for what is none."""
        if not isinstance(value, Mapping):
            return None
        x, y = value.get("x", math.nan), value.get("y", math.nan)
        if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and math.isfinite(n) for n in (x, y)):
            return None
        return cls(float(x), float(y))


@dataclass(frozen=True)
class Sweep:
    """A control whose whole range was computed at once: the browser scrubs it, and no server is asked.

    name: its key in the URL; charts with the same name move together
    values: what the control can be, ascending   start: where it stands before anyone moves it
    frames: (trace number, attribute) -> (values, ...) what the figure shows at each value. An attribute may lie deeper,
        such as "marker.size" or "line.width"; of numbers alone, (values,), it takes one. NaN leaves a gap
    slider: whether this chart shows the control   play: whether a button beside it runs through the values
    pace: how many values a second it plays; more where it would take over ten seconds
    move: (value, when): the page itself moves it there, once for each "when"
    fixed: "lock" where nobody can move it, "hide" where its slider is not even shown; it stands as the URL has it
    """

    name: str
    label: str
    values: Sequence[float]
    start: float
    frames: Mapping[tuple[int, str], np.ndarray] = field(default_factory=dict)
    unit: str = ""
    slider: bool = True
    play: bool = False
    pace: float = 12.0
    move: tuple[float, float] | None = None
    fixed: str = ""

    def __post_init__(self) -> None:
        if self.start not in self.values:
            raise ValueError(f"start is {self.start!r}; it must be one of the values {list(self.values)}")
        for target, frames in self.frames.items():
            if len(frames) != len(self.values):
                raise ValueError(f"{target} has {len(frames)} frames for {len(self.values)} values; one each is needed")


def chart(
    figure: Figure,
    *,
    key: str,
    caption: str,
    alt: str,
    dark: Mapping[str, str],
    line: str,
    accent: str,
    sweep: Sweep | None = None,
    on_pick: Callable[[Point], None] | None = None,
) -> float | None:
    """Show a figure; with a sweep, return the value at which it rests.

    The figure's `layout.meta` says what its axes are, and what a click does:

    - `{"time": "x", "unit": "y"}`: the time step (drawn from 1) and the unit (from 0). Hover, pin and playhead are then
      shared with the player. Without "unit" a click goes to the step.
    - `{"time": "x", "other": "y"}`: both axes are time steps. A cell under the pointer lights both in the player and in
      the other charts, the second one dashed; a step under the pointer elsewhere is marked along "time".
    - `{"pick": True}`: a click anywhere within the axes is told to `on_pick`, before the script runs again, so that it
      may set other widgets; `picked` has it from then on.

    caption: what the figure shows, seen above it   alt: what is to be seen in it, in words
    dark: light colour -> dark colour   line, accent: the light colours of grid lines, and of playhead and pin
    """

    def tell() -> None:
        if on_pick is not None and (point := picked(key)) is not None:
            on_pick(point)

    result = _chart(
        key=key,
        data=remembered(
            key, payload(figure, name=key, caption=caption, alt=alt, dark=dark, line=line, accent=accent, sweep=sweep)
        ),
        default={"value": None if sweep is None else sweep.start, "point": None},
        on_value_change=lambda: None,
        on_point_change=tell,
    )
    return result.value if sweep is None else rested(key, sweep, result.value)


def rested(key: str, sweep: Sweep, told: float | None) -> float:
    """Where a sweep rests. What was told of other values means nothing now: the browser begins anew, and so does this.

    told: the last that the browser said; None before it has said anything
    """
    values, stale = st.session_state.get(f"{key} swept", (None, None))
    now = tuple(sweep.values)
    if values not in (None, now) and not sweep.fixed:
        stale = told
    elif told != stale:
        stale = None
    st.session_state[f"{key} swept"] = now, stale
    return sweep.start if told is None or (stale is not None and told == stale) else told


def picked(key: str) -> Point | None:
    """The place that was last clicked in the chart of this key, if its figure takes picks; known before it is drawn."""
    return Point.from_state(st.session_state.get(key, {}).get("point"))


def payload(
    figure: Figure,
    *,
    name: str,
    caption: str,
    alt: str,
    dark: Mapping[str, str],
    line: str,
    accent: str,
    sweep: Sweep | None = None,
) -> bytes:
    """Everything that the chart draws."""
    header: dict[str, Any] = {
        "name": name,
        "caption": caption,
        "alt": alt,
        "dark": dark,
        "line": line,
        "accent": accent,
        "figure": figure.to_json(),
        "sweep": None,
    }
    if sweep is None:
        return encode(header, {})
    arrays = {f"{trace} {attribute}": frames for (trace, attribute), frames in sweep.frames.items()}
    header["sweep"] = {
        "name": sweep.name,
        "label": sweep.label,
        "unit": sweep.unit,
        "values": [float(value) for value in sweep.values],
        "start": float(sweep.start),
        "slider": sweep.slider,
        "play": sweep.play,
        "pace": float(sweep.pace),
        "move": None if sweep.move is None else [float(one) for one in sweep.move],
        "fixed": sweep.fixed,
        "targets": [
            {"trace": trace, "attribute": attribute, "array": f"{trace} {attribute}"}
            for trace, attribute in sweep.frames
        ],
    }
    return encode(header, arrays)
