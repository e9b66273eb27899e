r"""How large a cell is and what a step costs, as numbers and as formulas.

With D inputs, H hidden units and B blocks of weights (Elman 1, GRU 3, LSTM 4):

.. math::
    \text{parameters} &= B (HD + H^2 + 2H) \\
    \text{multiply-adds in matrix products} &= B (HD + H^2)

Every product of two gates or states, ⊙, costs H more. Adding biases and the nonlinearities are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import checks
from .cell import Cell

BLOCKS = {"BagOfWords": 0, "Elman": 1, "GRU": 3, "LSTM": 4}
ELEMENTWISE = {
    "BagOfWords": 0,
    "Elman": 0,
    "GRU": 3,  # r ⊙ (W h + b) or r ⊙ h, (1 − z) ⊙ n, z ⊙ h
    "LSTM": 3,  # f ⊙ c, i ⊙ g, o ⊙ tanh c
}
STATES = {"BagOfWords": 1, "Elman": 1, "GRU": 1, "LSTM": 2}


@dataclass(frozen=True)
class Sizes:
    """What a cell with these sizes has to learn, to compute at each step, and to carry to the next.

    cell: the name of one ("LSTM")   input_size: D   hidden_size: H
    The engine and torch carry two biases a block, of which only the sum matters in all but the GRU's candidate; both
    are counted. Raises ValueError on an unknown cell, a size below 1, and a bag whose state has not its input's size.
    """

    cell: str
    input_size: int
    hidden_size: int

    def __post_init__(self) -> None:
        checks.choice("cell", self.cell, tuple(BLOCKS))
        checks.size("input_size", self.input_size)
        checks.size("hidden_size", self.hidden_size)
        if self.cell == "BagOfWords" and self.hidden_size != self.input_size:
            raise ValueError(f"hidden_size is {self.hidden_size}; a BagOfWords has the input's size, {self.input_size}")

    @classmethod
    def of(cls, cell: Cell) -> Sizes:
        """The sizes of a cell at hand."""
        return cls(cell.name, cell.input_size, cell.hidden_size)

    @property
    def parameters(self) -> int:
        """Numbers to learn."""
        D, H = self.input_size, self.hidden_size
        return BLOCKS[self.cell] * (H * D + H**2 + 2 * H)

    @property
    def matrix_products(self) -> int:
        """Multiply-adds a step in W x and W h."""
        D, H = self.input_size, self.hidden_size
        return BLOCKS[self.cell] * (H * D + H**2)

    @property
    def elementwise_products(self) -> int:
        """Multiplications a step in ⊙."""
        return ELEMENTWISE[self.cell] * self.hidden_size

    @property
    def states(self) -> int:
        """Vectors that a step hands to the next: h, and the LSTM's c."""
        return STATES[self.cell]

    @property
    def carried(self) -> int:
        """Numbers that a step hands to the next."""
        return self.states * self.hidden_size

    @property
    def formulas(self) -> dict[str, str]:
        """Each of the above as LaTeX in D and H."""
        times = BLOCKS[self.cell]
        return {
            "parameters": _times(times, "HD + H^2 + 2H"),
            "matrix_products": _times(times, "HD + H^2"),
            "elementwise_products": _times(ELEMENTWISE[self.cell], "H"),
            "carried": _times(STATES[self.cell], "H"),
        }


def _times(factor: int, term: str) -> str:
    """3, "HD + H^2" -> "3(HD + H^2)"; 0 and 1 need no factor."""
    if factor in (0, 1):
        return term if factor else "0"
    return f"{factor}({term})" if "+" in term else f"{factor}{term}"
