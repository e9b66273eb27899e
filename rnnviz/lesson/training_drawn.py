"""The pictures of "Train and compare": curves, heatmaps, and a kept network in the player."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

import numpy as np
import streamlit as st

from rnnviz import figures, stage
from rnnviz.figures import palette

from . import training
from .lesson import Lesson
from .training import Compared
from .turns import in_turn


def draw(figure, name: str, *, caption: str, alt: str) -> None:
    stage.chart(figure, key=f"training-{name}", caption=caption, alt=alt, dark=palette.DARK,
                line=palette.LINE["light"], accent=palette.ACCENT["light"])  # fmt: skip


def curves(shown: Compared) -> None:
    """Loss, metric, norms, and how far back the loss reaches."""
    task, plan = shown.task, shown.any.plan
    width = max(1, plan.updates // training.POINTS)
    band = "; band: all seeds" if max(map(len, shown.records.values())) > 1 else ""
    each = f"{f'mean of {width} updates' if width > 1 else 'each update'}{band}"
    ended = any(record.state == "died" for record in chain.from_iterable(shown.records.values()))
    end = "; ▲ no number from here on" if ended else ""
    unit = "nats" if task.classes else "squared error"
    left, right = st.columns(2, gap="medium")
    with left:
        draw(
            figures.training_curves(
                shown.curves("loss"), chance=plan.chance, goal=training.goal(shown), label=f"loss, {unit}", log=True,
                updates=plan.updates,
            ),
            "loss",
            caption=f"Loss on new sequences, {each}{end}",
            alt=ending(shown, "loss"),
        )  # fmt: skip
    with right:
        draw(
            figures.training_curves(
                shown.curves("metric"),
                chance=float(task.chance_metric(plan.length, **dict(plan.options))),
                goal=None,
                label=task.metric_name.split(" (")[0],
                log=False,
                updates=plan.updates,
            ),
            "metric",
            caption=f"{task.metric_name.capitalize()}, on new sequences",
            alt=ending(shown, "metric"),
        )
    left, right = st.columns(2, gap="medium")
    with left:
        draw(
            figures.training_norms(
                shown.curves("grad_norm"),
                shown.curves("applied_norm") if plan.clip != "off" else {},
                threshold=plan.threshold if plan.clip == "norm" else None,
                updates=plan.updates,
            ),
            "norms",
            caption=(
                "‖g‖₂ of all parameters: raw (lines), applied (wide)"
                if plan.clip != "off"
                else "‖g‖₂ of all parameters; nothing is clipped"
            )
            + end,
            alt=ending(shown, "grad_norm"),
        )
    reach = shown.reach()
    if reach:
        with right:
            draw(
                figures.reach_over_training(
                    {cell: values for cell, (_, values) in reach.items()},
                    {cell: at for cell, (at, _) in reach.items()},
                    low=training.SCALE[0],
                    high=training.SCALE[1],
                    height=260,
                ),
                "reach",
                caption="‖∂L/∂hₜ‖₂ on one fixed sequence; a row a moment" + blank(reach),
                alt="; ".join(
                    f"{cell}: at t = 1, 10^{values[0, 0]:.1f} before training and 10^{values[-1, 0]:.1f} at the end"
                    for cell, (_, values) in reach.items()
                ),
            )


def blank(reach: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> str:
    """What the uncoloured places of the heatmaps are, where there are any."""
    values = np.concatenate([values.ravel() for _, values in reach.values()])
    kinds = [
        name for name, there in (("exactly 0", np.isneginf(values)), ("no number", np.isnan(values))) if there.any()
    ]
    return f"; uncoloured: {' or '.join(kinds)}" if kinds else ""


def ending(shown: Compared, column: str) -> str:
    """Where each cell's curve ends, in words."""
    told = []
    for cell, records in shown.records.items():
        died = [record.updates for record in records if record.state == "died"]
        last = np.mean([record.column(column)[-1] for record in records])
        told.append(
            f"{cell}: " + (f"no number from update {min(died)} on" if died else f"{last:.3g} at the last update")
        )
    return "; ".join(told)


def look_inside(lesson: Lesson, shown: Compared) -> None:
    """A kept network of the first seed on the probe, in the player; the slider moves through the training."""
    cells = [cell for cell, records in shown.records.items() if records[0].moments]
    if not cells:
        lesson.say("No network of these runs is kept yet.")
        return
    lesson.settle()

    def scrub() -> None:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            cell = st.segmented_control(
                "Cell", cells, default=cells[-1], required=True, key="look", bind="query-params"
            )
            record = shown.records[cell if cell in cells else cells[-1]][0]
            places = len(record.moments)
            if places > 1:
                if st.session_state.get("moment", places) > places:  # another cell's runs kept more
                    st.session_state["moment"] = places
                place = st.slider(
                    f"Kept moment of the training, 1 to {places}", 1, places, value=places, key="moment",
                    bind="query-params", width=420,
                )  # fmt: skip
            else:
                place = 1
            updates = record.moments[place - 1].update
            when = f"after **{updates:,}** of {record.plan.updates:,} updates" if updates else "**untrained**"
            st.markdown(f"Moment {place}: {when}")
        seen = training.inside(record, place - 1)
        stage.player(
            seen.trace,
            seen.tokens,
            seen.output,
            key="training-player",
            title=f"{cell} after {updates:,} updates of training, on the probe sequence",
            palette=palette.PLAYER,
            ghost=seen.ghost,
            backward=seen.backward,
        )

    st.fragment(in_turn(scrub))()
