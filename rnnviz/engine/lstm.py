"""Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000), torch's `nn.LSTM`."""

from collections.abc import Callable, Mapping

import numpy as np

from .cell import Array, Cell, Pulled, hold, sigmoid, slopes
from .trace import Trace


class LSTM(Cell):
    r"""Three gates, a candidate, and a cell state that is only ever scaled and added to.

    .. math::
        i_t &= \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi}) \\
        f_t &= \sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf}) \\
        g_t &= \tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg}) \\
        o_t &= \sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho}) \\
        c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
        h_t &= o_t \odot \tanh(c_t)
    """

    name = "LSTM"
    blocks = ("i", "f", "g", "o")
    gates = blocks
    has_cell_state = True

    @property
    def formulas(self) -> dict[str, str]:
        inside = {k: f"W_{{i{k}}} x_t + b_{{i{k}}} + W_{{h{k}}} h_{{t-1}} + b_{{h{k}}}" for k in self.blocks}
        return {
            **{f"{k}_pre": rf"{k}^{{\mathrm{{pre}}}}_t = {inside[k]}" for k in self.blocks},
            "i": rf"i_t = \sigma({inside['i']})",
            "f": rf"f_t = \sigma({inside['f']})",
            "g": rf"g_t = \tanh({inside['g']})",
            "o": rf"o_t = \sigma({inside['o']})",
            "c": r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
            "tanh_c": r"\tanh(c_t)",
            "h": r"h_t = o_t \odot \tanh(c_t)",
        }

    def forward(
        self, x: Array, h0: Array, c0: Array | None, held: Mapping[str, Mapping[int, float]], hold_from: int
    ) -> dict[str, Array]:
        r"""
        .. math::
            (i, f, g, o)^{pre}_t &= W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh} \\
            i_t, f_t, o_t &= \sigma(\cdot), \quad g_t = \tanh(\cdot) \\
            c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
            h_t &= o_t \odot \tanh(c_t)
        """
        assert c0 is not None
        pre = x @ self.weight_ih.T + (self.bias_ih + self.bias_hh)
        all_four = np.empty_like(pre)
        values = {f"{k}_pre": pre[:, self.rows(k)] for k in self.blocks}
        values |= {k: all_four[:, self.rows(k)] for k in self.blocks}
        i, f, g, o, g_pre = (values[k] for k in ("i", "f", "g", "o", "g_pre"))
        c, tanh_c, h = (np.empty((len(x), self.hidden_size)) for _ in range(3))
        holding = hold(values, held)
        h_before, c_before = h0, c0
        for t in range(len(x)):
            pre_t = pre[t]
            pre_t += self.weight_hh.dot(h_before)
            sigmoid(pre_t, out=all_four[t])
            np.tanh(g_pre[t], out=g[t])
            for gate, units, fixed in holding if t >= hold_from else ():
                gate[t, units] = fixed
            c_before = c[t] = f[t] * c_before + i[t] * g[t]
            np.tanh(c_before, out=tanh_c[t])
            h_before = h[t] = o[t] * tanh_c[t]
        return values | {"c": c, "tanh_c": tanh_c, "h": h}

    def pullback(self, trace: Trace) -> Callable[[int, Array, Array | None], Pulled]:
        r"""With :math:`\delta^k_t = \partial L / \partial k^{pre}_t` for each gate k:

        .. math::
            \partial L / \partial c_t &= \partial L_t / \partial c_t + f_{t+1} \odot \partial L / \partial c_{t+1}
                + o_t \odot (1 - \tanh^2 c_t) \odot \partial L / \partial h_t \\
            \delta^i_t &= i_t (1 - i_t) \odot g_t \odot \partial L / \partial c_t \\
            \delta^f_t &= f_t (1 - f_t) \odot c_{t-1} \odot \partial L / \partial c_t \\
            \delta^g_t &= (1 - g_t^2) \odot i_t \odot \partial L / \partial c_t \\
            \delta^o_t &= o_t (1 - o_t) \odot \tanh(c_t) \odot \partial L / \partial h_t \\
            \partial L / \partial h_{t-1} &= \partial L_{t-1} / \partial h_{t-1} + W_{hh}^T \delta_t
        """
        i, f, g, o, tanh_c = (trace[k] for k in ("i", "f", "g", "o", "tanh_c"))
        c_before = trace.previous("c")
        held = {k: trace.clamp.get(k, ()) for k in self.gates}
        into_c = o * (1.0 - tanh_c * tanh_c)
        along_c = np.stack(
            [
                slopes(i * (1.0 - i), held["i"], trace.hold_from) * g,
                slopes(f * (1.0 - f), held["f"], trace.hold_from) * c_before,
                slopes(1.0 - g * g, held["g"], trace.hold_from) * i,
            ],
            axis=1,
        )  # (time, 3, hidden): what ∂L/∂c_t is multiplied by, for i, f, g
        along_h = slopes(o * (1.0 - o), held["o"], trace.hold_from) * tanh_c
        H = self.hidden_size

        def pull(t: int, dh: Array, dc: Array | None = None) -> Pulled:
            total_c = into_c[t] * dh
            if dc is not None:
                total_c += dc
            delta = np.empty((*dh.shape[:-1], 4, H))
            np.multiply(along_c[t], total_c[..., None, :], out=delta[..., :3, :])
            np.multiply(along_h[t], dh, out=delta[..., 3, :])
            delta = delta.reshape(*dh.shape[:-1], 4 * H)
            return Pulled(delta, delta, delta @ self.weight_hh, f[t] * total_c, total_c)

        return pull
