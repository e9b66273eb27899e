"""The section on the chain rule: its factors for the learner's text, each a link to its Jacobian."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnnviz import figures, stage

from . import bptt
from .bptt import Backpropagation, log_number
from .lesson import Lesson
from .unrolling import Settings
from .words import counted, verbatim

KEY = "factor"
"""The chosen factor's key in the URL: its t."""
AROUND = 5
"""Factors that are offered on either side of the chosen one, beside the first and the last of all."""
WRITTEN = 6
"""A product of more factors is written with dots."""


def chain_rule(lesson: Lesson, settings: Settings, back: Backpropagation, *, pin: stage.Pin | None) -> None:
    """∂L_T/∂h_s as a product of Jacobians, one of them looked at closely. The text has at least three characters."""
    T, cell = back.steps, settings.cell
    step = chosen(lesson, T, pin)
    s = min(pin.time + 1, T) if pin else 1
    lesson.section(
        "The chain rule, factor by factor",
        f"Take the last loss alone, $L_{{{T}}}$, and the state at **s = {s}**"
        + (" (your pin)" if pin else " (pin a step in the player to choose another)")
        + ". Between them stands one factor for each step: the **Jacobian** $\\partial h_t / \\partial h_{t-1}$, a "
        "matrix with the derivative of every unit after the step by every unit before it. Gradients are rows here, "
        "so that the factors stand in the order in which they are met on the way back; as columns, all are "
        "transposed and in the opposite order."
        + (
            " An LSTM hands on two states, so its factors are those of both together, $(h, c)$: four blocks."
            if cell == "LSTM"
            else ""
        ),
    )
    st.latex(product(settings, back, s))
    around = offered(T, step)
    st.pills(
        "Look at the factor",
        around,
        format_func=lambda t: factor_name(cell, int(t)),
        key=KEY,
        required=True,
        wrap=True,
    )
    one_factor(lesson, settings, back, step)
    the_product(lesson, settings, back)


def chosen(lesson: Lesson, T: int, pin: stage.Pin | None) -> int:
    """The t of the factor to look at: what was picked last, in the list, in the figure or by pinning a step.

    It is kept in the URL here: bound to it, the list would write its labels there, which are formulas.
    """
    state, seen = st.session_state, f"{lesson.key} {KEY} pin"
    where = None if pin is None else pin.time
    if seen not in state and KEY in st.query_params:
        asked = st.query_params[KEY]
        state[KEY] = asked
        if not possible(asked, T):
            lesson.note(
                f"The link's {KEY} cannot be {verbatim(asked)}: it is a whole number from 2 to {T}. You see the last."
            )
    elif where is not None and state.get(seen) != where:
        state[KEY] = str(min(max(where + 2, 2), T))
    state[seen] = where
    if not possible(state.get(KEY), T):
        state[KEY] = str(T)
    if state[KEY] == str(T):
        st.query_params.pop(KEY, None)
    elif st.query_params.get(KEY) != state[KEY]:
        st.query_params[KEY] = state[KEY]
    return int(state[KEY])


def possible(asked: str | None, T: int) -> bool:
    return asked is not None and asked in map(str, range(2, T + 1))


def offered(T: int, step: int) -> list[str]:
    """The factors in the list, from T back: all of a few, else those around this one, and both ends."""
    near = range(max(2, step - AROUND), min(T, step + AROUND) + 1)
    return [str(t) for t in sorted({T, 2, *near}, reverse=True)]


def factor_name(cell: str, t: int) -> str:
    state = "(h, c)" if cell == "LSTM" else "h"
    return rf"$\partial {state}_{{{t}}} / \partial {state}_{{{t - 1}}}$"


def product(settings: Settings, back: Backpropagation, s: int) -> str:
    """The product for T and s in LaTeX, and below it its norm and the bound that its factors' norms set."""
    T = back.steps
    state = "(h, c)" if settings.cell == "LSTM" else "h"

    def fraction(t: int) -> str:
        return rf"\frac{{\partial {state}_{{{t}}}}}{{\partial {state}_{{{t - 1}}}}}"

    steps = list(range(T, s, -1))
    factors = [fraction(t) for t in steps]
    if len(factors) > WRITTEN:
        factors = [*factors[:3], r"\cdots", *factors[-2:]]
    last = bptt.backpropagation(settings, back.reading.text, bptt.LOSSES[1]).flow.total
    left = rf"\frac{{\partial L_{{{T}}}}}{{\partial {state}_{{{s}}}}}"
    start = rf"\frac{{\partial L_{{{T}}}}}{{\partial {state}_{{{T}}}}}"
    lines = [rf"{left} &= {start} \, {' '.join(factors)}" if steps else rf"{left} &= {start}"]
    size = rf"\left\lVert \frac{{\partial L_{{{T}}}}}{{\partial h_{{{s}}}}} \right\rVert_2 &= {log_number(last[s - 1])}"
    if steps:
        largest = bptt.chain(settings, back.reading.text).largest[s:T]
        bound = log_number(float(last[T - 1] + largest.sum()))
        norms = rf"\prod_{{t={s + 1}}}^{{{T}}} \left\lVert {fraction(0)} \right\rVert_2"
        norms = norms.replace("_{0}", "_t").replace("_{-1}", "_{t-1}")
        size += (
            rf" \;\le\; \left\lVert \frac{{\partial L_{{{T}}}}}{{\partial h_{{{T}}}}} \right\rVert_2 {norms}"
            rf" = {log_number(float(last[T - 1]))} \cdot {log_number(float(largest.sum()))} = {bound}"
        )
    return r"\begin{aligned}" + r" \\[6pt] ".join([*lines, size]) + r"\end{aligned}"


def one_factor(lesson: Lesson, settings: Settings, back: Backpropagation, step: int) -> None:
    """One Jacobian as a heatmap, and its singular values."""
    text, chain = back.reading.text, bptt.chain(settings, back.reading.text)
    factor = bptt.factor(settings, text, step)
    states = ("h", "c") if settings.cell == "LSTM" else ("h",)
    name = "∂(hₜ, cₜ)/∂(hₜ₋₁, cₜ₋₁)" if len(states) > 1 else "∂hₜ/∂hₜ₋₁"
    largest, smallest = factor.singular[0], np.nanmin(factor.singular)
    lost = int(np.isnan(factor.singular).sum())
    picture, values = lesson.columns(5, 4)
    with picture:
        lesson.chart(
            figures.step_jacobian(factor.matrix, step=step, states=states, limit=chain.limit),
            "jacobian",
            caption=f"{name} at t = {step}, while {back.tokens[step - 1]} is read",
            alt=f"A matrix of {factor.matrix.shape[0]} by {factor.matrix.shape[1]} signed numbers, the largest "
            f"{np.abs(factor.matrix).max():.4f}.",
        )
    with values:
        lesson.chart(
            figures.singular_values(factor.singular, cell=settings.cell),
            "singular",
            caption="Its singular values: how much it stretches in each direction",
            alt=f"A falling line from {10**largest:.3g} to {10**smallest:.3g}.",
        )
    above = int((factor.singular > 0).sum())
    lesson.say(
        f"The largest singular value is the **spectral norm**: ${log_number(largest)}$, the most by which this step "
        f"can lengthen a gradient. The smallest is ${log_number(smallest)}$"
        + (f" ({lost} more are too small to tell from rounding)" if lost else "")
        + f". {counted(above, 'direction')} of "
        f"{len(factor.singular)} {'is' if above == 1 else 'are'} lengthened here, all others shortened. The bound "
        "above takes the largest of "
        "every step, as if a gradient always lay in the direction that is stretched most, which is hardly ever so."
    )


def the_product(lesson: Lesson, settings: Settings, back: Backpropagation) -> None:
    """What all factors together do, by how far back one goes; a click chooses the factor."""
    T, text = back.steps, back.reading.text
    norms = bptt.chain(settings, text).norms
    by = {
        "whole": "∂h<sub>T</sub>/∂h<sub>t</sub>",
        **({"whole": "∂(h, c)<sub>T</sub>/∂(h, c)<sub>t</sub>"} if settings.cell == "LSTM" else {}),
        "hh": "∂h<sub>T</sub>/∂h<sub>t</sub>",
        "cell": "∂c<sub>T</sub>/∂c<sub>t</sub>",
    }

    def choose(point: stage.Point) -> None:
        st.session_state[KEY] = str(min(max(round(point.x) + 1, 2), T))

    lesson.chart(
        figures.product_norms({by[part]: logs for part, logs in norms.items()}, back.tokens[:T], cell=settings.cell),
        "products",
        caption=f"Spectral norm of the product of all factors from T = {T} back to t; click a step to look at the "
        "factor that leads into it",
        alt=f"From 1 at t = {T}, where the product is empty, to 10 to the {norms['whole'][0]:.2f} at t = 1.",
        on_pick=choose,
    )
    rate = 10 ** (norms["whole"][0] / (T - 1))
    lesson.say(
        f"After {counted(T - 1, 'factor')} the norm is ${log_number(norms['whole'][0])}$: on average **× "
        f"{rate:.3f}** a step"
        + (f", and for $h$ alone ${log_number(norms['hh'][0])}$" if "hh" in norms else "")
        + ". Factors that shorten make a gradient vanish with distance, factors that lengthen make it explode: why, "
        "and what an LSTM does about it, is the next lesson."
    )
