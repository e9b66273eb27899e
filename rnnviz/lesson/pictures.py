"""The small picture of each lesson on the map: numbers that the lesson itself computes when it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from rnnviz.engine import clip_by_norm
from rnnviz.figures import palette
from rnnviz.figures.thumbnails import Line, heatmap, lines, rays
from rnnviz.tasks import forecasting
from rnnviz.training.results import kept

from . import bptt, clipping, gated, sequences, training, unrolling, vanishing
from .remember import remember
from .words import counted

TEXT = "To be, or not to be, that is the question"
UNITS = 16
"""How many units a heatmap shows: at that size, more are not seen."""
TRAINED = unrolling.Settings("LSTM", "trained", 0)


class Picture(NamedTuple):
    """svg: theme -> SVG   shows: what is to be seen in it, in words"""

    svg: Mapping[str, str]
    shows: str


def order() -> Picture:
    kinds = {"bag": "bag of words", "window": "window of 2 words", "Elman": "Elman"}
    one, two = ("dog", "bites", "man"), ("man", "bites", "dog")
    distance = sequences.continued(one, two, 2, 8, 0).distance
    colours = {"bag": palette.CELLS["BagOfWords"], "window": palette.MUTED, "Elman": palette.CELLS["Elman"]}
    drawn = [Line(distance[kind], colours[kind], dash="4 3" if kind == "window" else "") for kind in kinds]
    ends = ", ".join(f"{name} {sequences.size(distance[kind][-1])}" for kind, name in kinds.items())
    return Picture(
        lines(drawn, low=0, high=max(float(d.max()) for d in distance.values())),
        f"Distance between the states of two sentences of the same words, word by word. At the end: {ends}.",
    )


def states() -> Picture:
    h = unrolling.reading(TRAINED, TEXT).trace.h[:, :UNITS]
    return Picture(
        heatmap(h.T, palette.SIGNED, -1, 1),
        f"Hidden state of a trained LSTM over a text: the first {UNITS} units, {len(h)} steps.",
    )


def forget_gates() -> Picture:
    f = gated.reading(gated.Settings("LSTM", "trained", 0, None, None), TEXT).trace["f"][:, :UNITS]
    return Picture(
        heatmap(f.T, palette.GATE, 0, 1),
        f"Forget gates of a trained LSTM over a text, shut to open: the first {UNITS} units, {len(f)} steps.",
    )


def gru_gates() -> Picture:
    read = gated.reading(gated.Settings("GRU", "trained", 0, None, "after"), TEXT)
    mean = gated.openness(read)
    return Picture(
        lines([Line(mean[gate], palette.GATES[gate]) for gate in "zr"], low=0, high=1),
        f"Mean of a trained GRU's update gate z ({mean['z'].mean():.2f} over the text) and reset gate r "
        f"({mean['r'].mean():.2f}), from 0 to 1.",
    )


def blame() -> Picture:
    logs = bptt.blame(TRAINED, TEXT)
    return Picture(
        heatmap(logs, palette.NORM, float(np.nanmin(logs)), float(np.nanmax(logs))),
        f"‖∂Lₜ/∂hₛ‖₂ for every loss t and every earlier state s, from {10 ** np.nanmin(logs):.0e} to "
        f"{10 ** np.nanmax(logs):.0e}.",
    )


def fading() -> Picture:
    settings = vanishing.Settings("tanh", 32, 100, 1.0, 1.0, None, 0, False, "")
    logs = vanishing.flow(settings).logs
    at = settings.values.index(vanishing.START)
    shown = {"Elman": "Elman", "GRU": "GRU", "LSTM": "LSTM, h"}
    ends = ", ".join(f"{cell} 10^{logs[name][at, 0]:.1f}" for cell, name in shown.items())
    lowest = min(float(logs[name][at].min()) for name in shown.values())
    return Picture(
        lines([Line(logs[name][at], palette.CELLS[cell]) for cell, name in shown.items()], low=lowest, high=0.5),
        f"‖∂L/∂hₜ‖₂ of three untrained cells over 100 steps, log axis. Left at the first step: {ends}.",
    )


def clipped() -> Picture:
    plane, theta = clipping.plane(1.2, 0), 1.0
    after = clip_by_norm(plane.gradients, theta)
    return Picture(
        rays([(plane.gradients, palette.MUTED, 0.8), (after, palette.CLIPPING["norm"], 2.2)], limit=1.5),
        f"{len(after)} gradients as arrows, thin before and thick after they are clipped to length 1; the longest had "
        f"{plane.norms.max():.1f}.",
    )


def losses() -> Picture | None:
    records = {cell: tuple(filter(None, map(kept, plans))) for cell, plans in training.standard().items()}
    if not all(records.values()):
        return None
    shown = training.Compared(records)
    curves = {cell: np.log10(curve.middle) for cell, curve in shown.curves("loss").items()}
    values = np.concatenate([*curves.values()])
    return Picture(
        lines(
            [Line(curve, palette.CELLS[cell]) for cell, curve in curves.items()],
            low=float(np.nanmin(values)),
            high=float(np.nanmax(values)),
        ),
        f"Mean loss of Elman, GRU and LSTM over {counted(len(records['LSTM']), 'seed')} on {shown.task.name}, "
        f"T = {shown.any.plan.length}, over {shown.any.plan.updates:,} updates, log axis. "
        + ", ".join(f"{cell} ends at {10 ** curve[-1]:.1e}" for cell, curve in curves.items())
        + ".",
    )


def sunspots() -> Picture:
    series = forecasting.SERIES["sunspots"]()
    values, horizon = series.values[-66:], 22
    known = len(values) - horizon
    (naive,) = forecasting.seasonal_naive(values, np.array([known - 1]), horizon, series.season)
    ahead = np.concatenate([np.full(known - 1, np.nan), values[known - 1 : known], naive])
    return Picture(
        lines(
            [Line(values, palette.MUTED, 1.4), Line(ahead, palette.ACCENT, 2.0)],
            low=0,
            high=float(max(values.max(), naive.max())),
        ),
        f"The last {len(values)} years of the sunspot number, and for {horizon} of them the forecast that the last "
        f"{series.season} years repeat.",
    )


PICTURES: dict[str, Callable[[], Picture | None]] = {
    "sequences": order,
    "unrolling": states,
    "lstm": forget_gates,
    "gru": gru_gates,
    "bptt": blame,
    "vanishing": fading,
    "clipping": clipped,
    "training": losses,
    "series": sunspots,
}
"""Lesson -> what makes its picture; a lesson that is not here has a card without one."""


@remember
def picture(lesson: str) -> Picture | None:
    """The picture of a lesson; None for none."""
    return PICTURES[lesson]() if lesson in PICTURES else None
