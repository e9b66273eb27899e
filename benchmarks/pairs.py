"""All pairs ‖∂L_t/∂h_s‖₂ in one sweep against one call of autograd for each step, and how the sweep grows."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.engine import Contest, medians
from rnnviz.engine import GRU, LSTM, Elman, pairwise

STEPS, HIDDEN, INPUT, TARGET = 50, 32, 32, 40
LENGTHS, SIZES = (50, 100, 200, 400), (8, 32, 128)
CELLS = (Elman, GRU, LSTM)


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


def main() -> None:
    torch.set_num_threads(1)
    print(f"All pairs of ‖∂L_t/∂h_s‖₂: T={STEPS}, H={HIDDEN}, float64, one thread")
    print(f"  {'':6}{'engine ms':>10}{'autograd ms':>12}   times faster, ≥ {TARGET}")
    for cell in CELLS:
        ms = Pairs(cell.random(INPUT, HIDDEN)).measure()
        ratio = ms["autograd"] / ms["engine"]
        verdict = "met" if ratio >= TARGET else "missed"
        print(f"  {cell.name:6}{ms['engine']:10.2f}{ms['autograd']:12.1f}   {ratio:5.0f} × {verdict}")
    print(f"\ngrowth with T at H={HIDDEN}, ms       " + "".join(f"{steps:>9}" for steps in LENGTHS))
    for cell in CELLS:
        print(f"  {cell.name:34}" + "".join(f"{growth(cell, steps, HIDDEN):9.2f}" for steps in LENGTHS))
    print(f"growth with H at T={STEPS}, ms       " + "".join(f"{size:>9}" for size in SIZES))
    for cell in CELLS:
        print(f"  {cell.name:34}" + "".join(f"{growth(cell, STEPS, size):9.2f}" for size in SIZES))
    print()
