"""What the lesson "Backpropagation through time" computes: each by its settings, and each only once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnviz.engine import (
    Flow,
    Share,
    Trace,
    angle,
    backward,
    by_step,
    flow,
    jacobians,
    log_norm,
    log_pairwise,
    log_singular_values,
    log_spectral_norms,
    products,
)
from rnnviz.stage import Backward
from rnnviz.training.character_model import Reading

from .gated import frozen
from .remember import remember
from .unrolling import Settings, network, reading
from .words import decimal, token_label

LONGEST = 100
LOSSES = ("every step", "last step only")
CUTS = ("chunks", "windows")
FADED = 0.01
SCALE = (-8.0, 2.0)
"""log10 of the norms between which the player's colours and widths change, for every cell, loss and text."""


class Backpropagation(NamedTuple):
    """One text, read and differentiated.

    tokens: (time,) labels of the inputs   values: (time,) L_t in nats, NaN at the last character, which has no next one
    counted: (time,) which of them are part of L   dh: (time, hidden) ∂L_t/∂h_t of those, else 0
    flow: log10 norms of what goes back   steps: T, the last step that has a loss; 0 for one character
    """

    reading: Reading
    tokens: list[str]
    values: np.ndarray
    counted: np.ndarray
    dh: np.ndarray
    flow: Flow
    steps: int

    @property
    def loss(self) -> float:
        """L, the sum of what counts, in nats."""
        return float(self.values[self.counted].sum())

    @property
    def norms(self) -> dict[str, np.ndarray]:
        """What `figures.gradient_flow` draws."""
        lines = {"total": self.flow.total, "own": self.flow.own}
        return lines if self.flow.cell is None else lines | {"cell": self.flow.cell}

    @property
    def played(self) -> Backward:
        """What the player plays after the forward pass."""
        losses = np.where(self.counted, self.values, np.nan)
        return Backward(losses, self.flow.total, self.flow.own, self.flow.carried, SCALE, self.flow.cell)

    def table(self) -> pd.DataFrame:
        """time (from 0), character, loss, counted, and log10 of each norm of `Flow`."""
        norms = {f"log10_{name}": values for name, values in self.flow._asdict().items() if values is not None}
        steps = range(len(self.values))
        columns = {"time": steps, "character": list(self.reading.text), "loss": self.values, "counted": self.counted}
        return pd.DataFrame(columns | norms)


@remember
def backpropagation(settings: Settings, text: str, kind: str) -> Backpropagation:
    r"""The loss of one of `LOSSES` and its gradients.

    .. math::
        L_t = -\ln p_t[\text{character}_{t+1}], \qquad L = \sum_t L_t \quad \text{or} \quad L = L_T
    """
    read, readout = reading(settings, text), network(settings).readout
    every = readout.cross_entropy(read.trace.h, read.ids[1:])
    loss = readout.cross_entropy(read.trace.h, read.ids[1:], only_last=kind == LOSSES[1])
    back = flow(read.trace, loss.dh)
    for values in (every.values, loss.dh, *back):
        if values is not None:
            frozen(values)
    tokens = [token_label(network(settings).vocabulary.tokens[i]) for i in read.ids]
    return Backpropagation(read, tokens, every.values, frozen(~np.isnan(loss.values)), loss.dh, back, len(text) - 1)


@remember
def blame(settings: Settings, text: str) -> np.ndarray:
    """(T, T) log10 ‖∂L_t/∂h_s‖₂, [t, s], for the loss of every step; NaN above the diagonal."""
    back = backpropagation(settings, text, LOSSES[0])
    pairs = log_pairwise(back.reading.trace, back.dh)[: back.steps, : back.steps]
    return frozen(np.where(np.tri(back.steps, dtype=bool), pairs, np.nan))


class Factor(NamedTuple):
    """∂s_t/∂s_{t−1}, s = h, or (h, c) joined.

    matrix: (S, S)   singular: (S,) log10, largest first; NaN below S · 2⁻⁵² of the largest, where rounding is all
    """

    matrix: np.ndarray
    singular: np.ndarray


@remember
def factor(settings: Settings, text: str, step: int) -> Factor:
    """One factor of the chain rule. step: t, from 1"""
    trace = reading(settings, text).trace
    t = step - 1
    before = {"h0": trace.previous("h")[t]} | ({} if trace.c is None else {"c0": trace.previous("c")[t]})
    (matrix,) = jacobians(trace.cell.run(trace.x[t : t + 1], **before))
    return Factor(frozen(matrix), frozen(log_singular_values(matrix[None])[0]))


class LastFactor(NamedTuple):
    """What ∂s_T/∂s_{T−1} does to the last loss's gradient. T: the last step with a loss, at least 2

    norm: log10 of its spectral norm   left: log10 of ‖∂L_T/∂s_{T−1}‖₂, in which (h, c) are separate coordinates
    """

    norm: float
    left: float


@remember
def last_factor(settings: Settings, text: str) -> LastFactor:
    back = backpropagation(settings, text, LOSSES[1])
    matrix, singular = factor(settings, text, back.steps)
    return LastFactor(float(singular[0]), float(log_norm(of_last_loss(back, len(matrix)) @ matrix)))


def of_last_loss(back: Backpropagation, size: int) -> np.ndarray:
    """(size,) ∂L_T/∂s_T, s = h, or (h, c) joined: 0 by c."""
    dh = back.dh[back.steps - 1]
    return np.concatenate([dh, np.zeros(size - len(dh))])


class Chain(NamedTuple):
    """All factors of a text at once.

    limit: all but 1 in 200 entries of all factors lie within it, so that all are drawn on one scale
    largest: (T,) log10 of each one's spectral norm; [t − 1] is that of ∂s_t/∂s_{t−1}
    norms: "whole", and of an LSTM "hh" and "cell" -> (T,) log10 of the spectral norm of ∂s_T/∂s_t, ∂h_T/∂h_t and
    ∂c_T/∂c_t
    row: (T,) log10 of ‖∂L_T/∂s_t‖₂. Where s is (h, c), the two are separate coordinates: ∂L_T/∂c_T is 0 in it
    """

    limit: float
    largest: np.ndarray
    norms: Mapping[str, np.ndarray]
    row: np.ndarray


@remember
def chain(settings: Settings, text: str) -> Chain:
    """T is the last step with a loss, so the last character is not read. The text has at least two characters."""
    trace = reading(settings, text[:-1]).trace
    matrices, through = jacobians(trace), products(trace)
    norms = {"whole": frozen(through.log_norms())}
    if through.cell is not None:
        norms |= {part: frozen(through.log_norms(part)) for part in ("hh", "cell")}
    largest = log_spectral_norms(matrices)
    start = of_last_loss(backpropagation(settings, text, LOSSES[1]), matrices.shape[-1])
    row = log_norm(start @ through.mantissa, through.exponent)
    return Chain(float(np.quantile(np.abs(matrices), 0.995)), frozen(largest), MappingProxyType(norms), frozen(row))


class Taught(NamedTuple):
    """What each step taught the weights "W_hy", "W_ih" and "W_hh".

    shares: weight -> (T,) ⟨G_s, G⟩ / ‖G‖², NaN where G is exactly 0   norms: weight -> (T,) log10 ‖G_s‖
    total: weight -> log10 ‖G‖
    """

    shares: Mapping[str, np.ndarray]
    norms: Mapping[str, np.ndarray]
    total: Mapping[str, float]


@remember
def taught(settings: Settings, text: str, kind: str) -> Taught:
    r"""Each weight's gradient G split by the step s at which the weight was used.

    .. math::
        G = \sum_s G_s, \qquad \text{share of } s = \frac{\langle G_s, G \rangle}{\lVert G \rVert^2}
    """
    back, read = backpropagation(settings, text, kind), reading(settings, text)
    gradients = backward(read.trace, back.dh)
    loss = network(settings).readout.cross_entropy(read.trace.h, read.ids[1:], only_last=kind == LOSSES[1])
    outward = loss.weight.reshape(len(read.trace), -1)
    whole = {"W_hy": outward.sum(axis=0), "W_ih": gradients.weight_ih, "W_hh": gradients.weight_hh}
    parts = {
        "W_hy": Share(outward @ whole["W_hy"], log_norm(outward)),
        "W_ih": by_step(gradients, "weight_ih"),
        "W_hh": by_step(gradients, "weight_hh"),
    }
    shares, norms, total = {}, {}, {}
    for name, part in parts.items():
        squared = (whole[name] ** 2).sum()
        shares[name] = frozen(part.along[: back.steps] / squared if squared else np.full(back.steps, np.nan))
        norms[name] = frozen(part.norms[: back.steps])
        total[name] = float(log_norm(whole[name].ravel()))
    return Taught(MappingProxyType(shares), MappingProxyType(norms), MappingProxyType(total))


def kept(steps: int, k: int, cut: str) -> np.ndarray:
    """(T, T) which pairs [t, s] truncation leaves: those of one chunk, or those less than k apart."""
    t, s = np.indices((steps, steps))
    return (s <= t) & (t // k == s // k if cut == "chunks" else t - s < k)


class Truncation(NamedTuple):
    """Truncated against full gradients.

    ks: 1 to T   angle, ratio: weight -> (ks,) degrees between the two, and ‖truncated‖ / ‖full‖; NaN where undefined
    """

    ks: list[int]
    angle: Mapping[str, np.ndarray]
    ratio: Mapping[str, np.ndarray]

    def at(self, k: float) -> int:
        """The number of the k nearest to this one."""
        return int(np.abs(np.subtract(self.ks, k)).argmin())


@remember
def truncation(settings: Settings, text: str, kind: str, cut: str) -> Truncation:
    """How far truncated gradients of W_hh and W_ih are from the full ones, for every k. cut: one of `CUTS`"""
    back = backpropagation(settings, text, kind)
    trace, T = back.reading.trace, back.steps
    full, ks = backward(trace, back.dh), list(range(1, T + 1))
    assert full.weight_hh is not None and full.weight_ih is not None
    inward, recurrent = summed_pairs(trace, back.dh)
    cell, into = trace.cell, trace.cell.entering(trace)
    s = np.arange(len(trace))
    angles: dict[str, list[float]] = {"W_hh": [], "W_ih": []}
    ratios: dict[str, list[float]] = {"W_hh": [], "W_ih": []}
    for k in ks:
        last = (s // k + 1) * k - 1 if cut == "chunks" else s + k - 1  # the last loss that goes back to s
        far = np.minimum(last, len(trace) - 1) - s
        by = recurrent[s, far]
        parts = {
            "W_hh": (np.concatenate([by[:, cell.rows(b)].T @ into[b] for b in cell.blocks]), full.weight_hh),
            "W_ih": (inward[s, far].T @ trace.x, full.weight_ih),
        }
        for name, (part, whole) in parts.items():
            norm = float(np.linalg.norm(whole))
            angles[name].append(float(angle(part.ravel(), whole.ravel())))
            ratios[name].append(float(np.linalg.norm(part)) / norm if norm else np.nan)
    return Truncation(
        ks, *(MappingProxyType({name: frozen(np.array(one)) for name, one in by.items()}) for by in (angles, ratios))
    )


def summed_pairs(trace: Trace, dh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(time, time, rows) twice: at [s, d] the sum of what the losses of steps s to s + d hand in at step s, at
    W_ih x_s + b_ih and at W_hh h_{s−1} + b_hh. Every truncated gradient is made of such sums, for every k at once.
    """
    steps = len(trace)
    inward = np.zeros((steps, steps, len(trace.cell.weight_hh)))
    recurrent = np.zeros_like(inward)
    pull = trace.cell.pullback(trace)
    h = np.zeros((0, trace.cell.hidden_size))
    c = h if trace.cell.has_cell_state else None
    with np.errstate(over="ignore", invalid="ignore"):
        for s in reversed(range(steps)):
            h = np.concatenate([dh[s : s + 1], h])
            c = None if c is None else np.concatenate([np.zeros_like(h[:1]), c])
            pulled = pull(s, h, c)
            np.cumsum(pulled.inward, axis=0, out=inward[s, : steps - s])
            np.cumsum(pulled.recurrent, axis=0, out=recurrent[s, : steps - s])
            h, c = pulled.h, pulled.c
    return inward, recurrent


@remember
def steps_until_faded(settings: Settings, text: str) -> int | None:
    """How many steps before T ‖∂L_T/∂h_s‖ is first below `FADED` of what it is at T; None if it never is."""
    row = backpropagation(settings, text, LOSSES[1]).flow.total[: len(text) - 1]
    if not len(row) or np.isneginf(row[-1]):
        return None
    back = np.flatnonzero(row[::-1] < row[-1] + np.log10(FADED))
    return int(back[0]) if len(back) else None


def log_number(log: float) -> str:
    """10 to this power in LaTeX, wherever it lies: 4 decimals, or 4 digits and a power of ten."""
    if np.isneginf(log):
        return "0"
    if not np.isfinite(log):
        return decimal(log)
    power = int(np.floor(log))
    if -3 <= power <= 3:
        return decimal(10.0**log)
    digits = f"{10 ** (log - power):.3f}"
    if digits == "10.000":
        digits, power = "1.000", power + 1
    return rf"{digits} \cdot 10^{{{power}}}"
