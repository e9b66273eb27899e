"""What the lessons "LSTM" and "GRU" compute: each by its settings, and each only once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnviz.engine import Elman
from rnnviz.figures.gates import Envelope
from rnnviz.training.character_model import CharacterModel, Reading, character_model

from .controls import Choice, Config, Control, Number, Real
from .lesson import Lesson
from .remember import remember
from .words import token_label

SETTINGS = {"free": None, "shut": 0.0, "open": 1.0}
"""What a gate can be set to, beside "at" with a value of its own."""
LONGEST = 200
UNITS = 64
"""Hidden units of each shipped model."""
BIASES = ("0", "1", "3")


class Settings(NamedTuple):
    """Which network: cell, "trained" or "random" weights, seed and forget bias of random ones, the GRU's reset."""

    cell: str
    weights: str
    seed: int
    forget_bias: float | None
    reset: str | None

    @classmethod
    def of(cls, cell: str, config: Config) -> Settings:
        """What does not count for these weights is left out, so that all that is the same is computed once."""
        random = config.weights == "random"
        bias = float(config.bias) if random and "bias" in config else None
        return cls(cell, config.weights, config.seed if random else 0, bias, config.get("reset"))


class Hold(NamedTuple):
    """Which gates are held: (gate, value) each, the one unit or None for all, the first step (from 0)."""

    gates: tuple[tuple[str, float], ...] = ()
    unit: int | None = None
    start: int = 0

    @classmethod
    def of(cls, config: Config, gates: Sequence[str]) -> Hold:
        values = ((gate, config[f"{gate}_at"] if config[gate] == "at" else SETTINGS[config[gate]]) for gate in gates)
        held = tuple((gate, float(value)) for gate, value in values if value is not None)
        if not held:
            return cls()
        return cls(held, config.unit if config.units == "one unit" else None, config.start - 1)

    @property
    def run(self) -> dict:
        """What `Cell.run` takes."""
        clamp = {gate: value if self.unit is None else {self.unit: value} for gate, value in self.gates}
        return {"clamp": clamp, "hold_from": self.start}

    @property
    def words(self) -> str:
        """`f = 1 and i = 0 for all units, from t = 10 on`."""
        gates = " and ".join(f"{gate} = {value:g}" for gate, value in self.gates)
        units = "all units" if self.unit is None else f"unit {self.unit}"
        return f"{gates} for {units}" + (f", from t = {self.start + 1} on" if self.start else "")


FREE = Hold()


def held_gate(gate: str, label: str) -> tuple[Control, Control]:
    """The two controls of a gate: free, shut, open or at a value, and that value."""
    return (
        Choice(gate, [*SETTINGS, "at"], default="free", label=label),
        Real(f"{gate}_at", 0, 1, default=0.5, label=f"{gate} held at", when=(gate, "at")),
    )


def more_controls(*, forget_bias: bool) -> tuple[Control, ...]:
    """What both lessons keep under "More"."""
    bias = Choice(
        "bias", BIASES, default="1", label="Forget bias of random weights", more=True, when=("weights", "random")
    )
    return (
        Choice("units", ["all units", "one unit"], default="all units", label="Hold the gates of", more=True),
        Number("unit", 0, UNITS - 1, default=0, label="Unit that is held", more=True, when=("units", "one unit")),
        Number("start", 1, LONGEST, default=1, label="Hold from step t", more=True),
        Choice("weights", ["trained", "random"], default="trained", label="Weights", more=True),
        *((bias,) if forget_bias else ()),
        Number("seed", 0, 9999, default=0, label="Seed of random weights", more=True, when=("weights", "random")),
    )


def frozen(values: np.ndarray) -> np.ndarray:
    """The same array, which nobody can change any more: what is remembered is shared by all visitors."""
    values.setflags(write=False)
    return values


@remember
def network(settings: Settings) -> CharacterModel:
    model = character_model(settings.cell)
    if settings.reset is not None:
        model = model.with_options(reset=settings.reset)
    if settings.weights == "random":
        return model.untrained(settings.seed, forget_bias=settings.forget_bias)
    return model


@remember
def reading(settings: Settings, text: str, hold: Hold = FREE) -> Reading:
    return network(settings).read(text, **hold.run)


class Experiment(NamedTuple):
    """What a learner has set on one of these pages: the network, the hold, and the text read with and without it.

    tokens: (time,) the label of each input
    """

    settings: Settings
    hold: Hold
    model: CharacterModel
    free: Reading
    reading: Reading
    tokens: list[str]

    @classmethod
    def of(cls, cell: str, config: Config, gates: Sequence[str]) -> Experiment:
        settings, hold = Settings.of(cell, config), Hold.of(config, gates)
        model, read = network(settings), reading(settings, config.text, hold)
        tokens = [token_label(model.vocabulary.tokens[i]) for i in read.ids]
        return cls(settings, hold, model, reading(settings, config.text), read, tokens)

    @property
    def text(self) -> str:
        return self.reading.text

    def held(self, *gates: tuple[str, float], start: int = 0) -> Reading:
        """The same text with other gates held, for all units."""
        return reading(self.settings, self.text, Hold(gates, start=start))


def experiment(lesson: Lesson, cell: str, config: Config, gates: Sequence[str]) -> Experiment:
    """What is set, with a sentence for what of it cannot be seen."""
    this = Experiment.of(cell, config, gates)
    lesson.unknown_characters(this.model, config.text)
    steps = len(this.reading.trace)
    if this.hold.start >= steps:
        lesson.note(
            f"Gates are held from t = {this.hold.start + 1} on, but the text ends at t = {steps}: nothing is held yet."
        )
    return this


class Difference(NamedTuple):
    """What a hold changes. states: state -> (time,) ‖state − free‖₂   flipped: steps at which another character is
    the likeliest   bits, free_bits: bits per character on this text; NaN for one character"""

    states: Mapping[str, np.ndarray]
    flipped: int
    bits: float
    free_bits: float


@remember
def difference(settings: Settings, text: str, hold: Hold) -> Difference:
    held, free = reading(settings, text, hold), reading(settings, text)
    states = {
        state: frozen(np.linalg.norm(held.trace[state] - free.trace[state], axis=1))
        for state in "hc"
        if state in held.trace
    }
    flipped = int((held.p.argmax(axis=1) != free.p.argmax(axis=1)).sum())
    return Difference(MappingProxyType(states), flipped, held.bits, free.bits)


@remember
def hold_costs(settings: Settings, text: str) -> pd.DataFrame:
    """gate, value (0 or 1), bits per character with that gate held there for all units from the first step."""
    model = network(settings)
    gates = [gate for gate in model.cell.gates if gate in "ifozr"]
    rows = [(gate, value, model.read(text, clamp={gate: value}).bits) for gate in gates for value in (0.0, 1.0)]
    return pd.DataFrame(rows, columns=["gate", "value", "bits"])


def openness(read: Reading) -> dict[str, np.ndarray]:
    """gate -> (time,) its mean over the units."""
    return {gate: read.trace[gate].mean(axis=1) for gate in read.trace.cell.gates if gate in "ifozr"}


def at_spaces(read: Reading) -> dict[str, tuple[float, float]]:
    """gate -> its mean over units just after a space was read, and after all other characters; empty without both."""
    space = np.array([character == " " for character in read.text])
    if space.all() or not space.any():
        return {}
    return {gate: (float(mean[space].mean()), float(mean[~space].mean())) for gate, mean in openness(read).items()}


def largest_unit(read: Reading) -> int:
    """The unit whose cell state gets furthest from 0."""
    return int(np.abs(read.trace["c"]).max(axis=0).argmax())


def envelopes(read: Reading, unit: int) -> dict[str, Envelope]:
    """c and h: the lowest and the highest over the units at each step, and the value of the one."""
    states = {state: read.trace[state] for state in "ch"}
    return {state: Envelope(h.min(axis=1), h.max(axis=1), h[:, unit]) for state, h in states.items()}


@remember
def kept_share(seed: int, text: str) -> Mapping[str, np.ndarray]:
    """forget bias -> (time,) what an untrained LSTM's forget gates have left, at each step, of what was written at the
    first: the mean over units of f_2 · … · f_t, which is 1 at the first step."""
    model = character_model("LSTM")
    kept = {}
    for bias in BIASES:
        f = model.untrained(seed, forget_bias=float(bias)).read(text).trace["f"]
        kept[f"forget bias {bias}"] = frozen(np.cumprod(np.vstack([np.ones_like(f[:1]), f[1:]]), axis=0).mean(axis=1))
    return MappingProxyType(kept)


@remember
def distance_to_plain(settings: Settings, text: str) -> float:
    """The largest |difference| between one step of a GRU held at z = 0, r = 1 and one of a plain cell with its
    candidate's weights, from the same state. (Over a whole text, a chaotic network makes rounding grow.)"""
    cell = network(settings).cell
    rows = cell.rows("n")
    plain = Elman(cell.weight_ih[rows], cell.weight_hh[rows], cell.bias_ih[rows], cell.bias_hh[rows])
    trace = reading(settings, text, Hold((("z", 0.0), ("r", 1.0)))).trace
    steps = zip(trace.x, trace.previous("h"), trace.h, strict=True)
    return max(float(np.abs(plain.run(x[None], before).h[0] - after).max()) for x, before, after in steps)
