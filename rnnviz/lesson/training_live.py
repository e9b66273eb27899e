"""The lesson "Train and compare" while it trains: buttons, progress, and what there is to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from uuid import uuid4

import streamlit as st

from rnnviz.training import jobs
from rnnviz.training.job import View
from rnnviz.training.plan import Plan
from rnnviz.training.results import ENDED
from rnnviz.training.standard_runs import PRESETS

from . import fixed, training, training_drawn, training_words
from .lesson import Lesson
from .training import Compared, Plans
from .training_questions import QUESTIONS, question_of
from .turns import in_turn

EVERY = 0.5
"""Seconds between two looks while something trains."""
WANTED, OWNER, SHOWN, SEEN = "training wanted", "training owner", "training shown", "training seen"


def owner() -> str:
    """Who this is to the queue: one visit."""
    return st.session_state.setdefault(OWNER, uuid4().hex)


def look(plans: Plans) -> dict[str, list[View | None]]:
    return {cell: [jobs.look(plan, owner()) for plan in of_cell] for cell, of_cell in plans.items()}


def compared(views: dict[str, list[View | None]]) -> Compared | None:
    """What has arrived of these runs; None where nothing has."""
    records = {
        cell: tuple(view.record for view in of_cell if view is not None and view.record.updates)
        for cell, of_cell in views.items()
    }
    records = {cell: found for cell, found in records.items() if found}
    return Compared(records) if records else None


def shown(lesson: Lesson, plans: Plans, standard: Plans) -> Compared:
    """What there is to show: what has arrived of these runs, or what was shown last, with a note that says so, and what
    the task is that has not been trained.

    standard: what is shown before these plans have trained, and nothing else was
    """
    found = compared(look(plans))
    if found is not None:
        st.session_state[SHOWN] = plans
        return found
    last = compared(look(st.session_state[SHOWN])) if SHOWN in st.session_state else None
    found = last or compared(look(standard))
    assert found is not None, "the standard runs come with the app"
    plan = next(iter(seeds_first(plans)))
    lesson.note(
        f"**{plan.of_task.name}, T = {plan.length}**: these settings have not been trained yet. {plan.of_task.asks} "
        f"{training_words.example(plan)} Press **Train**.{shipped(plan)}\n\nUntil then the curves are those of "
        f"**{found.task.name}, T = {found.any.plan.length}**, "
        f"{'as you saw them last' if last else 'which come with this page'}."
    )
    return found


def shipped(plan: Plan) -> str:
    """A sentence on the runs of this task that come with the page, where there are any."""
    come = [f"T = {one.length} after {one.updates:,} updates" for one in PRESETS.values() if one.task == plan.task]
    return f" Runs of this task come with the page: {' and '.join(come)}, under *Try*." if come else ""


def are_of(shown: Compared, plans: Plans) -> bool:
    """Whether what is shown are the runs of these plans, and not others in their place."""
    return shown.any.plan in seeds_first(plans)


def ask(lesson: Lesson, plans: Plans, shown: Compared) -> bool:
    """Which cell wins, and why? Asked where all of these runs have ended, for they answer.

    Returns whether they are held back until that is chosen: of a preset, as soon as it is pressed.
    """
    if not all(view is not None and view.state in ENDED for view in chain.from_iterable(look(plans).values())):
        return False
    plan = shown.any.plan
    about = plan.task, plan.length, plan.learning_rate, plan.clip
    question = question_of({cell: tuple(one.plan for one in of_cell) for cell, of_cell in shown.records.items()})
    if question is None:
        lesson.predict(
            f"{shown.task.name}, T = {plan.length}: which cell gets there in the fewest updates?",
            [*training.CELLS, "None of them in every seed"],
            answer=training.winner(shown),
            reveal=training.verdict(shown),
            about=about,
        )
        return False
    name, asked = question
    pressed = st.session_state.get(f"{lesson.key} preset pressed") == list(QUESTIONS).index(name)
    with below(lesson) if pressed else nullcontext():
        chosen = lesson.predict(
            asked.asks, asked.options, answer=asked.answer(shown), reveal=asked.reveal(shown), about=about
        )
    return pressed and not (chosen or fixed.hidden("predict") or name in st.session_state.get(SEEN, ()))


@contextmanager
def below(lesson: Lesson) -> Iterator[None]:
    """What would stand above the stage stands here: below the presets, where the learner's hand is."""
    above, lesson.before_stage = lesson.before_stage, st.container()
    try:
        yield
    finally:
        lesson.before_stage = above


def train(lesson: Lesson, plans: Plans, shown: Compared, *, held: bool) -> None:
    """The stage: buttons and curves, drawn anew twice a second while something trains.

    held: whether the curves wait until the learner has said what they will show
    """
    begin(plans)
    going = busy(look(plans), plans)

    def live() -> None:
        begin(plans)
        views = look(plans)
        above, said, below = st.container(), st.container(), st.container()
        with above:
            buttons(plans, views)
        with said:
            reasons(views)
        with below:
            training_drawn.curves(compared(views) or shown)
        if busy(views, plans) != going:
            st.rerun()

    with lesson.on_stage:
        if held:
            hold(shown)
        else:
            st.fragment(in_turn(live, by_clock=going), run_every=EVERY if going else None)()


def hold(shown: Compared) -> None:
    """In the place of the curves: that they wait for a choice, and the way past it."""
    found = question_of({cell: tuple(one.plan for one in of_cell) for cell, of_cell in shown.records.items()})
    assert found is not None, "only a preset is held back"
    name, _ = found

    def look_at_once() -> None:
        st.session_state[SEEN] = {*st.session_state.get(SEEN, ()), name}

    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("**Choose first**, below: the curves of this preset appear here with your answer.")
        st.button("Show them without one", key="training show", on_click=look_at_once, type="tertiary")


def seeds_first(plans: Plans) -> Iterable[Plan]:
    """All cells' first seeds, then all second ones, and so on."""
    return chain.from_iterable(zip(*plans.values(), strict=True))


def begin(plans: Plans) -> None:
    """Start of what is wanted as much as one person may have at once; the rest when some of it has ended."""
    wanted = st.session_state.setdefault(WANTED, set())
    for plan in seeds_first(plans):
        if plan.key in wanted:
            try:
                jobs.start(plan, owner())
            except jobs.TooManyError:
                return
            wanted.discard(plan.key)


def busy(views: dict[str, list[View | None]], plans: Plans) -> bool:
    wanted = st.session_state.get(WANTED, set())
    known = [view for view in chain.from_iterable(views.values()) if view is not None]
    return any(view.active or view.ending for view in known) or any(plan.key in wanted for plan in seeds_first(plans))


def want(plans: Iterable[Plan]) -> None:
    st.session_state.setdefault(WANTED, set()).update(plan.key for plan in plans)


def stop(plans: Iterable[Plan]) -> None:
    for plan in plans:
        st.session_state.setdefault(WANTED, set()).discard(plan.key)
        if not jobs.stop(plan, owner()):
            st.toast("Someone else watches this run, so it goes on for them.")


def buttons(plans: Plans, views: dict[str, list[View | None]]) -> None:
    """A column a cell: how far it is, and a button to stop it or go on; a button for all. When all is done, a line."""
    wanted = st.session_state.get(WANTED, set())
    left = {cell: [plan for plan, view in zip(plans[cell], views[cell], strict=True) if open_(plan, view, wanted)]
            for cell in plans}  # fmt: skip
    everything = list(chain.from_iterable(left.values()))
    if not everything and not busy(views, plans):
        told = [f"**{cell}** · {progress(plans[cell], views[cell], wanted)[1]}" for cell in plans]
        st.markdown(f":material/check: All are trained. {'; '.join(told)}.")
        return
    columns = st.columns([1.5, *([2] * len(plans))], vertical_alignment="top", gap="small")
    with columns[0]:
        if busy(views, plans):
            st.button("Stop all", icon=":material/stop:", key="training stop", on_click=stop,
                      args=(list(seeds_first(plans)),), width="stretch")  # fmt: skip
        else:
            known = any(view is not None for view in chain.from_iterable(views.values()))
            st.button(
                "Train the rest" if known else "Train",
                type="primary",
                icon=":material/model_training:",
                key="training start",
                on_click=want,
                args=(everything,),
                width="stretch",
            )
    for cell, column in zip(plans, columns[1:], strict=True):
        with column:
            of_cell = views[cell]
            share, words = progress(plans[cell], of_cell, wanted)
            st.progress(share, text=f"**{cell}** · {words}")
            if any(view is not None and view.active for view in of_cell):
                st.button(f"Stop {cell}", icon=":material/stop:", key=f"training stop {cell}", on_click=stop,
                          args=(plans[cell],), type="tertiary")  # fmt: skip
            elif left[cell] and any(view is not None for view in of_cell):
                st.button(continues(cell, of_cell), icon=":material/play_arrow:", key=f"training go {cell}",
                          on_click=want, args=(left[cell],), type="tertiary")  # fmt: skip


def continues(cell: str, views: list[View | None]) -> str:
    """What the button says: from where the first of the runs that were stopped goes on."""
    stopped = [view for view in views if view is not None and view.state in ("stopped", "failed")]
    if not stopped or not stopped[0].resumes:
        return f"Continue {cell}"
    of_seed = f", seed {stopped[0].plan.seed}" if len(views) > 1 else ""
    return f"Continue {cell} from update {stopped[0].resumes:,}{of_seed}"


def reasons(views: dict[str, list[View | None]]) -> None:
    """Why a run ended early, once each."""
    for reason in {view.reason for view in chain.from_iterable(views.values()) if view is not None and view.reason}:
        st.info(reason, icon=":material/info:")


def open_(plan: Plan, view: View | None, wanted: set[str]) -> bool:
    """Whether this run could be started: it does not wait, train or lie there to be shown."""
    return plan.key not in wanted and (view is None or view.state in ("stopped", "failed"))


def progress(plans: Iterable[Plan], views: list[View | None], wanted: set[str]) -> tuple[float, str]:
    """How much of a cell's updates are done, and words for that."""
    plans = list(plans)
    total = sum(plan.updates for plan in plans)
    of_all = f"{f'{len(plans)} seeds × ' if len(plans) > 1 else ''}{plans[0].updates:,} updates"
    ended = [view for view in views if view is not None and view.state in ("done", "died")]
    done = sum(plan.updates if view in ended else (view.record.updates if view else 0)
               for plan, view in zip(plans, views, strict=True))  # fmt: skip
    active = [view for view in views if view is not None and view.active]
    running = [view for view in active if view.state == "running"]
    died = [view for view in ended if view.state == "died"]
    if running:
        left = [view.left for view in running if view.left is not None]
        time = f", {max(left):.0f} s left" if left else ""
        words = f"seed {running[0].plan.seed}: {running[0].record.updates:,} of {plans[0].updates:,} updates{time}"
    elif active and active[0].position:
        words = f"waits as number {active[0].position} of {active[0].queue}"
    elif active:
        words = f"goes on from {active[0].resumes:,}" if active[0].resumes else "its process starts"
    elif any(plan.key in wanted for plan in plans):
        words = "waits for the others"
    elif died:
        words = f"no number from update {died[0].record.updates:,} on"
    elif len(ended) == len(plans):
        words = of_all
    elif any(view is not None and view.state in ("stopped", "failed") for view in views):
        ending = any(view is not None and view.ending for view in views)
        words = f"{'stops' if ending else 'stopped'} after {done:,} of {of_all}"
    else:
        words = "not trained yet"
    return min(1.0, done / total), words
