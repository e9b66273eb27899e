"""The mask: two short vectors, and gates that the learner drags to see what passes of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .assets import component
from .payload import encode
from .scales import limit

MODES = ("one", "ends", "two")
"""`gate ⊙ u`, `gate ⊙ u + (1 − gate) ⊙ v`, and `gate ⊙ u + second gate ⊙ v`."""

_mask = component("mask")


@dataclass(frozen=True)
class Row:
    """A vector by name. symbol: such as "c_{t-1}"   values: (entries,), those of a gate from 0 to 1"""

    symbol: str
    name: str
    values: np.ndarray


def mask(
    u: Row,
    v: Row,
    gates: Sequence[Row],
    *,
    result: Row,
    entries: Sequence[str],
    modes: Sequence[str],
    key: str,
    title: str,
    palette: Mapping[str, Any],
) -> None:
    """Show the mask. What the learner sets stays in the browser, and in the URL as `mask` (see `parse`).

    gates: one for `u`, and where mode "two" is offered a second for `v`; they start at these values
    result: what the network itself made of these numbers, in the last of the modes
    entries: the labels of the entries   modes: which of `MODES`, the first is shown first
    palette: theme -> colours, `figures.palette.PLAYER`
    Raises ValueError on lengths that differ, a gate outside 0 … 1, a mode without its gates, and numbers that are
    not finite.
    """
    _mask(
        key=key,
        data=payload(u, v, gates, result=result, entries=entries, modes=modes, title=title, palette=palette),
    )


def payload(
    u: Row,
    v: Row,
    gates: Sequence[Row],
    *,
    result: Row,
    entries: Sequence[str],
    modes: Sequence[str],
    title: str,
    palette: Mapping[str, Any],
) -> bytes:
    """Everything that the mask shows. Its values travel as float64: the products are rounded only where written."""
    for row in (u, v, *gates, result):
        if np.shape(row.values) != (len(entries),):
            raise ValueError(
                f"{row.symbol} has shape {np.shape(row.values)}; one value an entry is needed, {len(entries)}"
            )
    for gate in gates:
        if not ((np.asarray(gate.values) >= 0) & (np.asarray(gate.values) <= 1)).all():
            raise ValueError(f"{gate.symbol} is a gate: its values must be from 0 to 1, not {list(gate.values)}")
    for mode in modes:
        if mode not in MODES or len(gates) < 1 + (mode == "two"):
            raise ValueError(f"mode {mode!r} cannot be shown with {len(gates)} gates; modes are {', '.join(MODES)}")
    header = {
        "title": title,
        "entries": list(entries),
        "modes": list(modes),
        **{name: sent(row) for name, row in (("u", u), ("v", v), ("result", result))},
        "gates": [sent(gate) for gate in gates],
        # No mode can bring more than both whole vectors together.
        "limit": limit(np.abs(u.values) + np.abs(v.values)),
        "palettes": palette,
    }
    return encode(header, {})


def sent(row: Row) -> dict[str, Any]:
    return {"symbol": row.symbol, "name": row.name, "values": [float(value) for value in row.values]}


def parse(text: str, entries: int, modes: Sequence[str]) -> tuple[str, tuple[int | None, ...]]:
    """What `mask` in a URL says: the mode, and the gates' entries in percent, None where the network's own stands.

    `one-100-0-50-n-n`: a mode, then each entry from 0 to 100 or n; in mode "two" those of both gates.
    Raises ValueError on anything else.
    """
    mode, *values = text[:200].split("-")
    wanted = entries * (1 + (mode == "two"))
    if mode not in modes or len(values) != wanted or not all(re.fullmatch("n|[0-9]{1,2}|100", one) for one in values):
        raise ValueError(
            f"mask must be one of {', '.join(modes)} and then {wanted} numbers from 0 to 100 (or n), with - between, "
            f"not {text[:40]!r}"
        )
    return mode, tuple(None if one == "n" else int(one) for one in values)
