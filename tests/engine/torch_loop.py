"""The same cells as a plain torch loop, one gate a line: what autograd differentiates in the tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from rnnviz.engine import GRU, LSTM, BagOfWords, Cell
from tests.engine.strategies import Reading

PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu, "identity": lambda a: a}


def leaf(value: np.ndarray) -> Tensor:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


class Loop:
    """One run of a reading. values: symbol -> a tensor each step; leaves: what a gradient is wanted for."""

    def __init__(self, reading: Reading) -> None:
        self.cell, self.clamp = reading.cell, reading.clamp or {}
        start = np.zeros(self.cell.hidden_size)
        self.leaves = {"h0": leaf(start if reading.h0 is None else reading.h0), "x": leaf(reading.x)}
        if self.cell.has_cell_state:
            self.leaves["c0"] = leaf(start if reading.c0 is None else reading.c0)
        if self.cell.blocks:
            self.leaves |= {name: leaf(getattr(self.cell, name)) for name in PARAMETERS}
        self.values: dict[str, list[Tensor]] = {}
        h, c = self.leaves["h0"], self.leaves.get("c0")
        for t, x in enumerate(self.leaves["x"]):
            self.holding = t >= reading.hold_from
            step = self.step(x, h, c)
            h, c = step["h"], step.get("c")
            for symbol, value in step.items():
                value.retain_grad() if value.requires_grad else None
                self.values.setdefault(symbol, []).append(value)

    def array(self, symbol: str) -> np.ndarray:
        """(time, hidden)"""
        return torch.stack(self.values[symbol]).detach().numpy()

    def gradients(self, dh: np.ndarray, dc: np.ndarray | None) -> dict[str, np.ndarray]:
        """autograd's answer for the loss ∑ dh·h + ∑ dc·c: the total at each h_t and c_t, and at each leaf."""
        loss = (torch.stack(self.values["h"]) * torch.tensor(dh)).sum()
        if dc is not None:
            loss = loss + (torch.stack(self.values["c"]) * torch.tensor(dc)).sum()
        loss.backward()
        states = {"h": self.values["h"]} | ({"c": self.values["c"]} if self.cell.has_cell_state else {})
        at_states = {symbol: torch.stack([gradient(v) for v in steps]) for symbol, steps in states.items()}
        at_leaves = {name: gradient(value) for name, value in self.leaves.items()}
        return {name: value.numpy() for name, value in (at_states | at_leaves).items()}

    def step(self, x: Tensor, h: Tensor, c: Tensor | None) -> dict[str, Tensor]:
        cell: Any = self.cell
        if isinstance(cell, BagOfWords):
            return {"h": h + x}
        of_x = dict(zip(cell.blocks, self.blocks("weight_ih", "bias_ih", x), strict=True))
        if isinstance(cell, GRU):
            return self.gru_step(of_x, h)
        of_h = dict(zip(cell.blocks, self.blocks("weight_hh", "bias_hh", h), strict=True))
        pre = {f"{k}_pre": of_x[k] + of_h[k] for k in cell.blocks}
        if not isinstance(cell, LSTM):
            return pre | {"h": NONLINEARITIES[cell.nonlinearity](pre["h_pre"])}
        i = self.held("i", torch.sigmoid(pre["i_pre"]))
        f = self.held("f", torch.sigmoid(pre["f_pre"]))
        g = self.held("g", torch.tanh(pre["g_pre"]))
        o = self.held("o", torch.sigmoid(pre["o_pre"]))
        c = f * c + i * g
        return pre | {"i": i, "f": f, "g": g, "o": o, "c": c, "tanh_c": torch.tanh(c), "h": o * torch.tanh(c)}

    def gru_step(self, of_x: dict[str, Tensor], h: Tensor) -> dict[str, Tensor]:
        W_r, W_z, W_n = self.leaves["weight_hh"].chunk(3)
        b_r, b_z, b_n = self.leaves["bias_hh"].chunk(3)
        r_pre, z_pre = of_x["r"] + W_r @ h + b_r, of_x["z"] + W_z @ h + b_z
        r, z = self.held("r", torch.sigmoid(r_pre)), self.held("z", torch.sigmoid(z_pre))
        if self.cell.reset == "after":
            between = {"hn": W_n @ h + b_n}
            n_pre = of_x["n"] + r * between["hn"]
        else:
            between = {"rh": r * h}
            n_pre = of_x["n"] + W_n @ between["rh"] + b_n
        n = self.held("n", torch.tanh(n_pre))
        gates = {"r_pre": r_pre, "z_pre": z_pre, "r": r, "z": z}
        return gates | between | {"n_pre": n_pre, "n": n, "h": (1 - z) * n + z * h}

    def blocks(self, weight: str, bias: str, value: Tensor) -> tuple[Tensor, ...]:
        return (self.leaves[weight] @ value + self.leaves[bias]).chunk(len(self.cell.blocks))

    def held(self, gate: str, value: Tensor) -> Tensor:
        """The gate, or in its place the clamp's number, through which no gradient flows."""
        setting = self.clamp.get(gate, {}) if self.holding else {}
        units = setting if isinstance(setting, dict) else dict.fromkeys(range(len(value)), setting)
        mask = torch.tensor([unit in units for unit in range(len(value))])
        fixed = torch.tensor([units.get(unit, 0.0) for unit in range(len(value))], dtype=torch.float64)
        return torch.where(mask, fixed, value)


def gradient(value: Tensor) -> Tensor:
    return torch.zeros_like(value) if value.grad is None else value.grad


def torch_module(cell: Cell, **options: Any) -> torch.nn.RNNBase:
    """torch's own module for this kind of cell, in float64, holding this cell's weights."""
    own = {"nonlinearity": cell.nonlinearity} if cell.name == "Elman" else {}
    cls = {"Elman": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}[cell.name]
    module = cls(cell.input_size, cell.hidden_size, dtype=torch.float64, **own, **options)
    tensors = {name: torch.tensor(value) for name, value in cell.state_dict().items()}
    module.load_state_dict(tensors, strict=True)
    return module


def module_start(cell: Cell, h0: Any, c0: Any) -> Any:
    """h0 and c0 as torch's unbatched modules take them."""
    h0, c0 = (torch.as_tensor(np.zeros(cell.hidden_size) if s is None else s)[None] for s in (h0, c0))
    return (h0, c0) if cell.has_cell_state else h0
