"""The wiring of a cell: each operation of one step, what goes into it, and the vector on each line between them.

A diagram of the cell is this list, drawn; its numbers are those of `lines`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cell import Array, Cell, sigmoid
from .elman import Elman
from .gru import GRU
from .trace import Trace

OPERATORS: dict[str, Callable[..., Array]] = {
    "+": np.add,
    "⊙": np.multiply,
    "σ": sigmoid,
    "tanh": np.tanh,
    "ReLU": lambda a: np.maximum(a, 0.0),
    "=": np.copy,
    "1−": lambda a: 1.0 - a,
}
"""What each operator does to the vectors that enter it. "W" is a linear layer, whose weights are the cell's."""

SOURCES = {"x": "x_t", "h'": "h_{t-1}", "c'": "c_{t-1}"}
"""The lines that enter the cell: the input and the state before."""


@dataclass(frozen=True)
class Operation:
    """One node of the diagram.

    key: the line that leaves it: a quantity of the trace where it is one, else named after its parts
    operator: one of `OPERATORS`, or "W"
    inputs: the lines that enter it
    symbol: what its line is called, with `_{}` for subscripts
    expression: how its value is computed, with each line that is read in braces: `{f}·{c'} + {i}·{g}`
    block: for "W", whose rows of the weights it uses
    """

    key: str
    operator: str
    inputs: tuple[str, ...]
    symbol: str
    expression: str
    block: str = ""


def operations(cell: Cell) -> tuple[Operation, ...]:
    """Every operation of one step, in an order in which each comes after what it reads.

    Raises ValueError for a cell whose wiring is not known here.
    """
    if cell.name not in WIRING:
        raise ValueError(f"the wiring of {cell.name} is not known; there is one for {', '.join(WIRING)}")
    return tuple(WIRING[cell.name](cell))


def ranks(wiring: tuple[Operation, ...]) -> dict[str, int]:
    """When each line has its value: 0 for what enters the cell, else one more than the last line that is read."""
    found = dict.fromkeys(SOURCES, 0)
    for operation in wiring:
        found[operation.key] = 1 + max(found[line] for line in operation.inputs)
    return found


def lines(trace: Trace) -> dict[str, Array]:
    """The vector on each line that leaves an operation: key -> (time, hidden). What the trace holds is not copied."""
    cell = trace.cell
    values = {"x": trace.x, "h'": trace.previous("h")} | ({"c'": trace.previous("c")} if cell.has_cell_state else {})
    for operation in operations(cell):
        if operation.key in trace:
            values[operation.key] = trace[operation.key]
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                values[operation.key] = applied(cell, operation, *(values[line] for line in operation.inputs))
    return {line: value for line, value in values.items() if line not in SOURCES}


def applied(cell: Cell, operation: Operation, *inputs: Array) -> Array:
    """What an operation makes of the vectors that enter it, each (time, n) -> (time, hidden)."""
    if operation.operator != "W":
        return OPERATORS[operation.operator](*inputs)
    from_input = operation.inputs == ("x",)
    weight, bias = (cell.weight_ih, cell.bias_ih) if from_input else (cell.weight_hh, cell.bias_hh)
    rows = cell.rows(operation.block)
    return inputs[0] @ weight[rows].T + bias[rows]


def _linear(block: str, line: str, of: str) -> Operation:
    """W_i x + b_i or W_h h + b_h of one block of rows."""
    which = "i" if of == "x" else "h"
    read = SOURCES.get(of, "(r_t ⊙ h_{t-1})")
    symbol = f"W_{{{which}{block}}} {read} + b_{{{which}{block}}}"
    return Operation(line, "W", (of,), symbol, f"{{{line}}}", block)


def _gate(block: str, operator: str) -> list[Operation]:
    """The four operations that make a gate or a candidate of the input and the state."""
    pre = f"{block}_pre"
    shown = f"{operator}({{{block}_x}} + {{{block}_h}})" if operator != "=" else f"{{{block}_x}} + {{{block}_h}}"
    return [
        _linear(block, f"{block}_x", "x"),
        _linear(block, f"{block}_h", "h'"),
        Operation(pre, "+", (f"{block}_x", f"{block}_h"), f"{block}^{{pre}}_t", f"{{{block}_x}} + {{{block}_h}}"),
        Operation(block, operator, (pre,), f"{block}_t", shown),
    ]


def _elman(cell: Elman) -> list[Operation]:
    return _gate("h", {"tanh": "tanh", "relu": "ReLU", "identity": "="}[cell.nonlinearity])


def _lstm(cell: Cell) -> list[Operation]:
    gates = [operation for block in cell.blocks for operation in _gate(block, "tanh" if block == "g" else "σ")]
    return [
        *gates,
        Operation("fc", "⊙", ("f", "c'"), "f_t ⊙ c_{t-1}", "{f}·{c'}"),
        Operation("ig", "⊙", ("i", "g"), "i_t ⊙ g_t", "{i}·{g}"),
        Operation("c", "+", ("fc", "ig"), "c_t", "{f}·{c'} + {i}·{g}"),
        Operation("tanh_c", "tanh", ("c",), "tanh(c_t)", "tanh({c})"),
        Operation("h", "⊙", ("o", "tanh_c"), "h_t", "{o}·tanh({c})"),
    ]


def _gru(cell: GRU) -> list[Operation]:
    if cell.reset == "after":
        candidate = [
            _linear("n", "n_x", "x"),
            _linear("n", "hn", "h'"),
            Operation("rhn", "⊙", ("r", "hn"), "r_t ⊙ (W_{hn} h_{t-1} + b_{hn})", "{r}·{hn}"),
            Operation("n_pre", "+", ("n_x", "rhn"), "n^{pre}_t", "{n_x} + {r}·{hn}"),
            Operation("n", "tanh", ("n_pre",), "n_t", "tanh({n_x} + {r}·{hn})"),
        ]
    else:
        candidate = [
            _linear("n", "n_x", "x"),
            Operation("rh", "⊙", ("r", "h'"), "r_t ⊙ h_{t-1}", "{r}·{h'}"),
            _linear("n", "n_h", "rh"),
            Operation("n_pre", "+", ("n_x", "n_h"), "n^{pre}_t", "{n_x} + {n_h}"),
            Operation("n", "tanh", ("n_pre",), "n_t", "tanh({n_x} + {n_h})"),
        ]
    return [
        *_gate("r", "σ"),
        *_gate("z", "σ"),
        *candidate,
        Operation("z_not", "1−", ("z",), "1 − z_t", "1 − {z}"),
        Operation("zn", "⊙", ("z_not", "n"), "(1 − z_t) ⊙ n_t", "(1 − {z})·{n}"),
        Operation("zh", "⊙", ("z", "h'"), "z_t ⊙ h_{t-1}", "{z}·{h'}"),
        Operation("h", "+", ("zn", "zh"), "h_t", "(1 − {z})·{n} + {z}·{h'}"),
    ]


WIRING: dict[str, Callable[[Any], list[Operation]]] = {"Elman": _elman, "LSTM": _lstm, "GRU": _gru}
