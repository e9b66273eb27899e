"""What a link says of a lesson, held against what the lesson has: what it cannot follow is said in a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from rnnviz import stage
from rnnviz.engine import Trace

from . import fixed
from .controls import Config, Controls, Text
from .words import verbatim

if TYPE_CHECKING:
    from .lesson import Lesson, Preset

NEAR = 1e-6
"""How far a link's number may be from a slider's value, and still is it."""
PRESENT = "present"
OURS = (fixed.HIDE, fixed.LOCK, PRESENT)
STAGE = (*stage.LINKED, "mask")
"""What the stage keeps in the URL by itself."""
OTHERS = ("embed", "embed_options", "fbclid", "gclid", "utm_")
"""What Streamlit, and what those who count clicks, put into an address: how such names begin."""


@dataclass(frozen=True)
class Entry:
    """Something of a lesson that a link can set, hide and lock: a control, or a slider on the stage."""

    name: str
    label: str
    value: Any
    default: Any
    slider: bool = False


def entries(controls: Controls, config: Config) -> dict[str, Entry]:
    """Name -> the control, those included that wait for another."""
    return {
        one.name: Entry(one.name, one.called if isinstance(one, Text) else one.label, config[one.name], one.default)
        for one in controls.controls
    }


def slider(sweep: stage.Sweep, value: float | None) -> Entry:
    """value: at which it rests; None before the browser said so"""
    at = sweep.start if value is None else value
    return Entry(sweep.name, sweep.label.rstrip(" ="), float(at), float(sweep.start), slider=True)


def asked_for(lesson: Lesson) -> list[str]:
    """Sentences on what the link hides, locks or sets, and the lesson does not have. To be asked at its end."""
    return [*_names(lesson), *_presents(), *_unknown(lesson)]


def _names(lesson: Lesson) -> list[str]:
    said, known = [], [*lesson.entries, fixed.ALL]
    for way, does, names in (
        (fixed.HIDE, "hides", [*known, *fixed.PARTS]),
        (fixed.LOCK, "locks", known),
    ):
        lacks = [name for name in fixed.asked(way) if name not in names]
        if lacks:
            said.append(
                f"The link {does} {', '.join(map(verbatim, lacks))}, which this lesson does not have. "
                f"It can: {', '.join(names)}."
            )
    return said


def _presents() -> list[str]:
    asked = st.query_params.get(PRESENT, "1")
    return [] if asked == "1" else [f"The link's {PRESENT} cannot be {verbatim(asked)}: 1 starts the presentation."]


def _unknown(lesson: Lesson) -> list[str]:
    """Said from the first run on, until something is set."""
    kept = f"{lesson.key} unknown in the link"
    if kept not in st.session_state:
        known = {*lesson.entries, *STAGE, *OURS}
        st.session_state[kept] = [
            name
            for name in st.query_params
            # A widget that is bound to the URL is known to the session by the same name.
            if name not in known and name not in st.session_state and not name.startswith(OTHERS)
        ]
    elif lesson.changed:
        st.session_state[kept] = []
    lacks = st.session_state[kept]
    if not lacks:
        return []
    return [
        f"The link also sets {', '.join(map(verbatim, lacks[:5]))}, which this lesson, as it stands, does not have: "
        "you see it without."
    ]


def pin_in_url() -> stage.Pin | None:
    try:
        return stage.Pin.parse(st.query_params.get("pin", ""))
    except ValueError:
        return None


def stage_refusals(lesson: Lesson, trace: Trace, backward: bool) -> list[str]:
    """On the first run, which of the player's own parameters in the link it cannot follow.

    backward: whether steps are counted on after the last, while the gradient flows back
    """
    if st.session_state.get(f"{lesson.key} visited"):
        return []
    st.session_state[f"{lesson.key} visited"] = True
    steps, units = trace.h.shape
    shown = [quantity for quantity in stage.NAMES if quantity in trace]
    whole = {str(n) for n in range(steps + 1)}
    end = 2 * steps if backward else steps
    operations = stage.operations_of(trace)
    said = []
    for name, allowed, words in (
        ("show", set(shown), f"it is one of {', '.join(shown)}"),
        ("view", set(stage.VIEWS), f"it is one of {', '.join(stage.VIEWS)}"),
        ("t", {str(n) for n in range(end + 1)}, f"it is a whole number from 0 to {end}"),
        ("span", whole, "it is how many steps are in view, a whole number"),
        ("speed", set(stage.SPEEDS), f"it is one of {', '.join(stage.SPEEDS)}"),
        ("repeat", {"1"}, "1 plays again and again"),
        ("operation", set(operations), f"it is one of {', '.join(operations)}"),
    ):
        if name in st.query_params and st.query_params[name] not in allowed:
            said.append(_refusal(name, words))
    if "pin" in st.query_params:
        pin = pin_in_url()
        if pin is None:
            said.append(_refusal("pin", "it is a step and a unit, such as 12.5"))
        elif pin != pin.within(steps, units):
            said.append(f"The link's pin lies beyond this text: steps are 1 to {steps}, units 0 to {units - 1}.")
    return said


def _refusal(name: str, allowed: str) -> str:
    return f"The link's {name} cannot be {verbatim(st.query_params[name])}: {allowed}. You see the default instead."


def sweep_refusal(lesson: Lesson, sweep: stage.Sweep, chart: str) -> str | None:
    """What to say if the link's value of a sweep is none that it can have, until the sweep is moved.

    chart: the name of a chart that follows it; the first one speaks for all
    """
    said = f"{lesson.key} said of {sweep.name}"
    if said not in st.session_state:
        st.session_state[said] = chart, _beside_sweep(sweep)
    speaker, sentence = st.session_state[said]
    if sentence is None or speaker != chart:
        return None
    rests = st.session_state.get(f"{lesson.key}-{chart}", {}).get("value")
    if rests is None or min(abs(rests - sentence[1]), abs(rests - sweep.start)) < NEAR:
        return sentence[0]
    st.session_state[said] = chart, None
    return None


def _beside_sweep(sweep: stage.Sweep) -> tuple[str, float] | None:
    """A sentence on the link's value of a sweep, and the value that is seen; None where these are the same."""
    asked = st.query_params.get(sweep.name)
    if asked is None:
        return None
    try:
        wanted = float(asked)
    except ValueError:
        wanted = math.nan
    first, last = sweep.values[0], sweep.values[-1]
    if not first <= wanted <= last:
        return (
            f"The link's {sweep.name} cannot be {verbatim(asked)}: it is a number from {first:g} to {last:g}. "
            "You see the default instead."
        ), sweep.start
    nearest = min(sweep.values, key=lambda one: abs(one - wanted))
    if abs(nearest - wanted) <= NEAR * max(1.0, abs(nearest)):
        return None
    return f"The slider has no {sweep.name} of {verbatim(asked)}: you see the nearest, {nearest:g}.", nearest


def in_force(name: str, wanted: Any) -> bool:
    """Whether a control stands as a preset would set it, or the link fixes it, so that no preset can."""
    return fixed.fixed(name) or st.session_state.get(name) == wanted


def stands(lesson: Lesson, preset: Preset) -> bool:
    """Whether all that this preset sets is set, by whomever."""
    now = lesson.entries
    return all(
        (now[name].value if name in now else st.session_state.get(name)) == wanted
        for name, wanted in preset.settings.items()
    )


def left_alone(lesson: Lesson, preset: Preset) -> str:
    """What a preset would set and the link fixes to something else, in a sentence (markdown); empty for nothing."""
    now = lesson.entries
    kept = [
        now[name].label if name in now else name
        for name, wanted in {**preset.settings, **preset.moves}.items()
        if fixed.fixed(name) and (name not in now or now[name].value != wanted)
    ]
    if not kept:
        return ""
    names = ", ".join(f"*{label}*" for label in kept)
    return f":material/lock: *The link fixes {names}, which this preset would set: it stays as it is.*"
