"""Gates as soft masks: the Hadamard product by itself, on five units of the learner's own trace."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnnviz import stage
from rnnviz.engine import Trace
from rnnviz.figures import palette
from rnnviz.stage.mask import Row, parse

from .lesson import Lesson
from .words import decimal, verbatim

ENTRIES = 5
LARGE = 3
KEY = "mask"
"""What the learner set, in the URL."""
SOURCES = {"LSTM": ("c", "g", "fi", ("one", "ends", "two")), "GRU": ("h", "n", "z", ("one", "ends"))}
"""Cell -> the state that is carried, the candidate, the gates, and the ways to use them, the cell's own last."""
NAMES = {"f": "forget gate", "i": "input gate", "z": "update gate", "g": "candidate", "n": "candidate"}
STATES = {"c": "cell state", "h": "hidden state"}


def units_shown(trace: Trace, time: int, unit: int, *, state: str, gate: str) -> tuple[int, ...]:
    """Five units whose gate spreads from most shut to most open at this step, ascending; the one asked for is among
    them unless its last state is beyond `LARGE`.

    The others come from the third of all units whose last state is nearest to ±1 in size: on one scale, tiny numbers
    would not show, and huge ones would hide the rest.
    """
    before = np.abs(trace.previous(state)[time])
    asked = {unit} if before[unit] <= LARGE else set()
    others = [k for k in range(trace.cell.hidden_size) if k != unit]
    wanted = min(ENTRIES - len(asked), len(others))
    near = sorted(others, key=lambda k: abs(before[k] - 1))[: max(wanted, len(others) // 3)]
    by_gate = sorted(near, key=lambda k: trace[gate][time, k])
    spread = np.linspace(0, len(by_gate) - 1, wanted).round().astype(int)
    return tuple(sorted({*asked, *(by_gate[k] for k in spread)}))


def soft_mask(lesson: Lesson, trace: Trace, pin: stage.Pin) -> None:
    """The section "Gates as soft masks", with the numbers of five units at the pinned step. LSTM and GRU only."""
    state, candidate, gates, modes = SOURCES[trace.cell.name]
    first, time = gates[0], pin.time
    units = units_shown(trace, time, pin.unit, state=state, gate=first)
    check_link(lesson, len(units), modes)
    before, gate = trace.previous(state)[time], trace[first][time]
    unit = pin.unit if pin.unit in units else units[0]
    left_out = (
        ""
        if unit == pin.unit
        else f" (Not unit {pin.unit}: its ${state}_{{t-1}} = {decimal(before[pin.unit])}$ would dwarf the others.)"
    )
    lesson.section(
        "Gates as soft masks",
        f"A gate acts by the **Hadamard product** $\\odot$, entry by entry: "
        f"$({first} \\odot {state})_k = {first}_k \\cdot {state}_k$. A hard mask has only 0s and 1s: it keeps an entry "
        "or drops it. A gate may stand anywhere between, and since it is smooth, a gradient can teach it where to "
        f"stand.\n\nThese are {len(units)} units of the network above at t = {time + 1}.{left_out} In unit {unit}, "
        f"${state}_{{t-1}} = {decimal(before[unit])}$ meets ${first}_t = {decimal(gate[unit])}$, and "
        f"${decimal(before[unit] * gate[unit])}$ passes. **Drag a gate**, or go to it with Tab and use the arrow keys. "
        "*Both ends of one gate* is the GRU's mean of old and new: what the gate keeps of the one, it refuses of the "
        "other." + (" *Two gates* is the LSTM: it can keep both, or neither." if len(gates) == 2 else ""),
    )
    at = list(units)
    stage.mask(
        Row(f"{state}_{{t-1}}", f"last {STATES[state]}", trace.previous(state)[pin.time, at]),
        Row(f"{candidate}_t", NAMES[candidate], trace[candidate][pin.time, at]),
        [Row(f"{gate}_t", NAMES[gate], trace[gate][pin.time, at]) for gate in gates],
        result=Row(f"{state}_t", STATES[state], trace[state][pin.time, at]),
        entries=[f"unit {unit}" for unit in units],
        modes=modes,
        key=f"{lesson.key}-mask",
        title=f"Gates as soft masks, on {len(units)} units",
        palette=palette.PLAYER,
    )


def check_link(lesson: Lesson, entries: int, modes: tuple[str, ...]) -> None:
    """On the first run, say if the link's mask is none."""
    if st.session_state.get(f"{lesson.key} {KEY} checked"):
        return
    st.session_state[f"{lesson.key} {KEY} checked"] = True
    asked = st.query_params.get(KEY)
    if asked is None:
        return
    try:
        parse(asked, entries, modes)
    except ValueError:
        lesson.note(
            f"The link's {KEY} cannot be {verbatim(asked)}: it is {' or '.join(modes)}, and then a number from 0 to "
            "100 for each entry. You see the network's own gates instead."
        )
