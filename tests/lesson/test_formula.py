"""The numbers below an equation are those of its symbols, and they come out as shown."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman
from rnnviz.lesson.formula import equations, in_numbers
from tests.engine.strategies import EVERY, GATED, called, normal, readings

ROUNDING = 1e-9


@dataclass
class Between:
    """All numbers that a rounded number may have been."""

    low: float
    high: float

    @classmethod
    def shown(cls, digits: str, power: str | None = None) -> Between:
        scale = 10.0 ** int(power or 0)
        half = 0.5 * 10.0 ** -len(digits.partition(".")[2])
        return cls((float(digits) - half) * scale, (float(digits) + half) * scale)

    def __neg__(self) -> Between:
        return Between(-self.high, -self.low)

    def __add__(self, other: Between) -> Between:
        return Between(self.low + other.low, self.high + other.high)

    def __rsub__(self, one: float) -> Between:
        return Between(one - self.high, one - self.low)

    def __mul__(self, other: Between) -> Between:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Between(min(corners), max(corners))

    def through(self, rising) -> Between:
        return Between(float(rising(self.low)), float(rising(self.high)))

    def meets(self, other: Between) -> bool:
        slack = ROUNDING * max(1, abs(self.low), abs(self.high))
        return self.low <= other.high + slack and other.low <= self.high + slack


FUNCTIONS = {
    "sigma": lambda a: a.through(lambda v: 1 / (1 + np.exp(-v))),
    "tanh": lambda a: a.through(np.tanh),
    "relu": lambda a: a.through(lambda v: max(v, 0.0)),
    "shown": Between.shown,
    "__builtins__": {},
}


def evaluate(latex: str) -> Between:
    r"""`\tanh((-0.5000) + 1.2000 \cdot 0.1000)` -> what it may be."""
    python = re.sub(r"(\d+\.\d+)(?: \\cdot 10\^\{(-?\d+)\})?", r"shown('\1', '\2')", latex)
    for command, name in ((r"\cdot", "*"), (r"\sigma", "sigma"), (r"\tanh", "tanh"), (r"\mathrm{ReLU}", "relu")):
        python = python.replace(command, name)
    assert not re.search(r"[\\^{}_]", python), f"not a number: {latex}"
    return eval(python, dict(FUNCTIONS))


def parts(block: str) -> list[tuple[str, str]]:
    """(equation, the line below it) of a LaTeX block, alignment signs taken out."""
    inside = block.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [tuple(line.replace("&= ", "= ").split(r" \\ = ")) for line in inside.split(r" \\[4pt] ")]


@given(readings(EVERY), st.data())
def test_the_arithmetic_shown_gives_the_result_shown(reading, data):
    trace = reading.run()
    time, unit = (data.draw(st.integers(0, n - 1)) for n in trace.h.shape)
    for equation, numbers in parts(equations(trace, time, unit)):
        arithmetic, result = numbers.rsplit(" = ", 1)
        assert evaluate(arithmetic).meets(evaluate(result)), f"{equation}: {numbers}"


@given(readings(EVERY), st.data())
def test_the_result_shown_is_the_recorded_number(reading, data):
    trace = reading.run()
    time, unit = (data.draw(st.integers(0, n - 1)) for n in trace.h.shape)
    quantity = {symbol: name for name, symbol in trace.cell.symbols.items()}
    for equation, numbers in parts(equations(trace, time, unit)):
        recorded = float(trace[quantity[equation.split(" = ")[0]]][time, unit])
        assert evaluate(numbers.rsplit(" = ", 1)[1]).meets(Between(recorded, recorded))


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_every_equation_is_the_cells_own_word_for_word_in_the_order_of_computation(kind):
    cell = kind[0].random(3, 3, seed=1, **kind[1])
    shown = [equation for equation, _ in parts(equations(cell.run(normal(4, 3, seed=2)), 2, 1))]
    states = ["c", "h"] if cell.has_cell_state else ["h"]
    assert shown == [cell.formulas[quantity] for quantity in (*cell.gates, *states)]


@given(readings(GATED, clamped=True), st.data())
def test_a_clamped_gate_says_that_it_is_held_and_at_what(reading, data):
    trace = reading.run()
    time, unit = (data.draw(st.integers(0, n - 1)) for n in trace.h.shape)
    for (_, numbers), quantity in zip(parts(equations(trace, time, unit)), [*trace.cell.gates, "c", "h"], strict=False):
        held = trace.clamp.get(quantity, {}).get(unit)
        assert ("held" in numbers) == (held is not None)
        if held is not None:
            number = numbers.removesuffix(r"\ \text{(held)}")
            assert evaluate(number).meets(Between(held, held))


@pytest.mark.parametrize("held", [1e-7, -0.5, 1e6])
def test_a_held_number_is_shown_like_any_other(held):
    trace = LSTM.random(2, 2).run(np.ones((2, 2)), clamp={"f": held})
    line = parts(equations(trace, 0, 0))[1][1]
    assert evaluate(line.removesuffix(r"\ \text{(held)}")).meets(Between(held, held))
    assert len(line) < 60


def test_what_follows_a_held_gate_is_computed_with_what_it_was_held_at():
    trace = LSTM.random(2, 2, seed=1).run(np.ones((3, 2)), clamp={"f": 1.0, "i": 0.0})
    c = dict(zip("ifgoch", parts(equations(trace, 2, 0)), strict=True))["c"][1]
    assert c.startswith(r"1.0000 \cdot ") and r"+ 0.0000 \cdot" in c


def test_no_symbol_is_left_and_longer_ones_go_first():
    numbers = {"h_t": 9.0, "h_{t-1}": 2.0, r"W_{hn} (r_t \odot h_{t-1})": 3.0, "r_t": 5.0}
    assert in_numbers(r"x = W_{hn} (r_t \odot h_{t-1}) + r_t \odot h_{t-1}", numbers, 13) == (
        r"3.0000 + 5.0000 \cdot 2.0000 = 13.0000"
    )


def test_negative_numbers_stand_in_one_pair_of_brackets():
    assert in_numbers(r"h_t = \tanh(c_t)", {"c_t": -0.5}, math.tanh(-0.5)) == r"\tanh(-0.5000) = -0.4621"
    assert in_numbers("h_t = a + b", {"a": 1.0, "b": -2.0}, -1) == "1.0000 + (-2.0000) = -1.0000"


def test_what_overflowed_is_shown_as_infinite():
    cell = Elman([[1.0]], [[10.0]], nonlinearity="identity")
    ((_, numbers),) = parts(equations(cell.run(np.ones((400, 1))), 399, 0))
    assert numbers.endswith(r"= \infty") and "NaN" not in numbers


def test_this_arithmetic_would_notice_a_wrong_number():
    for cls in (Elman, GRU, LSTM, BagOfWords):
        trace = cls.random(3, 3, seed=1).run(normal(4, 3, seed=2))
        for _, numbers in parts(equations(trace, 3, 0)):
            arithmetic, result = numbers.rsplit(" = ", 1)
            wrong = Between.shown(f"{float(result) + 0.002:.4f}")
            assert not evaluate(arithmetic).meets(wrong)
