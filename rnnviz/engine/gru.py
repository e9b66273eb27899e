"""The gated recurrent unit (Cho et al. 2014), in both placements of the reset gate; torch's `nn.GRU` is "after"."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import checks
from .cell import Array, Cell, Pulled, hold, sigmoid, slopes
from .trace import Trace


class GRU(Cell):
    r"""Two gates and one state, which is a weighted mean of its past and a candidate.

    .. math::
        r_t &= \sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr}) \\
        z_t &= \sigma(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz}) \\
        n_t &= \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn})) \quad\text{(after)} \\
        n_t &= \tanh(W_{in} x_t + b_{in} + W_{hn} (r_t \odot h_{t-1}) + b_{hn}) \quad\text{(before)} \\
        h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

    reset: "after" applies r to the recurrent product (torch, cuDNN), "before" to the state that enters it
        (Cho et al. 2014, equation 8, and many textbooks).
    """

    name = "GRU"
    blocks = ("r", "z", "n")
    gates = blocks
    options = ("reset",)

    def __init__(
        self, weight_ih: Any, weight_hh: Any, bias_ih: Any = None, bias_hh: Any = None, *, reset: str = "after"
    ) -> None:
        super().__init__(weight_ih, weight_hh, bias_ih, bias_hh)
        self.reset = checks.choice("reset", reset, ("after", "before"))

    @property
    def formulas(self) -> dict[str, str]:
        gate = {k: f"W_{{i{k}}} x_t + b_{{i{k}}} + W_{{h{k}}} h_{{t-1}} + b_{{h{k}}}" for k in ("r", "z")}
        if self.reset == "after":
            between = {"hn": r"h^n_t = W_{hn} h_{t-1} + b_{hn}"}
            candidate = r"W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn})"
        else:
            between = {"rh": r"h^r_t = r_t \odot h_{t-1}"}
            candidate = r"W_{in} x_t + b_{in} + W_{hn} (r_t \odot h_{t-1}) + b_{hn}"
        return {
            **{f"{k}_pre": rf"{k}^{{\mathrm{{pre}}}}_t = {gate[k]}" for k in gate},
            **{k: rf"{k}_t = \sigma({gate[k]})" for k in gate},
            **between,
            "n_pre": r"n^{\mathrm{pre}}_t = " + candidate,
            "n": rf"n_t = \tanh({candidate})",
            "h": r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
        }

    def numbers(self, trace: Trace, time: int, unit: int) -> dict[str, float]:
        result = super().numbers(trace, time, unit)
        if self.reset == "before":
            row = self.rows("n").start + unit
            result[r"W_{hn} (r_t \odot h_{t-1})"] = float(self.weight_hh[row] @ trace["rh"][time])
        return result

    def forward(
        self, x: Array, h0: Array, c0: Array | None, held: Mapping[str, Mapping[int, float]], hold_from: int
    ) -> dict[str, Array]:
        r"""
        .. math::
            (r, z)_t &= \sigma(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh}) \\
            h^n_t &= W_{hn} h_{t-1} + b_{hn}, \quad n^{pre}_t = W_{in} x_t + b_{in} + r_t \odot h^n_t
                \quad\text{(after)} \\
            h^r_t &= r_t \odot h_{t-1}, \quad n^{pre}_t = W_{in} x_t + b_{in} + W_{hn} h^r_t + b_{hn}
                \quad\text{(before)} \\
            n_t &= \tanh(n^{pre}_t) \\
            h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}
        """
        H, n_rows = self.hidden_size, self.rows("n")
        after = self.reset == "after"
        bias = self.bias_ih + self.bias_hh
        if after:
            bias[n_rows] = self.bias_ih[n_rows]
        pre = x @ self.weight_ih.T + bias
        r_and_z = np.empty((len(x), 2 * H))
        n, h, between = (np.empty((len(x), H)) for _ in range(3))
        rz_pre, n_pre = pre[:, : 2 * H], pre[:, n_rows]
        r, z = r_and_z[:, :H], r_and_z[:, H:]
        W_rz, W_n, b_hn = self.weight_hh[: 2 * H], self.weight_hh[n_rows], self.bias_hh[n_rows]
        values = {"r_pre": pre[:, :H], "z_pre": pre[:, H : 2 * H], "r": r, "z": z}
        values |= {"hn" if after else "rh": between, "n_pre": n_pre, "n": n, "h": h}
        hold_rz, hold_n = (hold(values, {k: held[k] for k in gates if k in held}) for gates in ("rz", "n"))
        before = h0
        for t in range(len(x)):
            rz_pre_t, n_pre_t, n_t, z_t = rz_pre[t], n_pre[t], n[t], z[t]
            if after:
                product = self.weight_hh.dot(before)
                rz_pre_t += product[: 2 * H]
                between_t = np.add(product[n_rows], b_hn, out=between[t])
            else:
                rz_pre_t += W_rz.dot(before)
            sigmoid(rz_pre_t, out=r_and_z[t])
            for gate, units, fixed in hold_rz if t >= hold_from else ():
                gate[t, units] = fixed
            if after:
                n_pre_t += r[t] * between_t
            else:
                n_pre_t += W_n.dot(np.multiply(r[t], before, out=between[t]))
            np.tanh(n_pre_t, out=n_t)
            for gate, units, fixed in hold_n if t >= hold_from else ():
                gate[t, units] = fixed
            before = h[t] = (1.0 - z_t) * n_t + z_t * before
        return values

    def pullback(self, trace: Trace) -> Callable[[int, Array, Array | None], Pulled]:
        r"""With :math:`\delta^k_t = \partial L / \partial k^{pre}_t` for each block k:

        .. math::
            \delta^z_t &= z_t (1 - z_t) \odot (h_{t-1} - n_t) \odot \partial L / \partial h_t \\
            \delta^n_t &= (1 - n_t^2) \odot (1 - z_t) \odot \partial L / \partial h_t \\
            \delta^r_t &= r_t (1 - r_t) \odot h^n_t \odot \delta^n_t \quad\text{(after)}, \qquad
                r_t (1 - r_t) \odot h_{t-1} \odot W_{hn}^T \delta^n_t \quad\text{(before)} \\
            \partial L / \partial h_{t-1} &= \partial L_{t-1} / \partial h_{t-1} + z_t \odot \partial L / \partial h_t
                + W_{hr}^T \delta^r_t + W_{hz}^T \delta^z_t \\
                &\quad + W_{hn}^T (r_t \odot \delta^n_t) \quad\text{(after)}, \qquad
                + r_t \odot W_{hn}^T \delta^n_t \quad\text{(before)}
        """
        H, n_rows = self.hidden_size, self.rows("n")
        after = self.reset == "after"
        r, z, n = trace["r"], trace["z"], trace["n"]
        h_before = trace.previous("h")
        held = {k: trace.clamp.get(k, ()) for k in self.gates}
        along_z = slopes(z * (1.0 - z), held["z"], trace.hold_from) * (h_before - n)
        along_n = slopes(1.0 - n * n, held["n"], trace.hold_from) * (1.0 - z)
        along_r = slopes(r * (1.0 - r), held["r"], trace.hold_from) * (trace["hn"] if after else h_before)
        W_rz, W_n = self.weight_hh[: 2 * H], self.weight_hh[n_rows]

        def pull(t: int, dh: Array, dc: Array | None = None) -> Pulled:
            delta = np.empty((*dh.shape[:-1], 3 * H))
            d_r, d_z, d_n = delta[..., :H], delta[..., H : 2 * H], delta[..., n_rows]
            np.multiply(along_z[t], dh, out=d_z)
            np.multiply(along_n[t], dh, out=d_n)
            if after:
                np.multiply(along_r[t], d_n, out=d_r)
                recurrent = delta.copy()
                recurrent[..., n_rows] *= r[t]
                return Pulled(delta, recurrent, z[t] * dh + recurrent @ self.weight_hh)
            into_rh = d_n @ W_n
            np.multiply(along_r[t], into_rh, out=d_r)
            return Pulled(delta, delta, z[t] * dh + delta[..., : 2 * H] @ W_rz + r[t] * into_rh)

        return pull

    def entering(self, trace: Trace) -> dict[str, Array]:
        return super().entering(trace) | ({} if self.reset == "after" else {"n": trace["rh"]})
