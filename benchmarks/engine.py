"""The engine against torch: a run that records every gate, and a backward pass.

The contestants take turns within one loop, so that a busy machine slows them alike; what counts is the ratio.
A turn is a few calls, of which the first, that finds the caches full of another's numbers, is not timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

import numpy as np
import torch
from torch import nn

from rnnviz.engine import GRU, LSTM, Cell, Elman, backward

from .report import Number, Report

STEPS, INPUT, HIDDEN, ROUNDS, CALLS = 50, 32, 32, 100, 5
FUSED_TARGET, LOOP_TARGET = 1.0, 0.4
LENGTHS, WIDTHS = (50, 200, 500, 1000, 2000), (8, 32, 64, 128, 256)
CELLS = (Elman, GRU, LSTM)
TORCH = {"Elman": (nn.RNN, nn.RNNCell), "GRU": (nn.GRU, nn.GRUCell), "LSTM": (nn.LSTM, nn.LSTMCell)}


def medians(
    contestants: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, calls: int = CALLS
) -> dict[str, float]:
    """Milliseconds a call of each contestant: the median over the rounds, in each of which all have their turn."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            contestant()
            start = perf_counter()
            for _ in range(calls):
                contestant()
            times[name].append((perf_counter() - start) / calls * 1e3)
    return {name: median(values) for name, values in times.items()}


class Contest:
    """One cell in the engine, as torch's fused module and as a loop over torch's single cell."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        fused, single = TORCH[cell.name]
        tensors = {name: torch.tensor(value) for name, value in cell.state_dict().items()}
        self.fused = fused(INPUT, HIDDEN, dtype=torch.float64)
        self.fused.load_state_dict(tensors)
        self.single = single(INPUT, HIDDEN, dtype=torch.float64)
        self.single.load_state_dict({name.removesuffix("_l0"): value for name, value in tensors.items()})
        generator = np.random.default_rng(0)
        self.x, self.dh = generator.normal(size=(STEPS, INPUT)), generator.normal(size=(STEPS, HIDDEN))
        self.tensor, self.tensor_dh = torch.tensor(self.x), torch.tensor(self.dh)
        self.trace = cell.run(self.x)
        for theirs in (self.run_fused(), self.run_loop()):
            np.testing.assert_allclose(self.trace.h, theirs, atol=1e-12)

    @torch.no_grad()
    def run_fused(self) -> torch.Tensor:
        return self.fused(self.tensor)[0]

    @torch.no_grad()
    def run_loop(self) -> torch.Tensor:
        """What people write to look inside: one cell call a step."""
        h = torch.zeros(1, HIDDEN, dtype=torch.float64)
        c = torch.zeros_like(h)
        states = []
        for x in self.tensor.split(1):
            if self.cell.has_cell_state:
                h, c = self.single(x, (h, c))
            else:
                h = self.single(x, h)
            states.append(h)
        return torch.cat(states)

    def both_ways(self) -> object:
        return backward(self.cell.run(self.x), self.dh)

    def both_ways_fused(self) -> None:
        self.fused.zero_grad()
        self.fused(self.tensor)[0].backward(self.tensor_dh)

    def forward(self) -> dict[str, float]:
        return medians({"engine": lambda: self.cell.run(self.x), "fused": self.run_fused, "loop": self.run_loop})

    def there_and_back(self) -> dict[str, float]:
        return medians(
            {
                "engine": self.both_ways,
                "backward": lambda: backward(self.trace, self.dh),
                "fused": self.both_ways_fused,
            }
        )


def growth(report: Report) -> None:
    """Milliseconds of a trace, and of all gradients from it, by the number of steps and by the number of units."""
    for what, cases in {
        f"steps T, at H = {HIDDEN}": [(steps, HIDDEN) for steps in LENGTHS],
        f"hidden units H, at T = {STEPS}": [(STEPS, units) for units in WIDTHS],
    }.items():
        by_steps = "steps" in what
        shown = [str(steps if by_steps else units) for steps, units in cases]
        report.table(f"Growth with {what}: ms, input {INPUT}", shown)
        for cell in CELLS:
            ms = {case: one_size(cell, *case) for case in cases}
            for contestant in ("trace", "gradients"):
                names = [f"engine.{cell.name.lower()}.{contestant}.t{steps}_h{units}_ms" for steps, units in cases]
                numbers = (Number(name, ms[case][contestant]) for name, case in zip(names, cases, strict=True))
                report.row(f"{cell.name}, {contestant}", *numbers)


def one_size(cell: type[Cell], steps: int, units: int) -> dict[str, float]:
    generator = np.random.default_rng(0)
    one, x = cell.random(INPUT, units), generator.normal(size=(steps, INPUT))
    trace, dh = one.run(x), generator.normal(size=(steps, units))
    return medians({"trace": lambda: one.run(x), "gradients": lambda: backward(trace, dh)}, rounds=7, calls=1)


def main(report: Report) -> None:
    torch.set_num_threads(1)
    report.say(
        f"T = {STEPS}, H = {HIDDEN}, input {INPUT}, float64, one thread; ms a call, medians of {ROUNDS} rounds of "
        f"{CALLS} calls. The engine records every gate; torch records none."
    )
    contests = [Contest(cell.random(INPUT, HIDDEN)) for cell in CELLS]
    ratios: dict[str, list[float]] = {"trace_vs_fused": [], "trace_vs_loop": [], "gradients_vs_fused": []}

    def ratio(cell: str, name: str, value: float, aim: float | None) -> Number:
        ratios[name].append(value)
        return Number(f"engine.{cell.lower()}.{name}", value, "×", at_most=aim)

    report.table("Trace, every gate", ("engine ms", "fused ms", "loop ms", "of fused", "of a loop"))
    for contest in contests:
        ms, name = contest.forward(), contest.cell.name
        fused = ratio(name, "trace_vs_fused", ms["engine"] / ms["fused"], FUSED_TARGET)
        loop = ratio(name, "trace_vs_loop", ms["engine"] / ms["loop"], LOOP_TARGET)
        report.row(name, *(f"{ms[one]:.3f}" for one in ("engine", "fused", "loop")), fused, loop)
    report.table("Trace and all gradients, against autograd", ("engine ms", "backward ms", "fused ms", "of fused"))
    for contest in contests:
        ms, name = contest.there_and_back(), contest.cell.name
        fused = ratio(name, "gradients_vs_fused", ms["engine"] / ms["fused"], None)
        report.row(name, *(f"{ms[one]:.3f}" for one in ("engine", "backward", "fused")), fused)
    report.table("The slowest of the three cells", ("ratio",))
    for name, values in ratios.items():
        report.row(name.replace("_", " "), Number(f"engine.{name}", max(values), "×"))
    growth(report)
