"""The chart: a plotly figure in the browser, updated in place and linked to the player."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from .assets import component
from .payload import encode

_chart = component("chart", isolate_styles=False)  # plotly.js puts its styles into the document


class Figure(Protocol):
    """What the chart needs of a plotly figure."""

    def to_json(self) -> str | None: ...


@dataclass(frozen=True)
class Sweep:
    """A control whose whole range was computed at once: the browser scrubs it, and no server is asked.

    name: its key in the URL; charts with the same name move together
    values: what the control can be, ascending   start: where it stands before anyone moves it
    frames: (trace number, attribute such as "z" or "y") -> (values, ...) what the figure shows at each value
    slider: whether this chart shows the control
    """

    name: str
    label: str
    values: Sequence[float]
    start: float
    frames: Mapping[tuple[int, str], np.ndarray] = field(default_factory=dict)
    unit: str = ""
    slider: bool = True

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
) -> float | None:
    """Show a figure; with a sweep, return the value at which it rests.

    The figure's `layout.meta` says which axis is the time step (drawn from 1) and which the unit (from 0):
    `{"time": "x", "unit": "y"}`. Hover, pin and playhead are then shared with the player.

    caption: what the figure shows, seen above it   alt: what is to be seen in it, in words
    dark: light colour -> dark colour   line, accent: the light colours of grid lines, and of playhead and pin
    """
    result = _chart(
        key=key,
        data=payload(figure, name=key, caption=caption, alt=alt, dark=dark, line=line, accent=accent, sweep=sweep),
        default={"value": None if sweep is None else sweep.start},
        on_value_change=lambda: None,
    )
    return result.value


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
        "targets": [
            {"trace": trace, "attribute": attribute, "array": f"{trace} {attribute}"}
            for trace, attribute in sweep.frames
        ],
    }
    return encode(header, arrays)
