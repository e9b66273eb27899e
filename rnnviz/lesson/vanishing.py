"""What the lesson "Vanishing and exploding" computes: each by its settings, and each only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rnnviz.engine import GRU, LSTM, Cell, Elman
from rnnviz.engine.ensemble import Ensemble, ensemble
from rnnviz.training.character_model import character_model

from .controls import Choice, Config, Controls, Number, Real, Text
from .remember import remember

CELLS: dict[str, type[Cell]] = {"Elman": Elman, "GRU": GRU, "LSTM": LSTM}
CURVES = ("Elman", "GRU", "LSTM, h", "LSTM, c")
RADII = tuple(round(0.1 * k, 1) for k in range(1, 31))
BIASES = tuple(0.25 * k for k in range(-5, 25))
RADIUS, BIAS, DRAWN = "radius", "forget bias", "factor"
"""What the slider moves: DRAWN is a factor on each W_hh as PyTorch draws it."""
START = 1.0
"""Where the slider stands at first."""
INPUTS = 8
LONGEST = 500
FALLEN = -3.0
"""log10 of the share of its start below which a gradient counts as gone."""
MEMBERS, MEMBERS_LENGTH, MEMBERS_HIDDEN, TOGETHER = 200, 100, 32, 4
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
TEXT = "To be, or not to be, that is the question: Whether 'tis nobler in the mind to suffer"

CONTROLS = Controls(
    Choice("weights", ["random", "trained"], default="random", label="Weights"),
    Choice("phi", ["identity", "tanh", "relu"], default="identity", label="Elman's φ", when=("weights", "random")),
    Number("length", 1, LONGEST, default=100, label="Steps T", when=("weights", "random")),
    Choice("scrub", [RADIUS, BIAS, DRAWN], default=RADIUS, label="Slider moves", when=("weights", "random"),
           help="A factor leaves each W_hh as PyTorch draws it, times the slider; a radius rescales it to that."),
    Choice("forget", ["torch", "0", "1", "3", "5"], default="1", label="LSTM's forget bias",
           when=("scrub", (RADIUS, DRAWN)), help="torch: as PyTorch draws it, near 0."),
    Real("fixed_radius", 0.1, 3, default=1.0, step=0.1, label="Radius ρ", when=("scrub", BIAS)),
    Text("passage", default=TEXT, label="Text to read (press Enter)", max_length=200, when=("weights", "trained")),
    Choice("held", ["free", "held at 1"], default="free", label="LSTM's forget gate f", more=True),
    Number("units", 1, 64, default=32, label="Hidden units", more=True, when=("weights", "random")),
    Real("scale", 0, 10, default=1.0, step=0.1, label="Input scale", more=True, when=("weights", "random")),
    Number("seed", 0, 9999, default=0, label="Seed of weights and input", more=True),
)  # fmt: skip


class Settings(NamedTuple):
    """What the networks depend on. forget: None as drawn   radius: None where it is what the slider moves
    held: f = 1   text: what trained networks read, else empty
    drawn: W_hh as PyTorch draws it, times what the slider moves, instead of rescaled to a radius"""

    phi: str
    hidden_size: int
    length: int
    input_scale: float
    forget: float | None
    radius: float | None
    seed: int
    held: bool
    text: str
    drawn: bool = False

    @classmethod
    def of(cls, config: Config) -> Settings:
        """What does not count is left out, so that all that is the same is computed once."""
        held = config.held != "free"
        if config.weights == "trained":
            return cls("tanh", 64, len(config.passage), 1.0, None, None, config.seed, held, config.passage)
        by_bias = config.scrub == BIAS
        forget = 0.0 if by_bias else None if config.forget == "torch" else float(config.forget)
        radius = float(config.fixed_radius) if by_bias else None
        scale, drawn = float(config.scale), config.scrub == DRAWN
        return cls(config.phi, config.units, config.length, scale, forget, radius, config.seed, held, "", drawn)

    @property
    def values(self) -> tuple[float, ...]:
        """What the slider can be."""
        return RADII if self.radius is None else BIASES

    @property
    def sweep(self) -> str:
        """The slider's key in the URL."""
        return "factor" if self.text or self.drawn else "radius" if self.radius is None else "bias"

    @property
    def cell_options(self) -> dict[str, dict]:
        return {"Elman": {"nonlinearity": self.phi}, "GRU": {}, "LSTM": {"forget_bias": self.forget}}

    def cell(self, name: str, seed: int) -> Cell:
        """The network at radius 1, or as it was drawn or trained."""
        if self.text:
            return character_model(name).cell
        options = self.cell_options[name]
        radius = None if self.drawn else 1.0
        return CELLS[name].random(INPUTS, self.hidden_size, seed=seed, spectral_radius=radius, **options)

    def input(self) -> np.ndarray:
        """(time, input) what all cells read: the text, or normal numbers times the input scale."""
        if self.text:
            vocabulary = character_model("Elman").vocabulary
            return vocabulary.one_hot(vocabulary.encode(self.text))
        return self.input_scale * np.random.default_rng((self.seed, 1)).normal(size=(self.length, INPUTS))

    def direction(self) -> np.ndarray:
        """(hidden,) the v of the loss L = v · h_T, of length 1, so that every curve of h starts at 1."""
        v = np.random.default_rng((self.seed, 2)).normal(size=self.hidden_size)
        return v / np.linalg.norm(v)

    def run(self, name: str, seeds: range, x: np.ndarray, *, single: bool = False) -> Ensemble:
        """All values of the slider, for these seeds; only one value where the slider changes nothing in this cell."""
        if self.radius is None:
            scales = np.array(self.values)
        else:
            scales = np.full(len(self.values) if name == "LSTM" else 1, self.radius)
        own: dict[str, Any] = {}
        if name == "LSTM":
            own = {"clamp": {"f": 1.0} if self.held else None}
            if self.radius is not None:
                own["forget_biases"] = self.values
        return ensemble([self.cell(name, seed) for seed in seeds], x, scales=scales, single=single, **own)


@dataclass(frozen=True, eq=False)
class Flow:
    """How the gradient flows back through three networks, at each value of the slider.

    logs: one of `CURVES` -> (values, time) log10 of ‖∂L/∂h_t‖₂, of "LSTM, c" of ‖∂L/∂c_t‖₂; L = v · h_T
    slopes: cell -> (values, time) mean over the units of the slope of its squash   gates: the LSTM's, means
    direct: "largest", "median" over the units -> (values, time) log10 of ∏ f
    eigenvalues: (values, hidden) of Elman's W_hh   own: the largest |eigenvalue| of it before it was scaled
    sigma: (values,) its largest singular value
    """

    logs: Mapping[str, np.ndarray]
    slopes: Mapping[str, np.ndarray]
    gates: Mapping[str, np.ndarray]
    direct: Mapping[str, np.ndarray]
    eigenvalues: np.ndarray
    own: float
    sigma: np.ndarray

    @property
    def bound(self) -> np.ndarray:
        """(values, time) log10 of (σ_max γ)^(T − t), which no ‖∂L/∂h_t‖₂ of the Elman network exceeds. The steepest
        slope γ of tanh, ReLU and identity is 1. (Pascanu et al. 2013, section 2.1)"""
        steps = self.logs["Elman"].shape[1]
        return np.log10(self.sigma)[:, None] * np.arange(steps - 1, -1, -1)

    @property
    def rates(self) -> np.ndarray:
        """(values, curves) by which factor the norm changes per step back; see `rate`."""
        return np.stack([rate(self.logs[name]) for name in CURVES], axis=1)

    @property
    def reach(self) -> np.ndarray:
        """(values, curves) steps back until the norm is below 10^FALLEN of its start; see `reach`."""
        return np.stack([reach(self.logs[name]) for name in CURVES], axis=1)

    def table(self, values: tuple[float, ...]) -> pd.DataFrame:
        """value, curve, time (from 0), log10_norm."""
        parts = [
            pd.DataFrame({"value": value, "curve": name, "time": np.arange(self.logs[name].shape[1]),
                          "log10_norm": self.logs[name][k]})
            for k, value in enumerate(values)
            for name in CURVES
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)


def rate(logs: np.ndarray) -> np.ndarray:
    r"""(values,) the factor ρ̂ per step back, by least squares over all steps whose norm is neither 0 nor infinite:

    .. math::
        \log_{10} \lVert \partial L / \partial h_t \rVert \approx a + (T - t) \log_{10} \hat\rho

    logs: (values, time) log10. NaN where fewer than two steps are left.
    """
    back = np.arange(logs.shape[1] - 1, -1, -1.0)
    known = np.isfinite(logs)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(known, back - (np.where(known, back, 0).sum(axis=1) / count)[:, None], 0.0)
        slope = (centred * np.where(known, logs, 0.0)).sum(axis=1) / (centred**2).sum(axis=1)
    return np.where(count >= 2, 10.0**slope, np.nan)


def reach(logs: np.ndarray) -> np.ndarray:
    """(values,) the fewest steps back at which the norm is below 10^FALLEN of its start; NaN where it never is.

    logs: (values, time) log10
    """
    fallen = (logs - logs[:, -1:] < FALLEN)[:, ::-1]
    return np.where(fallen.any(axis=1), fallen.argmax(axis=1), np.nan)


def frozen(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values


@remember(most=32)
def flow(settings: Settings) -> Flow:
    x, v = settings.input(), settings.direction()
    logs: dict[str, np.ndarray] = {}
    slopes: dict[str, np.ndarray] = {}
    shape = (len(settings.values), settings.length)
    for name in CELLS:
        run = settings.run(name, range(settings.seed, settings.seed + 1), x)
        norms = run.log_norms(v)
        states = {name: "h"} if name != "LSTM" else {"LSTM, h": "h", "LSTM, c": "c"}
        logs |= {curve: np.broadcast_to(norms[state][0], shape) for curve, state in states.items()}
        slopes[name] = np.broadcast_to(run.slope.mean(axis=-1)[:, 0].T, shape)
    gates = {gate: frozen(run[gate].mean(axis=-1)[:, 0].T.copy()) for gate in "ifo"}
    path = run.direct_path()[:, 0]
    direct = {"largest": frozen(path.max(axis=-1).T.copy()), "median": frozen(np.median(path, axis=-1).T)}
    W = settings.cell("Elman", settings.seed).weight_hh
    scales = np.array(RADII) if settings.radius is None else np.full(len(BIASES), settings.radius)
    eigenvalues = np.linalg.eigvals(W)
    sigma = np.linalg.norm(W, 2) * scales
    own = float(np.abs(eigenvalues).max())
    return Flow(logs, slopes, gates, direct, frozen(scales[:, None] * eigenvalues), own, frozen(sigma))


class Alone(NamedTuple):
    """Elman's network by itself: rates, reach: (values,)   logs, slopes: (values, time), as in `Flow`"""

    rates: np.ndarray
    reach: np.ndarray
    logs: np.ndarray
    slopes: np.ndarray


@remember(most=32)
def elman(phi: str, hidden_size: int, length: int, input_scale: float, seed: int) -> Alone:
    """What the Elman cell does at every radius, for a comparison with what is on the stage."""
    settings = Settings(phi, hidden_size, length, input_scale, None, None, seed, False, "")
    run = settings.run("Elman", range(seed, seed + 1), settings.input())
    logs = run.log_norms(settings.direction())["h"][0]
    return Alone(*map(frozen, (rate(logs), reach(logs), logs, run.slope.mean(axis=-1)[:, 0].T.copy())))


class Paths(NamedTuple):
    """steps: (points,) from 0   full: (values, points) log10 of the spectral norm of ∂c_T/∂c_t"""

    steps: np.ndarray
    full: np.ndarray


@remember(most=32)
def paths(settings: Settings) -> Paths:
    """The full ∂c_T/∂c_t at about twenty steps t, the last one among them."""
    x = settings.input()
    run = settings.run("LSTM", range(settings.seed, settings.seed + 1), x, single=True)
    last = len(x) - 1
    steps = np.unique(np.linspace(0, last, min(21, len(x))).round().astype(int))
    return Paths(frozen(steps), frozen(run.cell_jacobian_norms(list(steps))))


@remember(most=256)
def typical(name: str, settings: Settings) -> np.ndarray:
    """(values, quantiles, time) `QUANTILES` of log10 ‖∂L/∂h_t‖₂ of a cell over `MEMBERS` seeds, 0 and up.

    settings: as `usual` gives them for this cell; input and v are those of seed 0, the same for all
    """
    x, v = settings.input(), settings.direction()
    single = name != "Elman"  # whose states can leave the range of float32
    chunks = [
        settings.run(name, range(first, first + TOGETHER), x, single=single).log_norms(v)["h"].astype(np.float32)
        for first in range(0, MEMBERS, TOGETHER)
    ]
    ordered = np.sort(np.concatenate(chunks), axis=0)  # −inf included, which interpolation would turn into NaN
    places = [round(q * (MEMBERS - 1)) for q in QUANTILES]
    quantiles = ordered[places].transpose(1, 0, 2).copy()
    return np.broadcast_to(quantiles, (len(settings.values), *quantiles.shape[1:]))


def usual(settings: Settings) -> Settings:
    """The settings at which many initialisations are computed: no more steps and units than are quick for 200."""
    return settings._replace(
        length=min(settings.length, MEMBERS_LENGTH), hidden_size=min(settings.hidden_size, MEMBERS_HIDDEN)
    )


def for_one_cell(name: str, settings: Settings) -> Settings:
    """Without the seed, and what does not count for this cell: what changes nothing is not computed again."""
    settings = settings._replace(seed=0)
    if name != "Elman":
        settings = settings._replace(phi="tanh")
    if name != "LSTM":
        settings = settings._replace(forget=None, held=False)
    if name == "Elman" and settings.phi == "identity":  # whose gradient is the same whatever it reads
        settings = settings._replace(input_scale=1.0)
    return settings


def axis_limits(length: int) -> tuple[float, float]:
    """log10, the same for every value of the slider: about what a factor of 0.7 and of 1.2 a step come to."""
    return -(4.0 + 0.16 * length), 4.0 + 0.08 * length
