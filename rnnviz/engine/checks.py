"""What a person hands in, checked once: the offending value and what is allowed, in one sentence."""

import sys
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

Array = np.ndarray


def array(name: str, value: Any, shape: Sequence[int | None], *, finite: bool = True) -> Array:
    """`value` as float64 of the given shape; None in `shape` leaves that length free (at least 1).

    Tensors are taken as they are given (torch's `detach` and `cpu` are called where they exist).
    Raises ValueError on another shape, on what is no number and, if `finite`, on NaN or infinity.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        given = np.asarray(value)
    except (TypeError, ValueError, OverflowError):
        given = np.array(None)
    if given.dtype.kind not in "buif":  # numpy would read "1" as 1.0, a date as a count and drop an imaginary part
        raise ValueError(f"{name} must be an array of real numbers, not {_short(value)}")
    result = given.astype(np.float64)
    fits = result.ndim == len(shape) and all(
        have == want if want is not None else have >= 1 for have, want in zip(result.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any length of at least 1" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} has shape {result.shape}; it must have shape ({wanted})")
    if finite and not np.isfinite(result).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise ValueError(f"{name} holds {result[where]} at {where}; every value must be a finite number")
    return result


def size(name: str, value: Any) -> int:
    """`value` as a whole number of at least 1, else ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {_short(value)}")
    return int(value)


def step(name: str, value: Any) -> int:
    """`value` as a whole number of at least 0, else ValueError."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name} must be a whole number of at least 0, not {_short(value)}")
    return int(value)


def number(name: str, value: Any, *, least: float = -np.inf) -> float:
    """`value` as a finite float of at least `least`, else ValueError."""
    low, high = max(least, -sys.float_info.max), sys.float_info.max
    # `Real` declares no order that a type checker knows.
    if not isinstance(value, Real) or isinstance(value, bool) or not low <= value <= high:  # type: ignore[operator]
        bound = "" if least == -np.inf else f" of at least {least:g}"
        raise ValueError(f"{name} must be a finite number{bound}, not {_short(value)}")
    return float(value)


def choice(name: str, value: Any, allowed: Sequence[str]) -> str:
    """`value` if it is one of `allowed`, else ValueError."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {_short(value)}")
    return value


def clamp(value: Any, gates: Sequence[str], hidden_size: int) -> dict[str, dict[int, float]]:
    """A clamp spelled out as {gate: {unit: number}}; a single number stands for all units of its gate.

    Raises ValueError on an unknown gate, an unknown unit or what is no finite number.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f'clamp must map gates to numbers, such as {{"f": 1.0}}, not {_short(value)}')
    result = {}
    for gate, setting in value.items():
        if gate not in gates:
            known = ", ".join(map(repr, gates)) if gates else "none: this cell has no gates"
            raise ValueError(f"clamp names {_short(gate)}; the gates that can be clamped are {known}")
        if not isinstance(setting, Mapping):
            setting = dict.fromkeys(range(hidden_size), setting)
        for unit in setting:
            if not isinstance(unit, Integral) or isinstance(unit, bool) or int(unit) not in range(hidden_size):
                raise ValueError(f"clamp names unit {_short(unit)} of {gate!r}; units are 0 to {hidden_size - 1}")
        result[gate] = {int(unit): number(f"clamp of {gate!r}", v) for unit, v in setting.items()}
    return result


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
