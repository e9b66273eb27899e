"""How long one input stays visible in the state of a character model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from rnnviz.training.character_model import CELLS, CharacterModel, Reading

from .remember import remember
from .unrolling import Settings, network, reading

POSITIONS = 16
"""At most so many places of a text are changed, one after another."""
TRUSTED = 1e-12
"""Distances below this are left out of a fitted rate: what remains there is rounding."""
ROUNDING = float(np.finfo(float).eps)


def positions(length: int) -> list[int]:
    """The steps (from 0) that are changed: all of a short text, evenly spread over a longer one."""
    return sorted({round(k) for k in np.linspace(0, length - 1, min(length, POSITIONS))})


@dataclass(frozen=True, eq=False)
class Influence:
    """What one changed input does to all later states.

    changed: (positions,) the step that was changed, from 0, in one run each
    distance: "GRU", and of a cell with two states "LSTM, h" and "LSTM, c" -> (positions, time) ‖h_t − h'_t‖₂, NaN
    before the change
    """

    changed: list[int]
    distance: dict[str, np.ndarray]

    @cached_property
    def rates(self) -> pd.DataFrame:
        r"""By which factor the distance changes per step: columns name, rate.

        One straight line through log d over all runs together, each with its own height (least squares):

        .. math::
            \log d_p(s) = a_p + s \log \rho, \qquad s = 0, 1, \ldots \text{ steps after the change}

        Distances below `TRUSTED` are left out; the rate is NaN where no run has two that are left.
        """
        table = []
        for name, distance in self.distance.items():
            above = below = 0.0
            for k, row in zip(self.changed, distance, strict=True):
                steps = np.flatnonzero(row[k:] > TRUSTED)
                if len(steps) < 2:
                    continue
                log, centred = np.log(row[k:][steps]), steps - steps.mean()
                above, below = above + centred @ (log - log.mean()), below + centred @ centred
            table.append((name, float(np.exp(above / below)) if below else float("nan")))
        return pd.DataFrame(table, columns=["name", "rate"])

    def table(self) -> pd.DataFrame:
        """name, changed, time (both from 0), distance; only from the change on."""
        parts = [
            pd.DataFrame({"name": name, "changed": k, "time": np.arange(k, distance.shape[1]), "distance": row[k:]})
            for name, distance in self.distance.items()
            for k, row in zip(self.changed, distance, strict=True)
        ]
        return pd.concat(parts, ignore_index=True)


@remember(most=32)
def influence(weights: str, seed: int, text: str, wanted: str) -> Influence:
    """All three cells read the text, once as it is and once with each of `positions` changed.

    wanted: the character to put there; "e" or "a" where the network reads that one there already
    """
    changed = positions(len(text))
    distance = {}
    for cell in CELLS:
        settings = Settings.of(cell, weights, seed)
        runs = [_distances(network(settings), reading(settings, text), k, wanted) for k in changed]
        for quantity in runs[0]:
            name = f"{cell}, {quantity}" if len(runs[0]) > 1 else cell
            distance[name] = np.stack([run[quantity] for run in runs])
            distance[name].setflags(write=False)
    return Influence(changed, distance)


def _distances(model: CharacterModel, read: Reading, k: int, wanted: str) -> dict[str, np.ndarray]:
    """State -> (time,) how far it is from the read one. Only what follows the change is run again."""
    ids = read.ids[k:].copy()
    ids[0] = next(one for one in model.vocabulary.encode(wanted + "ea") if one != ids[0])
    before = {"h0": read.trace.previous("h")[k]}
    if model.cell.has_cell_state:
        before["c0"] = read.trace.previous("c")[k]
    trace = model.cell.run(model.vocabulary.one_hot(ids), **before)
    result = {}
    for state in ("h", "c") if model.cell.has_cell_state else ("h",):
        result[state] = np.full(len(read.ids), np.nan)
        result[state][k:] = np.linalg.norm(trace[state] - read.trace[state][k:], axis=1)
    return result
