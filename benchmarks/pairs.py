"""All pairs ‖∂L_t/∂h_s‖₂ in one sweep against one call of autograd for each step, and how the sweep grows."""

from __future__ import annotations

import numpy as np
import torch

from rnnviz.engine import pairwise

from .engine import CELLS, Contest, medians
from .report import Number, Report

STEPS, HIDDEN, INPUT, TARGET = 50, 32, 32, 40
LENGTHS, SIZES = (50, 100, 200, 400), (8, 32, 128)


class Pairs(Contest):
    def autograd(self) -> np.ndarray:
        """What people write: keep each state of a loop over torch's cell, and ask once for every step's loss."""
        h = torch.zeros(1, HIDDEN, dtype=torch.float64, requires_grad=True)
        c = torch.zeros_like(h)
        states = []
        for x in self.tensor.split(1):
            if self.cell.has_cell_state:
                h, c = self.single(x, (h, c))
            else:
                h = self.single(x, h)
            states.append(h)
        norms = np.zeros((STEPS, STEPS))
        for t, state in enumerate(states):
            gradients = torch.autograd.grad(state, states[: t + 1], self.tensor_dh[t][None], retain_graph=True)
            norms[t, : t + 1] = [float(gradient.norm()) for gradient in gradients]
        return norms

    def check(self) -> None:
        np.testing.assert_allclose(pairwise(self.trace, self.dh), self.autograd(), rtol=1e-10, atol=1e-15)

    def measure(self) -> dict[str, float]:
        self.check()
        return medians({"engine": lambda: pairwise(self.trace, self.dh), "autograd": self.autograd}, rounds=7, calls=1)


def growth(cell: type, steps: int, hidden: int) -> float:
    """Milliseconds of one sweep."""
    trace = cell.random(INPUT, hidden).run(np.random.default_rng(0).normal(size=(steps, INPUT)))
    dh = np.random.default_rng(1).normal(size=trace.h.shape)
    return medians({"engine": lambda: pairwise(trace, dh)}, rounds=5, calls=1)["engine"]


def main(report: Report) -> None:
    torch.set_num_threads(1)
    title = f"All pairs ‖∂L_t/∂h_s‖₂ in one sweep: T = {STEPS}, H = {HIDDEN}"
    report.table(title, ("engine ms", "autograd ms", "times faster"))
    faster = []
    for cell in CELLS:
        ms = Pairs(cell.random(INPUT, HIDDEN)).measure()
        faster.append(ms["autograd"] / ms["engine"])
        speedup = Number(f"engine.{cell.name.lower()}.pairwise_speedup", faster[-1], "×", at_least=TARGET)
        report.row(cell.name, f"{ms['engine']:.2f}", f"{ms['autograd']:.1f}", speedup)
    report.row("the least", "", "", Number("engine.pairwise_speedup", min(faster), "×"))
    for title, cases in (
        (f"All pairs, growth with T at H = {HIDDEN}: ms", [(steps, HIDDEN) for steps in LENGTHS]),
        (f"All pairs, growth with H at T = {STEPS}: ms", [(STEPS, units) for units in SIZES]),
    ):
        report.table(title, [f"T = {steps}, H = {units}" for steps, units in cases])
        for cell in CELLS:
            name = f"engine.{cell.name.lower()}.pairwise"
            report.row(cell.name, *(Number(f"{name}.t{t}_h{h}_ms", growth(cell, t, h)) for t, h in cases))
