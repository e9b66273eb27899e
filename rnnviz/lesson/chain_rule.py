"""The section on the chain rule: its factors for the learner's text, each a link to its Jacobian."""

from __future__ import annotations

import numpy as np
import streamlit as st

from rnnviz import figures, stage

from . import bptt
from .bptt import Backpropagation, log_number
from .lesson import Lesson
from .sectional import in_sight
from .unrolling import Settings
from .words import counted, verbatim

KEY = "factor"
"""The chosen factor's key in the URL: its t."""
AROUND = 5
"""Factors that are offered on either side of the chosen one, beside the first and the last of all."""
WRITTEN = 6
"""A product of more factors is written with dots."""
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
HELD = np.log10(5)
"""A gradient has held if it has lost or won less than a factor of five on its way."""


def journey(change: float) -> str:
    """What became of the last loss's gradient on its way to the first step. change: log10 of by how much it grew"""
    if np.isneginf(change):
        return "Of what the last loss sends nothing at all arrives: it is exactly 0."
    times = f"${log_number(abs(change))}$ times"
    if change <= -HELD:
        return (
            f"What the last loss sends has **faded** on its way: at the first step it is {times} smaller. What the "
            "first losses send has hardly begun. So a network that learns from every step learns mostly from what is "
            "near."
        )
    if change >= HELD:
        return (
            f"Not because the last loss fades: what it sends has **grown** on its way, and is {times} larger at the "
            "first step. With all losses counted, many such gradients come together."
        )
    return (
        f"What the last loss sends has **held** on its way: at the first step it is only {times} "
        f"{'smaller' if change < 0 else 'larger'}. So the first step is taught from far away, too."
    )


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
            " An LSTM hands on two states, so its factors are those of both together, $(h, c)$: four blocks. "
            "Here the two are **separate coordinates**: $\\partial / \\partial c_t$ holds $h_t$ fixed, so that "
            f"$\\partial L_{{{T}}} / \\partial c_{{{T}}} = 0$. The first picture's $\\partial L / \\partial c_t$ is "
            "*total*: what $c_t$ does by way of $h_t$ is in it."
            if cell == "LSTM"
            else ""
        ),
    )
    known = bptt.chain.knows(settings, back.reading.text)  # a link that names a factor has come here, and so has a pin
    if not in_sight(lesson, "factors", "from then on", known=known or KEY in st.query_params):
        return
    st.latex(product(settings, back, s))
    if s < T:
        lesson.say(direction(settings, back, s))
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
    """In plain characters: a formula on a button has no name for those who listen."""
    state = "(h, c)" if cell == "LSTM" else "h"
    return f"∂{state}{str(t).translate(LOWERED)}/∂{state}{str(t - 1).translate(LOWERED)}"


def product(settings: Settings, back: Backpropagation, s: int) -> str:
    """The product for T and s in LaTeX, and below it its norm, and the bounds that the product's norm and its
    factors' norms set, in lines that are short enough for a phone.
    """
    T = back.steps
    state = "(h, c)" if settings.cell == "LSTM" else "h"

    def fraction(t: int) -> str:
        return rf"\frac{{\partial {state}_{{{t}}}}}{{\partial {state}_{{{t - 1}}}}}"

    steps = list(range(T, s, -1))
    factors = [fraction(t) for t in steps]
    if len(factors) > WRITTEN:
        factors = [factors[0], r"\cdots", factors[-1]]
    left = rf"\frac{{\partial L_{{{T}}}}}{{\partial {state}_{{{s}}}}}"
    start = rf"\frac{{\partial L_{{{T}}}}}{{\partial {state}_{{{T}}}}}"
    chain = bptt.chain(settings, back.reading.text)
    lines = [rf"&{left} = {start} \, {' '.join(factors)}", rf"&{norm(left)} = {log_number(chain.row[s - 1])}"]
    if steps:
        best, bound, at_end = chain.norms["whole"][s - 1], chain.largest[s:T].sum(), chain.row[T - 1]
        whole = norm(rf"\frac{{\partial {state}_{{{T}}}}}{{\partial {state}_{{{s}}}}}")
        each = norm(rf"\frac{{\partial {state}_t}}{{\partial {state}_{{t-1}}}}")
        for bounds, log in ((whole, best), (rf"\prod_{{t={s + 1}}}^{{{T}}} {each}", bound)):
            numbers = rf"{log_number(at_end)} \cdot {log_number(log)} = {log_number(at_end + log)}"
            lines += [rf"&\quad \le {norm(start)} {bounds}", rf"&\quad = {numbers}"]
    return r"\begin{aligned}" + r" \\[6pt] ".join(lines) + r"\end{aligned}"


def norm(matrix: str) -> str:
    return rf"\left\lVert {matrix} \right\rVert_2"


def direction(settings: Settings, back: Backpropagation, s: int) -> str:
    """In words: what the product can do at best, and what it does to this gradient. s < T"""
    T, chain = back.steps, bptt.chain(settings, back.reading.text)
    if np.isneginf(chain.row[T - 1]):
        return "Here the loss hands in a gradient of exactly 0, and of 0 nothing is left, whatever the factors."
    best, left = chain.norms["whole"][s - 1], chain.row[s - 1] - chain.row[T - 1]
    words = (
        "The first bound is by the norm of the product itself, the second, far looser, by the product of all norms. "
        if T - s > 1
        else "With a single factor both bounds are the same. "
    )
    words += (
        "A norm is the best case **over all directions**: in that one a gradient would become "
        f"${log_number(best)}$ times as long. This gradient lies elsewhere: it becomes ${log_number(left)}$ times as "
        "long."
    )
    if settings.cell == "LSTM":
        own = bptt.backpropagation(settings, back.reading.text, bptt.LOSSES[1]).flow.total[s - 1]
        words += (
            " It sets out along $h$ alone, and the product's block of $h$ by $h$ has the norm "
            f"${log_number(chain.norms['hh'][s - 1])}$. (The part of it by $h_{{{s}}}$, "
            f"$\\lVert \\partial L_{{{T}}} / \\partial h_{{{s}}} \\rVert_2 = {log_number(own)}$, is what the first "
            "picture shows when only the last step counts.)"
        )
    return words


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
        + (f" ({lost} more {'is' if lost == 1 else 'are'} too small to tell from rounding)" if lost else "")
        + f". {counted(above, 'direction')} of "
        f"{len(factor.singular)} {'is' if above == 1 else 'are'} lengthened here, all others shortened. The "
        "second bound takes the largest of every step, as if a gradient always lay in the direction that is stretched "
        "most, which is hardly ever so."
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
        "factor by which the gradient comes to it",
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
