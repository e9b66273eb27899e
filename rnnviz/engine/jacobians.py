"""The derivative of the state after a step by the state before it, and the products that carry a gradient back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .flow import log10, rescaled
from .trace import Trace

Array = np.ndarray


def jacobians(trace: Trace) -> Array:
    """(time, S, S): ∂s_t/∂s_{t-1} at [t, of, by], s = h (S = hidden), or (h, c) joined for an LSTM (S = 2 hidden)."""
    pull = trace.cell.pullback(trace)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.stack([_joined(pull(t, *_identity(trace))) for t in range(len(trace))])


def blocks(matrices: Array) -> dict[str, Array]:
    """The four blocks of matrices (..., 2 hidden, 2 hidden) of the joint state: "hc" is ∂h/∂c, each (..., H, H)."""
    H = matrices.shape[-1] // 2
    halves = {"h": slice(None, H), "c": slice(H, None)}
    return {of + by: matrices[..., halves[of], halves[by]] for of in "hc" for by in "hc"}


@dataclass(frozen=True, eq=False)
class Products:
    """∂s_T/∂s_t for every t, along an exact power of two: mantissa[t] · 2^exponent[t]. The last is the identity.

    mantissa: (time, S, S)   exponent: (time,)   s as in `jacobians`: in the joint state, h_t and c_t stand beside
    one another, and ∂c_T/∂c_t in the block "cc" leaves h_t fixed.
    cell: (time, hidden, hidden) ∂c_T/∂c_t as autograd means it, with what c_t does by way of its own h_t; None
    without a cell state.
    """

    mantissa: Array
    exponent: Array
    cell: Array | None

    def log_singular_values(self) -> Array:
        """(time, S): log10 of the singular values of ∂s_T/∂s_t, as `log_singular_values` has them."""
        return log_singular_values(self.mantissa, self.exponent)

    def log_norms(self, part: str | None = None) -> Array:
        """(time,): log10 of the spectral norm (the largest singular value) of ∂s_T/∂s_t, -inf where it is 0.

        part: None for the whole, "cell" for `cell`, or a block of the joint state such as "hc"
        """
        allowed = (None,) if self.cell is None else (None, "cell", "hh", "hc", "ch", "cc")
        if part not in allowed:
            raise ValueError(f"part is {part!r}; it must be one of {', '.join(map(repr, allowed))}")
        matrices = self.mantissa if part is None else self.cell if part == "cell" else blocks(self.mantissa)[part]
        assert matrices is not None
        return log_spectral_norms(matrices, self.exponent)


def log_singular_values(matrices: Array, exponent: Array | int = 0) -> Array:
    """(n, S): log10 of the singular values of matrices (n, S, S) · 2^exponent, largest first, -inf for one of zeros.

    NaN below what rounding leaves of the largest (S · 2⁻⁵² of it), and where the state has overflowed.
    """
    fine = np.isfinite(matrices).all(axis=(1, 2))
    values = np.linalg.svd(np.where(fine[:, None, None], matrices, 0.0), compute_uv=False)
    rounding = matrices.shape[-1] * np.finfo(float).eps * values[:, :1]
    known = fine[:, None] & ((values > rounding) | (values[:, :1] == 0))
    return np.where(known, log10(values, np.reshape(exponent, (-1, 1))), np.nan)


def log_spectral_norms(matrices: Array, exponent: Array | int = 0) -> Array:
    """(n,): log10 of the largest singular value of matrices (n, S, S) · 2^exponent, -inf for 0, NaN where infinite.

    The root of the largest eigenvalue of M Mᵀ: as exact as by all singular values, in a quarter of the time.
    """
    largest = np.abs(matrices).max(axis=(1, 2))
    fine = np.isfinite(largest)
    _, its = np.frexp(np.where(fine, largest, 1.0))
    scaled = np.ldexp(np.where(fine[:, None, None], matrices, 0.0), -its[:, None, None])
    squares = np.linalg.eigvalsh(scaled @ scaled.swapaxes(1, 2))[:, -1]
    logs = np.where(largest > 0, log10(np.sqrt(np.maximum(squares, 0.0)), exponent + its), -np.inf)
    return np.where(fine, logs, np.nan)


def products(trace: Trace) -> Products:
    r"""The products of the step Jacobians, which every gradient through time consists of (Pascanu et al. 2013, eq. 5).

    .. math::
        \partial s_T / \partial s_t = \prod_{k=t+1}^{T} \partial s_k / \partial s_{k-1}
    """
    H, steps = trace.cell.hidden_size, len(trace)
    pull = trace.cell.pullback(trace)
    rows, by_c = _identity(trace)
    S = len(rows)
    mantissa, exponents = np.empty((steps, S, S)), np.zeros(steps, dtype=int)
    cell = np.empty((steps, H, H)) if trace.cell.has_cell_state else None
    exponent = np.zeros((), dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(steps)):
            mantissa[t], exponents[t] = rows if by_c is None else np.concatenate([rows, by_c], axis=1), exponent
            pulled = pull(t, rows, by_c)
            if cell is not None and pulled.total_c is not None:
                cell[t] = pulled.total_c[H:]
            (flat,), exponent = rescaled(exponent, _joined(pulled).ravel())
            rows, by_c = np.split(flat.reshape(S, S), [H], axis=1) if cell is not None else (flat.reshape(S, S), None)
    return Products(mantissa, exponents, cell)


def direct_path(trace: Trace) -> Array:
    """(time, hidden): log10 of the product of the gates that carry each unit on to the end, ∏_{s>t} f_s (LSTM) or
    z_s (GRU), -inf where one is 0: the direct path of ∂c_T/∂c_t, or of ∂h_T/∂h_t, which no weight stands in.

    Raises ValueError for a cell without such a path.
    """
    gate = {"LSTM": "f", "GRU": "z"}.get(trace.cell.name)
    if gate is None:
        raise ValueError(f"{trace.cell.name} has no direct path: every way from step to step leads through weights")
    return log_later_products(trace[gate])


def log_later_products(gate: Array) -> Array:
    """(time, ...): log10 of |∏_{s>t} gate_s|, 0 at the last step and -inf where a gate was exactly 0."""
    with np.errstate(divide="ignore"):
        logs = np.log10(np.abs(gate))
    after = np.cumsum(logs[:0:-1], axis=0)[::-1]
    return np.concatenate([after, np.zeros_like(logs[:1])])


def _identity(trace: Trace) -> tuple[Array, Array | None]:
    """The rows of ∂s_t/∂h_t and ∂s_t/∂c_t: an identity, cut in two for a joint state."""
    H = trace.cell.hidden_size
    if not trace.cell.has_cell_state:
        return np.eye(H), None
    return np.eye(2 * H)[:, :H], np.eye(2 * H)[:, H:]


def _joined(pulled) -> Array:
    return pulled.h if pulled.c is None else np.concatenate([pulled.h, pulled.c], axis=-1)
