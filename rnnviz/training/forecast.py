"""Forecasts of a trained network, many windows at once, in the data's unit. numpy only."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.cell import sigmoid
from rnnviz.tasks.forecasting import Array, Prepared, after

from .convolution import CausalConvolution, receptive_field
from .plan import Plan
from .run import Moment


class Reader(Protocol):
    def read(self, x: Array) -> Array:
        """x: (sequences,) the next value of each -> h: (hidden, sequences)"""


def one_step(plan: Plan, moment: Moment, prepared: Prepared) -> Array:
    """(n,) at t, the forecast of the value at t + 1 from the `plan.length` true values up to t, from a zero state.

    NaN where fewer have come; the last one is the forecast beyond the end.
    """
    values, W = prepared.series.values, plan.length
    found = np.full(len(values), np.nan)
    if len(values) >= W:
        windows = np.lib.stride_tricks.sliding_window_view(prepared.scaled, W)
        if plan.cell == "conv":  # what it says last depends on no earlier value
            windows = windows[:, -receptive_field() :]
        found[W - 1 :] = prepared.values(_Network(plan, moment, len(windows)).after(windows), values[W - 1 :])
    return found


def feed_back(plan: Plan, moment: Moment, prepared: Prepared, origins: Array, horizon: int) -> Array:
    """(origins, horizon) forecasts of the steps after each origin: the network reads the `plan.length` true values up
    to it from a zero state, and then what it said itself."""
    return _values(prepared, origins, _said(plan, moment, prepared, origins, horizon, own=True), own=True)


def teacher_forced(plan: Plan, moment: Moment, prepared: Prepared, origins: Array, horizon: int) -> Array:
    """(origins, horizon) the same steps, each forecast from the true values before it: the network reads on."""
    return _values(prepared, origins, _said(plan, moment, prepared, origins, horizon, own=False), own=False)


def reading(
    plan: Plan, moment: Moment, prepared: Prepared, origin: int, horizon: int, feed_back: bool
) -> tuple[Trace, Array, Array]:
    """What the network computes over the window and the forecast, W + horizon − 1 steps of W = `plan.length`.

    -> the engine's trace, inputs: (steps,) the value that each step reads (of its own forecasts, from step W on, with
    `feed_back`), outputs: (steps,) what it then says of the next value; both in the data's unit. The last `horizon`
    outputs are the forecast.   Raises ValueError for a convolution, which has no state.
    """
    if plan.cell == "conv":
        raise ValueError("a causal convolution has no state that could be traced")
    W, values = plan.length, prepared.series.values
    origins = np.array([origin])
    said = _said(plan, moment, prepared, origins, horizon, own=feed_back)
    window = slice(origin - W + 1, origin + 1)
    if feed_back:
        if not np.isfinite(said).all():
            ended = int(np.argmin(np.isfinite(said[0]))) + 1
            raise ValueError(f"the network's own outputs are no longer finite {ended} steps after the origin")
        more, true = said[0, :-1], _values(prepared, origins, said, own=True)[0, :-1]
    else:
        steps = after(origins, horizon)[0, :-1]
        more, true = prepared.scaled[steps], values[steps]
    inputs = np.concatenate([values[window], true])
    trace = moment.cell(plan).run(np.concatenate([prepared.scaled[window], more])[:, None])
    readout = moment.readout()
    outputs = prepared.values((trace.h @ readout.weight.T + readout.bias)[:, 0], inputs)
    return trace, inputs, outputs


def _said(plan: Plan, moment: Moment, prepared: Prepared, origins: Array, horizon: int, *, own: bool) -> Array:
    """(origins, horizon) what the network says, scaled, of each step after an origin."""
    origins = np.asarray(origins)
    W, n = plan.length, len(prepared.scaled)
    last = n - 1 if own else n - horizon
    if len(origins) and not (origins.min() >= W - 1 and origins.max() <= last):
        raise ValueError(
            f"origins must lie from {W - 1}, where the first window ends, to {last}, not {origins.tolist()}"
        )
    network = _Network(plan, moment, len(origins))
    said = np.empty((len(origins), horizon))
    said[:, 0] = network.after(prepared.scaled[origins[:, None] + np.arange(1 - W, 1)])
    for k in range(1, horizon):
        said[:, k] = network.after((said[:, k - 1] if own else prepared.scaled[origins + k])[:, None])
    return said


def _values(prepared: Prepared, origins: Array, said: Array, *, own: bool) -> Array:
    """said: (origins, horizon), as values in the data's unit."""
    values, origins = prepared.series.values, np.asarray(origins)
    with np.errstate(over="ignore", invalid="ignore"):
        told = prepared.scaler.unscaled(said)
        if not prepared.difference:
            return told
        if own:
            return values[origins][:, None] + np.cumsum(told, axis=1)
        return values[origins[:, None] + np.arange(said.shape[1])] + told


class _Network:
    """A moment's network, reading as many sequences at once."""

    def __init__(self, plan: Plan, moment: Moment, sequences: int) -> None:
        self.reader: Reader = (
            CausalConvolution(moment.tensors, sequences)
            if plan.cell == "conv"
            else _Recurrent(plan.cell, moment.tensors, sequences)
        )
        self.weight = moment.tensors["output.weight"].astype(float)[0]
        self.bias = float(moment.tensors["output.bias"][0])

    def after(self, x: Array) -> Array:
        """x: (sequences, steps) -> (sequences,) what it says after the last of these steps."""
        with np.errstate(all="ignore"):
            for column in x.T:
                h = self.reader.read(column)
            return self.weight @ h + self.bias


class _Recurrent:
    """A cell with its state, one matrix product a step; what the engine computes for one sequence."""

    def __init__(self, cell: str, tensors: dict[str, Array], sequences: int) -> None:
        w_ih, w_hh, b_ih, b_hh = (
            tensors[f"{name}_l0"].astype(float) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        H = w_hh.shape[1]
        if cell == "gru":  # r and z whole, and of n the two halves that the reset gate tells apart
            nothing = np.zeros((H, H + 2))
            whole = np.column_stack([w_hh, w_ih, b_ih + b_hh])
            nothing[:, H:] = np.column_stack([w_ih, b_ih])[2 * H :]
            half = np.column_stack([w_hh, np.zeros(3 * H), b_hh])[2 * H :]
            self.matrix = np.concatenate([whole[: 2 * H], half, nothing])
        else:
            self.matrix = np.column_stack([w_hh, w_ih, b_ih + b_hh])
        self.cell, self.size = cell, H
        self.read_and_held = np.zeros((H + 2, sequences))  # h, x, 1
        self.read_and_held[-1] = 1.0
        self.c = np.zeros((H, sequences))

    def read(self, x: Array) -> Array:
        H, before = self.size, self.read_and_held[: self.size]
        self.read_and_held[H] = x
        pre = self.matrix @ self.read_and_held
        if self.cell == "elman":
            before[:] = np.tanh(pre)
        elif self.cell == "gru":
            r, z = sigmoid(pre[:H]), sigmoid(pre[H : 2 * H])
            n = np.tanh(pre[3 * H :] + r * pre[2 * H : 3 * H])
            before[:] = n + z * (before - n)
        elif self.cell == "lstm":
            i, f, o = (sigmoid(pre[k * H : (k + 1) * H]) for k in (0, 1, 3))
            self.c = f * self.c + i * np.tanh(pre[2 * H : 3 * H])
            before[:] = o * np.tanh(self.c)
        else:
            before[:] = np.maximum(pre, 0.0)
        return before
