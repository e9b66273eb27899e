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

STEPS, INPUT, HIDDEN, ROUNDS, CALLS = 50, 32, 32, 100, 5
FUSED_TARGET, LOOP_TARGET = 1.0, 0.4
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


def against(ms: Mapping[str, float], rival: str, target: float | None = None) -> str:
    """'0.61 ×' and, with a target, whether it is met."""
    ratio = ms["engine"] / ms[rival]
    verdict = "" if target is None else " met" if ratio <= target else " missed"
    return f"{ratio:5.2f} ×{verdict}"


def main() -> None:
    torch.set_num_threads(1)
    contests = [Contest(cell.random(INPUT, HIDDEN)) for cell in (Elman, GRU, LSTM)]
    print(f"Engine: T={STEPS}, H={HIDDEN}, input {INPUT}, float64, one thread")
    print(f"ms a call, medians of {ROUNDS} rounds of {CALLS} calls\n")
    print("forward, every gate recorded; torch records none")
    print(f"  {'':6}{'engine':>9}{'fused':>9}{'loop':>9}   {f'of fused, ≤ {FUSED_TARGET}':<18}of loop, ≤ {LOOP_TARGET}")
    for contest in contests:
        ms = contest.forward()
        times = "".join(f"{ms[name]:9.3f}" for name in ("engine", "fused", "loop"))
        ratios = f"{against(ms, 'fused', FUSED_TARGET):<18}{against(ms, 'loop', LOOP_TARGET)}"
        print(f"  {contest.cell.name:6}{times}   {ratios}")
    print("\nforward and backward, for information: all gradients, against autograd through the fused module")
    print(f"  {'':6}{'engine':>9}{'backward':>9}{'fused':>9}   of fused")
    for contest in contests:
        ms = contest.there_and_back()
        times = "".join(f"{ms[name]:9.3f}" for name in ("engine", "backward", "fused"))
        print(f"  {contest.cell.name:6}{times}   {against(ms, 'fused')}")
    print()
