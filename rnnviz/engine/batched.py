"""The passes of an `Ensemble`, one pair for each kind of cell: all members and all values of a sweep at once.

Arrays are (members, values, hidden), with time before and the cell's blocks in front of the members.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from .cell import Array, Cell, sigmoid
from .elman import ACTIVATIONS, SLOPES, Elman

States = dict[str, Array]
Back = Callable[[int, States], tuple[States, States]]
"""(t, what is carried to t from after it) -> (the totals at t, what they carry to t − 1)"""


class Run(Protocol):
    """What the way back needs of an `Ensemble`."""

    @property
    def cells(self) -> tuple[Cell, ...]: ...
    @property
    def scales(self) -> Array: ...
    @property
    def clamp(self) -> Mapping[str, float]: ...
    def __getitem__(self, quantity: str) -> Array: ...


def _blocks(cells: Sequence[Cell], parameter: str, dtype: np.dtype) -> Array:
    """(blocks, members, hidden, …) a parameter of all members, one block after the other."""
    stacked = np.stack([getattr(cell, parameter) for cell in cells]).astype(dtype)
    return np.stack(np.split(stacked, len(cells[0].blocks), axis=1))


def _from_input(cells: Sequence[Cell], x: Array, bias: Array) -> Array:
    """(time, blocks, members, 1, hidden) W_ih x_t + bias."""
    weight = _blocks(cells, "weight_ih", x.dtype)
    return (np.moveaxis(x @ weight.swapaxes(2, 3), 2, 0) + bias)[:, :, :, None]


def _bias(cells: Sequence[Cell], dtype: np.dtype) -> Array:
    """(blocks, members, hidden) b_ih + b_hh"""
    return _blocks(cells, "bias_ih", dtype) + _blocks(cells, "bias_hh", dtype)


def _recurrent(cells: Sequence[Cell], dtype: np.dtype) -> Array:
    """(blocks, members, hidden, hidden) W_hh, transposed, so that a row vector h goes in from the left."""
    return np.ascontiguousarray(_blocks(cells, "weight_hh", dtype).swapaxes(2, 3))


def _start(cells: Sequence[Cell], scales: Array) -> Array:
    return np.zeros((len(cells), len(scales), cells[0].hidden_size), dtype=scales.dtype)


def elman(cells: Sequence[Cell], x: Array, scales: Array) -> States:
    r""":math:`h_t = \phi(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})`"""
    assert isinstance(cells[0], Elman)
    phi = ACTIVATIONS[cells[0].nonlinearity]
    of_x = _from_input(cells, x, _bias(cells, x.dtype))[:, 0]
    (W,), scale = _recurrent(cells, x.dtype), scales[:, None]
    before = _start(cells, scales)
    h = np.empty((len(x), *before.shape), dtype=x.dtype)
    for t in range(len(x)):
        before = h[t] = phi(of_x[t] + (scale * before) @ W)
    return {"h": h}


def gru(cells: Sequence[Cell], x: Array, scales: Array) -> States:
    r"""
    .. math::
        (r, z)_t &= \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}) \\
        h^n_t &= W_{hn} h_{t-1} + b_{hn} \\
        n_t &= \tanh(W_{in} x_t + b_{in} + r_t \odot h^n_t) \\
        h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}
    """
    bias, b_hh = (_blocks(cells, name, x.dtype) for name in ("bias_ih", "bias_hh"))
    bias[:2] += b_hh[:2]
    b_hn = b_hh[2][:, None]
    of_x, W, scale = _from_input(cells, x, bias), _recurrent(cells, x.dtype), scales[:, None]
    before = _start(cells, scales)
    r_and_z = np.empty((len(x), 2, *before.shape), dtype=x.dtype)
    hn, n, h = (np.empty((len(x), *before.shape), dtype=x.dtype) for _ in range(3))
    for t in range(len(x)):
        product = (scale * before) @ W
        r, z = sigmoid(of_x[t, :2] + product[:2], out=r_and_z[t])
        np.add(product[2], b_hn, out=hn[t])
        np.tanh(of_x[t, 2] + r * hn[t], out=n[t])
        before = h[t] = n[t] + z * (before - n[t])
    return {"r": r_and_z[:, 0], "z": r_and_z[:, 1], "hn": hn, "n": n, "h": h}


def lstm(cells: Sequence[Cell], x: Array, scales: Array, more: Array | None, held: Mapping[str, float]) -> States:
    r"""
    .. math::
        i_t, f_t, o_t &= \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}), \quad g_t = \tanh(\cdot) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
        h_t &= o_t \odot \tanh(c_t)
    """
    order = [0, 1, 3, 2]  # the three gates first, so that one call squashes them all
    of_x = _from_input(cells, x, _bias(cells, x.dtype))[:, order]
    W, scale = _recurrent(cells, x.dtype)[order], scales[:, None]
    h_before, c_before = _start(cells, scales), _start(cells, scales)
    all_four = np.empty((len(x), 4, *h_before.shape), dtype=x.dtype)
    c, tanh_c, h = (np.empty((len(x), *h_before.shape), dtype=x.dtype) for _ in range(3))
    for t in range(len(x)):
        pre = (scale * h_before) @ W
        pre += of_x[t]
        if more is not None:
            pre[1] += more[:, None]
        sigmoid(pre[:3], out=all_four[t, :3])
        np.tanh(pre[3], out=all_four[t, 3])
        for gate, value in held.items():
            all_four[t, "ifog".index(gate)] = value
        i, f, o, g = all_four[t]
        c_before = c[t] = f * c_before + i * g
        np.tanh(c_before, out=tanh_c[t])
        h_before = h[t] = o * tanh_c[t]
    return {gate: all_four[:, k] for k, gate in enumerate("ifog")} | {"c": c, "tanh_c": tanh_c, "h": h}


def elman_back(run: Run) -> Back:
    r""":math:`\partial L / \partial h_{t-1} = W_{hh}^T (\phi'(h^{pre}_t) \odot \partial L / \partial h_t)`"""
    (W,), scale = _blocks(run.cells, "weight_hh", run.scales.dtype), run.scales[:, None]
    assert isinstance(run.cells[0], Elman)
    slope = SLOPES[run.cells[0].nonlinearity]

    def back(t: int, carried: States) -> tuple[States, States]:
        return carried, {"h": (scale * slope(run["h"][t]) * carried["h"]) @ W}

    return back


def gru_back(run: Run) -> Back:
    r"""As `GRU.adjoint`, reset gate after the product."""
    W, scale = _blocks(run.cells, "weight_hh", run.scales.dtype), run.scales[:, None]
    r, z, n, hn, h = (run[k] for k in ("r", "z", "n", "hn", "h"))

    def back(t: int, carried: States) -> tuple[States, States]:
        d_h = carried["h"]
        before = h[t - 1] if t else np.zeros_like(h[0])
        delta = np.empty((3, *d_h.shape), dtype=d_h.dtype)  # for r, z and W_hn h + b_hn
        shut, scaled = 1.0 - z[t], scale * d_h
        d_n = (1.0 - n[t] * n[t]) * shut * scaled
        np.multiply(r[t], d_n, out=delta[2])
        np.multiply((1.0 - r[t]) * hn[t], delta[2], out=delta[0])
        np.multiply(z[t] * shut * (before - n[t]), scaled, out=delta[1])
        return carried, {"h": z[t] * d_h + (delta @ W).sum(axis=0)}

    return back


def lstm_back(run: Run) -> Back:
    r"""As `LSTM.adjoint`; a held gate passes nothing on."""
    order = [0, 1, 3, 2]
    W, scale = _blocks(run.cells, "weight_hh", run.scales.dtype)[order], run.scales[:, None]
    i, f, o, g, c, tanh_c = (run[k] for k in ("i", "f", "o", "g", "c", "tanh_c"))
    held = ["ifog".index(gate) for gate in run.clamp]

    def back(t: int, carried: States) -> tuple[States, States]:
        d_h = carried["h"]
        d_c = o[t] * (1.0 - tanh_c[t] * tanh_c[t]) * d_h + carried["c"]
        before = c[t - 1] if t else np.zeros_like(c[0])
        delta, scaled = np.empty((4, *d_c.shape), dtype=d_c.dtype), scale * d_c
        np.multiply(i[t] * (1.0 - i[t]) * g[t], scaled, out=delta[0])
        np.multiply(f[t] * (1.0 - f[t]) * before, scaled, out=delta[1])
        np.multiply(scale * (o[t] * (1.0 - o[t]) * tanh_c[t]), d_h, out=delta[2])
        np.multiply((1.0 - g[t] * g[t]) * i[t], scaled, out=delta[3])
        delta[held] = 0.0
        return {"h": d_h, "c": d_c}, {"h": (delta @ W).sum(axis=0), "c": f[t] * d_c}

    return back
