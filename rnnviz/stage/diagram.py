"""The wiring of a trace's cell as the player draws it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.wiring import SOURCES, WIRING, Operation, lines, operations, ranks

from .scales import OPENINGS, extent, limit

STATES = "hc"


def diagram(trace: Trace, scales: Mapping[str, float]) -> dict[str, Any] | None:
    """The diagram of the cell: its operations in the order of computation, and the scale of each line.

    Lines that are added to each other share a scale, so that their colours can be compared. None for a cell without
    a wiring of its own: the running sum.
    """
    if trace.cell.name not in WIRING:
        return None
    found, values = operations(trace.cell), lines(trace)
    rank = ranks(found)
    sums = [operation.key for operation in found if group(operation) == "sum"]
    sum_limit = limit(np.stack([values[line] for line in sums]))
    scale: dict[str, dict[str, Any]] = {}
    for operation in found:
        line, kind = operation.key, group(operation)
        if kind == "gate":
            scale[line] = {"scale": "gate", "limit": 1}
        elif kind == "sum":
            scale[line] = {"scale": "signed", "limit": sum_limit}
        else:
            scale[line] = {"scale": "signed", "limit": extent(kind, trace[kind], scales)["limit"]}
    return {
        "sources": dict(SOURCES) if trace.c is not None else {k: v for k, v in SOURCES.items() if k != "c'"},
        "last": 1 + max(rank.values()),
        "operations": [
            {
                "key": operation.key,
                "operator": operation.operator,
                "inputs": list(operation.inputs),
                "symbol": operation.symbol,
                "expression": operation.expression,
                "rank": rank[operation.key],
                **scale[operation.key],
            }
            for operation in found
        ],
    }


def group(operation: Operation) -> str:
    """Whose scale an operation's line is drawn on: "gate", "sum" for what a nonlinearity takes, or a quantity's."""
    line = operation.key
    if line in OPENINGS or operation.operator == "1−":
        return "gate"
    if operation.operator in ("σ", "tanh"):
        return "h" if line == "tanh_c" else line
    if line in STATES:
        return line
    if line in ("rh", "zn", "zh"):
        return "h"
    return "c" if line in ("fc", "ig") else "sum"
