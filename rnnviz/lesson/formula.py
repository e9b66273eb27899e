"""The cell's equations with the numbers of one unit and step in them, made from the equations themselves."""

import re
from collections.abc import Mapping

from rnnviz.engine import Trace

from .words import decimal


def in_numbers(formula: str, numbers: Mapping[str, float], value: float) -> str:
    r"""`c_t = f_t \odot c_{t-1} + …` becomes `0.9300 \cdot 1.4200 + … = 1.2800`.

    numbers: LaTeX symbol -> number, as `Cell.numbers` gives them. Longer symbols are replaced first.
    """
    right = formula.split(" = ", 1)[1]
    placed: list[str] = []
    for symbol in sorted(numbers, key=len, reverse=True):
        while symbol in right:
            right = right.replace(symbol, f"\x00{len(placed)}\x00", 1)
            placed.append(decimal(numbers[symbol], brackets=True))
    for k, text in enumerate(placed):
        right = right.replace(f"\x00{k}\x00", text)
    once = re.sub(r"\(\(([^()]*)\)\)", r"(\1)", right)
    return once.replace(r"\odot", r"\cdot") + f" = {decimal(value)}"


def equations(trace: Trace, time: int, unit: int) -> str:
    """All equations of the trace's cell as one LaTeX block, each with the numbers of this unit and step below.

    Quantities that only stand for a part of another (pre-activations, tanh c) are left to the one they are in.
    """
    cell = trace.cell
    numbers = {
        symbol: value
        for symbol, value in cell.numbers(trace, time, unit).items()
        if symbol not in (cell.symbols.get("tanh_c"),)
    }
    lines = []
    for quantity in (*cell.gates, *(["c"] if cell.has_cell_state else []), "h"):
        formula = cell.formulas[quantity]
        left, right = formula.split(" = ", 1)
        arithmetic = in_numbers(formula, numbers, float(trace[quantity][time, unit]))
        if trace.held(quantity, time, unit):  # what it would be is struck out
            right, arithmetic = rf"\cancel{{{right}}}", rf"{decimal(numbers[left])}\ \text{{(held)}}"
        lines.append(rf"{left} &= {right} \\ &= {arithmetic}")
    return r"\begin{aligned}" + r" \\[4pt] ".join(lines) + r"\end{aligned}"
