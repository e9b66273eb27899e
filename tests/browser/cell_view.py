"""The player's view inside the cell, as a test reads it: the numbers on its nodes, and its line of arithmetic."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from rnnviz.engine.wiring import lines
from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import NUMBER, PIXELS, LessonPage

SENTENCE = "To be, or not to be, that is the question"
FLOAT32 = 2e-7
LINKS = {
    "Elman": "?cell=Elman&view=cell",
    "LSTM": "?cell=LSTM&view=cell",
    "GRU": "?cell=GRU&view=cell",
    "GRU, reset before": "gru?reset=before&view=cell",
}
each_cell = pytest.mark.parametrize("cell", LINKS)
OPERATORS = {"σ": "sigma", "tanh": "tanh", "ReLU": "relu", "·": "*", "−": "-"}
FUNCTIONS = {
    "sigma": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
}


def model_of(cell: str):
    name, _, reset = cell.partition(", reset ")
    model = character_model(name)
    return model.with_options(reset=reset) if reset else model


def values_of(trace) -> dict[str, np.ndarray]:
    """line -> (time, unit), with the states that come in."""
    states = {"h'": trace.previous("h")} | ({"c'": trace.previous("c")} if trace.c is not None else {})
    return lines(trace) | states


def same(text: str, value: float) -> bool:
    """Whether a displayed number is a value, correctly rounded."""
    return abs(shown_number(text) - value) <= half_a_digit(text) * 1.001 + FLOAT32 * max(1, abs(value))


def half_a_digit(text: str) -> float:
    """How far a displayed number may be from the true one: half of its last digit."""
    mantissa, _, power = text.replace("−", "-").partition("e")
    return 0.5 * 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))


def shown_number(text: str) -> float:
    return float(text.replace("−", "-"))


def evaluated(side: str) -> float:
    """What a side of the arithmetic comes to, by Python's own rules."""
    expression = side
    for symbol, python in OPERATORS.items():
        expression = expression.replace(symbol, python)
    return float(eval(expression, {"__builtins__": {}}, FUNCTIONS))


def rounding(side: str) -> float:
    """By how much it may be off because each of its numbers is rounded, to first order and a tenth more."""
    exact, off = evaluated(side), 0.0
    for match in re.finditer(NUMBER.replace("[−+]?", "", 1), side):
        text = match.group()
        if "." not in text:
            continue  # the 1 of 1 − z is no rounded number
        moved = side[: match.start()] + repr(shown_number(text) + half_a_digit(text)) + side[match.end() :]
        off += abs(evaluated(moved.replace("e-", "e−")) - exact)
    return 1.1 * off


class CellView:
    def __init__(self, lesson: LessonPage) -> None:
        self.lesson = lesson
        self.arithmetic = lesson.player.locator(".arithmetic")

    def labels(self) -> dict[str, str]:
        """node -> the number on it, for the chosen unit at the current step."""
        self.settle()
        return self.lesson.look("Object.fromEntries(p.current.labels)")

    def settle(self) -> None:
        """Until what was asked for is drawn."""
        self.lesson.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def lines(self) -> dict[str, str]:
        """operation -> its line of arithmetic, as text without markup."""
        self.settle()
        shown = self.arithmetic.locator("div")
        return dict(shown.evaluate_all("all => all.map((one) => [one.dataset.key, one.textContent])"))

    def place(self, key: str, unit: int | None = None) -> tuple[float, float]:
        """Where a node, or a unit's cell in the strip of its line, is in the window."""
        self.lesson.canvas.scroll_into_view_if_needed()
        box = self.lesson.canvas.bounding_box()
        x, y = self.lesson.look(f"p.current.place({key!r}, {'null' if unit is None else unit})")
        return box["x"] + x, box["y"] + y

    def point_to(self, key: str, unit: int | None = None) -> str:
        x, y = self.place(key, unit)
        self.lesson.page.mouse.move(x + 0.5, y)
        self.lesson.page.mouse.move(x, y)
        self.lesson.tip.wait_for()
        return self.lesson.tip.inner_text()

    def pixels(self, places: list[tuple[float, float]], state: dict | None = None) -> np.ndarray:
        """(places, 4) what is drawn at places of the canvas, in css pixels: now, or in a state."""
        return np.array(self.lesson.page.evaluate(PIXELS, [state, places]))
