r"""LSTM and GRU as they are written down in notes and books: some the same function in other words, some another.

Each version is a table of equations, the LaTeX beside the line that computes it. Which of them are torch's cell is not
written here: `Version.is_right` runs them. In all of them, unless an equation says otherwise,

.. math::
    k^{pre}_t = W_{ik} x_t + b_{ik} + W_{hk} h_{t-1} + b_{hk} \quad\text{for each gate and candidate } k
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from . import checks
from .cell import Array, Cell, sigmoid
from .gru import GRU
from .lstm import LSTM

CELLS: dict[str, type[Cell]] = {"LSTM": LSTM, "GRU": GRU}
AGREEMENT = 1e-12
"""Two ways to compute one function in float64 differ by no more than this in numbers around 1."""

tanh = np.tanh


class Equation(NamedTuple):
    """One line. compute: from what the step has so far (see `Version.run`) to the quantity, (hidden,)."""

    latex: str
    compute: Callable[[SimpleNamespace], Array]


LSTM_LINES: dict[str, Equation] = {
    "i": Equation(r"i_t = \sigma(i^{\mathrm{pre}}_t)", lambda s: sigmoid(s.i_pre)),
    "f": Equation(r"f_t = \sigma(f^{\mathrm{pre}}_t)", lambda s: sigmoid(s.f_pre)),
    "g": Equation(r"g_t = \tanh(g^{\mathrm{pre}}_t)", lambda s: tanh(s.g_pre)),
    "o": Equation(r"o_t = \sigma(o^{\mathrm{pre}}_t)", lambda s: sigmoid(s.o_pre)),
    "c": Equation(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", lambda s: s.f * s.c_before + s.i * s.g),
    "h": Equation(r"h_t = o_t \odot \tanh(c_t)", lambda s: s.o * tanh(s.c)),
}
GRU_LINES: dict[str, Equation] = {
    "r": Equation(r"r_t = \sigma(r^{\mathrm{pre}}_t)", lambda s: sigmoid(s.r_pre)),
    "z": Equation(r"z_t = \sigma(z^{\mathrm{pre}}_t)", lambda s: sigmoid(s.z_pre)),
    "n": Equation(
        r"n_t = \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn}))",
        lambda s: tanh(s.W["in"] @ s.x + s.b["in"] + s.r * (s.W["hn"] @ s.h_before + s.b["hn"])),
    ),
    "h": Equation(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}", lambda s: (1 - s.z) * s.n + s.z * s.h_before),
}


def joined(k: str, function: str, phi: Callable[[Array], Array]) -> Equation:
    """A gate with its two matrices side by side and its two biases summed (Olah 2015 and many notes)."""
    return Equation(
        rf"{k}_t = {function}(W_{k} [h_{{t-1}}; x_t] + b_{k})",
        lambda s: phi(s.W[k] @ np.concatenate([s.h_before, s.x]) + s.b[k]),
    )


@dataclass(frozen=True)
class Version:
    """One way to write a cell down.

    cell: whose equations these are   changed: quantity -> the equation in place of the usual one
    where: LaTeX of what the equations leave unsaid, or ""
    """

    key: str
    cell: str
    changed: Mapping[str, Equation]
    where: str = ""

    @property
    def equations(self) -> dict[str, Equation]:
        """Quantity -> its equation, in the order of computation."""
        return (LSTM_LINES if self.cell == "LSTM" else GRU_LINES) | dict(self.changed)

    @property
    def formulas(self) -> dict[str, str]:
        """Quantity -> LaTeX of exactly what this version computes."""
        return {quantity: equation.latex for quantity, equation in self.equations.items()}

    def run(self, cell: Cell, x: Any, h0: Any = None, c0: Any = None) -> Mapping[str, Array]:
        """Read a sequence with a cell's weights and this version's equations.

        cell: any LSTM or GRU, as the version asks; only its weights are used
        x: (time, input)   h0, c0: (hidden,), zero if left out; c0 only for an LSTM
        -> every quantity of the equations, each (time, hidden), frozen. Numbers that overflow become infinite.
        Raises ValueError on another cell and on anything that does not fit.
        """
        if not isinstance(cell, CELLS[self.cell]):
            raise ValueError(f"version {self.key!r} is one of a {self.cell}; it cannot run with a {cell!r}")
        x = checks.array("x", x, (None, cell.input_size))
        if c0 is not None and not cell.has_cell_state:
            raise ValueError(f"c0 was given, but {cell.name} has no cell state; leave it None")
        zero = np.zeros(cell.hidden_size)
        h, c = (
            zero if start is None else checks.array(name, start, zero.shape) for name, start in (("h0", h0), ("c0", c0))
        )
        equations = self.equations
        values = {quantity: np.empty((len(x), cell.hidden_size)) for quantity in equations}
        W, b = _parameters(cell)
        with np.errstate(over="ignore", invalid="ignore"):
            for t in range(len(x)):
                pre = cell.weight_ih @ x[t] + cell.bias_ih + cell.weight_hh @ h + cell.bias_hh
                step = {f"{k}_pre": pre[cell.rows(k)] for k in cell.blocks}
                s = SimpleNamespace(W=W, b=b, x=x[t], h_before=h, c_before=c, **step)
                for quantity, equation in equations.items():
                    values[quantity][t] = equation.compute(s)
                    setattr(s, quantity, values[quantity][t])
                h, c = s.h, getattr(s, "c", zero)
        for value in values.values():
            value.setflags(write=False)
        return MappingProxyType(values)

    @cached_property
    def distance(self) -> float:
        """The largest |h − h'| from torch's cell with the same weights, over a random sequence: 8 units, 24 steps."""
        cell = CELLS[self.cell].random(5, 8, seed=1, spectral_radius=1.5)
        x = np.random.default_rng(2).normal(size=(24, 5))
        return float(np.abs(self.run(cell, x)["h"] - cell.run(x).h).max())

    @property
    def is_right(self) -> bool:
        """Whether this is torch's cell in other words: measured, see `distance`."""
        return self.distance <= AGREEMENT


def _parameters(cell: Cell) -> tuple[dict[str, Array], dict[str, Array]]:
    """W and b by their subscripts: "in" and "hn" as in the formulas, and "n" for both side by side."""
    W: dict[str, Array] = {}
    b: dict[str, Array] = {}
    for k in cell.blocks:
        rows = cell.rows(k)
        W |= {f"i{k}": cell.weight_ih[rows], f"h{k}": cell.weight_hh[rows]}
        b |= {f"i{k}": cell.bias_ih[rows], f"h{k}": cell.bias_hh[rows]}
        W[k], b[k] = np.hstack([W[f"h{k}"], W[f"i{k}"]]), b[f"i{k}"] + b[f"h{k}"]
    return W, b


def half_angle(k: str) -> Equation:
    """σ(a) = ½ (1 + tanh ½a)."""
    return Equation(
        rf"{k}_t = \tfrac{{1}}{{2}} (1 + \tanh(\tfrac{{1}}{{2}} {k}^{{\mathrm{{pre}}}}_t))",
        lambda s: 0.5 * (1 + tanh(0.5 * getattr(s, f"{k}_pre"))),
    )


VERSIONS: dict[str, tuple[Version, ...]] = {
    "LSTM": (
        Version(
            "joined",
            "LSTM",
            {k: joined(k, r"\tanh" if k == "g" else r"\sigma", tanh if k == "g" else sigmoid) for k in "ifgo"},
            where=r"W_k = [W_{hk}\ \ W_{ik}], \quad b_k = b_{ik} + b_{hk}",
        ),
        Version(
            "hidden-for-cell",
            "LSTM",
            {"c": Equation(r"c_t = h_{t-1} + i_t \odot g_t", lambda s: s.h_before + s.i * s.g)},
        ),
        Version(
            "linear-candidate",
            "LSTM",
            {"g": Equation(r"g_t = g^{\mathrm{pre}}_t", lambda s: s.g_pre)},
        ),
        Version(
            "exchanged",
            "LSTM",
            {k: half_angle(k) for k in "ifo"}
            | {"g": Equation(r"g_t = 2\,\sigma(2\, g^{\mathrm{pre}}_t) - 1", lambda s: 2 * sigmoid(2 * s.g_pre) - 1)},
        ),
        Version(
            "input-gate-twice",
            "LSTM",
            {
                "c": Equation(
                    r"c_t = i_t \odot c_{t-1} + i_t \odot g_t",
                    lambda s: s.i * s.c_before + s.i * s.g,
                )
            },
        ),
        Version(
            "sigmoid-candidate",
            "LSTM",
            {"g": Equation(r"g_t = \sigma(g^{\mathrm{pre}}_t)", lambda s: sigmoid(s.g_pre))},
        ),
    ),
    "GRU": (
        Version(
            "update-swapped",
            "GRU",
            {
                "h": Equation(
                    r"h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}",
                    lambda s: s.z * s.n + (1 - s.z) * s.h_before,
                )
            },
        ),
        Version(
            "correction",
            "GRU",
            {
                "h": Equation(
                    r"h_t = h_{t-1} + (1 - z_t) \odot (n_t - h_{t-1})",
                    lambda s: s.h_before + (1 - s.z) * (s.n - s.h_before),
                )
            },
        ),
        Version(
            "turned",
            "GRU",
            {
                "z": Equation(r"z_t = \sigma(-z^{\mathrm{pre}}_t)", lambda s: sigmoid(-s.z_pre)),
                "h": Equation(
                    r"h_t = z_t \odot n_t + (1 - z_t) \odot h_{t-1}",
                    lambda s: s.z * s.n + (1 - s.z) * s.h_before,
                ),
            },
        ),
        Version(
            "no-reset",
            "GRU",
            {
                "n": Equation(
                    r"n_t = \tanh(W_{in} x_t + b_{in} + W_{hn} h_{t-1} + b_{hn})",
                    lambda s: tanh(s.W["in"] @ s.x + s.b["in"] + s.W["hn"] @ s.h_before + s.b["hn"]),
                )
            },
        ),
        Version(
            "sigmoid-candidate",
            "GRU",
            {
                "n": Equation(
                    r"n_t = \sigma(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn}))",
                    lambda s: sigmoid(s.W["in"] @ s.x + s.b["in"] + s.r * (s.W["hn"] @ s.h_before + s.b["hn"])),
                )
            },
        ),
        Version(
            "multiplied-out",
            "GRU",
            {
                "n": Equation(
                    r"n_t = \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1}) + r_t \odot b_{hn})",
                    lambda s: tanh(s.W["in"] @ s.x + s.b["in"] + s.r * (s.W["hn"] @ s.h_before) + s.r * s.b["hn"]),
                )
            },
        ),
    ),
}
"""By cell, in the order in which they are shown: neither the right nor the wrong ones first."""
