"""A character model under the microscope: the engine's cell with a shipped model's weights, and what it reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from rnnviz.engine import GRU, LSTM, Cell, Elman, Readout, Trace
from rnnviz.tasks.text import Vocabulary

from .weights import load

WEIGHTS = Path(__file__).resolve().parents[2] / "assets" / "weights"
CELLS: dict[str, type[Cell]] = {"Elman": Elman, "GRU": GRU, "LSTM": LSTM}


@dataclass(frozen=True, eq=False)
class Reading:
    """One text, read by one model.

    ids: (time,) the index of each character   trace: what the cell computed
    p: (time, vocabulary) the probability of each next character, after each step
    """

    text: str
    ids: np.ndarray
    trace: Trace
    p: np.ndarray

    def __post_init__(self) -> None:
        for value in (self.ids, self.p):
            value.setflags(write=False)

    @property
    def bits(self) -> float:
        """How surprised the network was by what did come next; see `bits_per_character`."""
        return bits_per_character(self.p, self.ids)

    def likeliest(self, ranks: int = 3) -> tuple[np.ndarray, np.ndarray]:
        """(ids, p), each (time, ranks): the likeliest next characters, likeliest first."""
        ids = np.argsort(-self.p, axis=1, kind="stable")[:, :ranks]
        return ids, np.take_along_axis(self.p, ids, axis=1)


@dataclass(frozen=True, eq=False)
class CharacterModel:
    """One-hot characters into a cell, the cell's state into a softmax over the next character."""

    cell: Cell
    readout: Readout
    vocabulary: Vocabulary

    def read(self, text: str, **run: Any) -> Reading:
        """Read a text from a state of zeros. `run`: what `Cell.run` takes (h0, c0, clamp).

        Raises ValueError on an empty text.
        """
        if not text:
            raise ValueError("text is empty; at least one character is needed")
        ids = self.vocabulary.encode(text)
        trace = self.cell.run(self.vocabulary.one_hot(ids), **run)
        return Reading(text, ids, trace, self.readout.run(trace.h))

    def with_loop(self, strength: float) -> CharacterModel:
        """The same model with weight_hh multiplied by `strength`: at 0 no state reaches the next step's gates."""
        cell = self.cell
        scaled = type(cell)(cell.weight_ih, strength * cell.weight_hh, cell.bias_ih, cell.bias_hh, **self.options)
        return replace(self, cell=scaled)

    def with_options(self, **options: Any) -> CharacterModel:
        """The same weights in a cell with other options, such as `reset="before"`."""
        cell = type(self.cell).from_state_dict(self.cell.state_dict(), **(self.options | options))
        return replace(self, cell=cell)

    @property
    def options(self) -> dict[str, Any]:
        """The cell's own options, as its constructor takes them."""
        return {option: getattr(self.cell, option) for option in self.cell.options}

    def untrained(self, seed: int, *, forget_bias: float | None = None) -> CharacterModel:
        """The same sizes and options with random parameters, as before training."""
        cell = type(self.cell).random(
            self.cell.input_size, self.cell.hidden_size, seed=seed, forget_bias=forget_bias, **self.options
        )
        generator = np.random.default_rng((seed, 1))
        bound = 1 / np.sqrt(cell.hidden_size)
        weight, bias = (generator.uniform(-bound, bound, one.shape) for one in (self.readout.weight, self.readout.bias))
        return replace(self, cell=cell, readout=Readout(weight, bias))

    def zeroed(self) -> CharacterModel:
        """The same sizes with every parameter 0: a network that computes nothing."""
        zeros = {name: np.zeros_like(value) for name, value in self.cell.state_dict().items()}
        readout = Readout(np.zeros_like(self.readout.weight), np.zeros_like(self.readout.bias))
        return replace(self, cell=type(self.cell).from_state_dict(zeros), readout=readout)


@cache
def character_model(cell: str) -> CharacterModel:
    """A shipped model by its cell's name. Raises ValueError on another name or on broken weights."""
    if cell not in CELLS:
        raise ValueError(f"cell must be one of {', '.join(CELLS)}, not {cell!r}")
    tensors, metadata = load(WEIGHTS / f"character_{cell.lower()}.safetensors")
    try:
        readout = Readout(tensors["output.weight"], tensors["output.bias"])
        vocabulary = Vocabulary(tuple(json.loads(metadata["tokens"])))
    except KeyError as missing:
        raise ValueError(f"the weights of {cell} lack {missing}") from None
    return CharacterModel(CELLS[cell].from_state_dict(tensors), readout, vocabulary)


def responses(ids: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """How one unit stands just after each token, highest mean first: columns id, mean, deviation, count.

    ids: (time,) the tokens read   values: (time,) the unit after each   deviation: the standard deviation
    """
    table = pd.DataFrame({"id": ids, "value": values}).groupby("id")["value"]
    summary = pd.DataFrame({"mean": table.mean(), "deviation": table.std(ddof=0), "count": table.size()})
    return summary.sort_values("mean", ascending=False).reset_index()


def bits_per_character(p: np.ndarray, ids: np.ndarray) -> float:
    """Mean of −log₂ p of each next character; NaN for a single one, which is read and not predicted.

    p: (time, vocabulary)   ids: (time,)
    """
    if len(ids) < 2:
        return float("nan")
    with np.errstate(divide="ignore"):
        return float(-np.log2(p[np.arange(len(ids) - 1), ids[1:]]).mean())
