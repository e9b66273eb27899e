"""The player outside the app: in a notebook, and in a file."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rnnviz.engine import Trace
from rnnviz.figures import palette
from rnnviz.stage import Backward, Ghost, Output
from rnnviz.stage.player import payload
from rnnviz.stage.standalone import page

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Shown:
    """A player that a notebook shows, and that can be kept as a file.

    html: the whole page   title: what it shows   height: of the frame in a notebook, in pixels
    """

    def __init__(self, html: str, *, title: str, height: int) -> None:
        self.html = html
        self.title = title
        self.height = height

    def save(self, path: str | Path) -> Path:
        """Write it as an HTML page, which any browser opens from disk. Returns where it is."""
        path = Path(path)
        path.write_text(self.html, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        """A frame of its own, which can reach neither the notebook nor what is signed in there."""
        title, source = html.escape(self.title), html.escape(self.html)
        return (
            f'<iframe title="{title}" sandbox="allow-scripts allow-downloads" '
            f'style="width: 100%; height: {self.height}px; border: 0" srcdoc="{source}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<the player: {self.title}>"


def show(
    trace: Trace,
    tokens: Sequence[str] | None = None,
    output: Output | None = None,
    *,
    title: str | None = None,
    view: str = "unrolled",
    opening: str = "",
    scales: Mapping[str, float] | None = None,
    ghost: Ghost | None = None,
    backward: Backward | None = None,
    height: int = 700,
) -> Shown:
    """The player with a trace, in a notebook: play it, step through it, look inside the cell. No server is needed.

    >>> import numpy as np
    >>> import rnnviz
    >>> from rnnviz.engine import LSTM
    >>> trace = LSTM.random(input_size=3, hidden_size=8, seed=1).run(np.eye(3)[[0, 1, 2, 1, 0]])
    >>> rnnviz.show(trace, "abcba")
    <the player: LSTM with 8 units reads 5 steps>

    `rnnviz.show(trace).save("player.html")` keeps it as a page that works from disk.

    tokens: (time,) the label of each input; by default the number that was read, or x₁, x₂, ... where it is a vector
    output: what the network says at each step; by default nothing, and the state alone is shown
    title: what it shows   view: what it opens with, one of `stage.VIEWS`   height: of the frame, in pixels
    opening: step, pin and quantity as in the address of a lesson, such as "t=5&pin=5.3&show=c"
    scales, ghost, backward: see `stage.player`
    Raises ValueError on another number of tokens or outputs than steps, and an unknown view.
    """
    steps = len(trace)
    tokens = labels(trace) if tokens is None else [str(token) for token in tokens]
    if output is None:
        output = Output([[]] * steps, np.zeros((steps, 0)))
    for name, given in (("tokens", tokens), ("output.tokens", output.tokens), ("output.p", output.p)):
        if len(given) != steps:
            raise ValueError(f"{name} has {len(given)} entries; one for each of the {steps} steps is needed")
    title = f"{trace.cell.name} with {trace.cell.hidden_size} units reads {steps} steps" if title is None else title
    sent = payload(
        trace,
        tokens,
        output,
        title=title,
        palette=palette.PLAYER,
        scales=scales,
        ghost=ghost,
        view=view,
        backward=backward,
    )
    return Shown(page(sent, title=title, opening=opening), title=title, height=height)


def labels(trace: Trace) -> list[str]:
    """The number that each step read, or a name for the vector."""
    if trace.x.shape[1] == 1:
        return [f"{value:.2g}".replace("-", "−") for value in trace.x[:, 0]]
    return [f"x{step}".translate(SUBSCRIPTS) for step in range(1, len(trace) + 1)]
