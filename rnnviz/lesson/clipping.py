"""What the lesson "Clipping" computes for the plane and the cliff: each by its settings, and each only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz.engine import Cliff, Descent, Elman, angle, backward, clip_by_norm, clip_by_value, descend
from rnnviz.engine.clipping import norm
from rnnviz.figures.surface import cliff_surface
from rnnviz.stage import Point
from rnnviz.stage.chart import Figure

from . import fixed
from .remember import remember
from .words import decimal

CLIP = {"norm": clip_by_norm, "value": clip_by_value}
THETAS = tuple(float(f"{10 ** (k / 20):.2g}") for k in range(-26, 15))
"""What θ can be in the plane: from 0.05 to 5, evenly on a log axis."""
GRADIENTS, STEPS = 40, 8
"""So many sequences, each so long, give the gradients of the plane."""
BOX = np.array([[3.0, -4.0], [7.0, -1.0]])
"""What the picture of the cliff shows: the lower and the upper corner, (w, b)."""
FINE = 141
"""Points along each axis of that picture."""
HIGHEST = 0.49
"""The largest loss that the cliff has: σ(x) = 0 where 0.7 is asked for."""
UPDATES = 80
"""Of each descent."""
RUNS = {"without": "without clipping", "norm": "with clipping"}


@dataclass(frozen=True, eq=False)
class Plane:
    """Gradients of a one-unit RNN, one a sequence, and what clipping makes of them at each of `THETAS`.

    weight: w of the unit   gradients: (gradients, 2) ∂L/∂w and ∂L/∂u
    """

    weight: float
    gradients: np.ndarray

    @cached_property
    def norms(self) -> np.ndarray:
        """(gradients,) ‖g‖₂"""
        return norm(self.gradients)

    @cached_property
    def clipped(self) -> Mapping[str, np.ndarray]:
        """method -> (thetas, gradients, 2)"""
        return {method: np.stack([clip(self.gradients, theta) for theta in THETAS]) for method, clip in CLIP.items()}

    @cached_property
    def angles(self) -> Mapping[str, np.ndarray]:
        """method -> (thetas, gradients) degrees between before and after"""
        return {method: angle(self.gradients, after) for method, after in self.clipped.items()}

    @property
    def limit(self) -> float:
        """What both axes must reach to show every arrow."""
        return 1.08 * float(np.abs(self.gradients).max())


@remember
def plane(weight: float, seed: int) -> Plane:
    """Each sequence has inputs of N(0, 1) and asks for a last state y uniform in ±1, by L = (h_T − y)².

    The unit is h_t = tanh(w h_{t−1} + u x_t) with u = 1; its gradients are those of `backward`, through all steps.
    """
    generator = np.random.default_rng(seed)
    cell = Elman([[1.0]], [[weight]])
    gradients = np.empty((GRADIENTS, 2))
    for row in gradients:
        trace = cell.run(generator.normal(size=(STEPS, 1)))
        dh = np.zeros((STEPS, 1))
        dh[-1] = 2 * (trace.h[-1] - generator.uniform(-1, 1))
        back = backward(trace, dh)
        assert back.weight_hh is not None and back.weight_ih is not None
        row[:] = back.weight_hh[0, 0], back.weight_ih[0, 0]
    gradients.setflags(write=False)
    return Plane(weight, gradients)


@dataclass(frozen=True, eq=False)
class Ground:
    """The loss of the cliff over the picture. w: (points,)   b: (points,)   loss: (b, w)   steepest: the largest ‖g‖"""

    w: np.ndarray
    b: np.ndarray
    loss: np.ndarray
    steepest: float


@remember
def ground() -> Ground:
    w, b = (np.linspace(BOX[0, axis], BOX[1, axis], FINE) for axis in (0, 1))
    loss, dw, db = Cliff().gradient(*np.meshgrid(w, b))
    for array in (w, b, loss):
        array.setflags(write=False)
    return Ground(w, b, loss, float(norm(np.stack([dw, db], axis=-1)).max()))


@remember
def descents(w: float, b: float, learning_rate: float, threshold: float) -> Mapping[str, Descent]:
    """ "norm" and "without" -> the descent from there with and without clipping, the last one drawn on top."""
    pair = descend(Cliff(), (w, b), learning_rate=learning_rate, thresholds=(threshold, None), updates=UPDATES)
    return MappingProxyType(dict(zip(("norm", "without"), pair, strict=True)))


@remember(most=32)
def surface(w: float, b: float, learning_rate: float, threshold: float, dark: bool) -> Figure:
    """The cliff in three dimensions, with both descents from there. dark: whether in the dark theme's colours"""
    pair, under = descents(w, b, learning_rate, threshold), ground()
    paths = {kind: on_surface(one) for kind, one in pair.items()}
    return cliff_surface(under.loss, w=under.w, b=under.b, paths=paths, highest=HIGHEST, dark=dark)


def on_surface(descent: Descent) -> np.ndarray:
    """(updates + 1, 3) w, b and L, NaN from where it leaves the picture."""
    points = np.column_stack([descent.place, descent.loss])
    gone = descent.leaves(*BOX)
    if gone is not None:
        points[gone:] = np.nan
    return points


def fate(descent: Descent, *, plain: bool = False) -> str:
    """What became of a descent, in a few words (markdown; plain: without formulas)."""
    gone, last = descent.leaves(*BOX), len(descent.loss) - 1
    loss = f"L = {descent.loss[-1]:.3g}" if plain else f"$L = {decimal(descent.loss[-1])}$"
    if gone is None:
        return f"stays in the picture and stands at {loss} after {last} updates"
    if not np.isfinite(descent.place).all():
        return f"is thrown out of the picture at update {gone} and ends where no number is left"
    w, b = descent.place[gone]
    return f"is thrown out of the picture at update {gone}, to w = {w:.2f}, b = {b:.2f}; after {last} updates, {loss}"


def compared(pair: Mapping[str, Descent]) -> str:
    """The loss at which both descents stand at last (markdown)."""
    return (
        f"After {UPDATES} updates, $L = {decimal(pair['norm'].loss[-1])}$ with clipping and "
        f"${decimal(pair['without'].loss[-1])}$ without."
    )


def steepest(descent: Descent) -> tuple[float, float]:
    """The largest ‖g‖ of a descent while it is in the picture, and how many times the median of those there it is."""
    norms = descent.norm[: descent.leaves(*BOX)]
    return float(norms.max()), float(norms.max() / np.median(norms))


def numbers(pair: Mapping[str, Descent], update: int) -> list[tuple]:
    """One row a descent at one update: its name, the update, L, ‖g‖, applied ‖g‖, w, b."""
    return [
        (RUNS[kind], update, one.loss[update], one.norm[update], one.applied[update], *one.place[update])
        for kind, one in pair.items()
    ]


def table(pair: Mapping[str, Descent]) -> pd.DataFrame:
    """`numbers` of every update."""
    count = len(next(iter(pair.values())).loss)
    return pd.DataFrame(
        [row for update in range(count) for row in numbers(pair, update)],
        columns=["descent", "update", "L", "‖g‖", "applied ‖g‖", "w", "b"],
    )


def in_words(pair: Mapping[str, Descent], update: int) -> str:
    """`numbers` of one update as a table (markdown)."""
    rows = [
        f"| {name} | " + " | ".join(f"{value:.4g}" for value in values) + " |"
        for name, _, *values in numbers(pair, update)
    ]
    head = ["| update " + f"{update} | L | ‖g‖₂ | applied ‖g‖₂ | w | b |", "|:--|--:|--:|--:|--:|--:|"]
    return "\n".join([*head, *rows])


def start_is_fixed() -> bool:
    """Whether the link says where both descents start, and nothing else can."""
    return fixed.fixed("w0") or fixed.fixed("b0")


def start_at(point: Point) -> None:
    """Set the start of both descents to a place that was clicked, as far as the picture reaches."""
    for name, value, low, high in zip(("w0", "b0"), point, *BOX, strict=True):
        st.session_state[name] = round(min(max(value, low), high), 3)
