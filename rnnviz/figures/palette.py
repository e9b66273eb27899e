"""The only colours, scales and dashes of the project: one meaning each, on every page, in both themes.

Signed values run from blue (negative) through the background's grey to orange (positive), gates from pale to
dark green; both are told apart with the common kinds of colour blindness (hues after Okabe & Ito 2008 and
ColorBrewer's PuOr and BuGn). A figure is built in the light colours; `DARK` says what each becomes in the dark.
"""

from collections.abc import Mapping, Sequence

SIGNED = {
    "light": ("#0b3c7a", "#2f74b8", "#8fbbe0", "#f2f2f0", "#eca766", "#b3580f", "#6a2a00"),
    "dark": ("#9ccaff", "#4a90d9", "#27537f", "#22252b", "#7d4a1c", "#d9822f", "#ffc58a"),
}
"""Diverging, centred on zero: states, candidates, weights, gradients."""

GATE = {
    "light": ("#f4f7f2", "#c6e3c9", "#7fc29b", "#2f9172", "#0c5c4c", "#05332c"),
    "dark": ("#1c2325", "#1f4741", "#26705f", "#3a9f80", "#7fcfa3", "#d6f5d2"),
}
"""Sequential, 0 (shut) to 1 (open): gates and probabilities."""

NORM = {
    "light": ("#fbf8e3", "#ece59a", "#c3c16b", "#7f9a6c", "#3d6b72", "#123a5c"),
    "dark": ("#1c2230", "#27455a", "#3f6e70", "#7c9a6a", "#c6c06a", "#fff4a8"),
}
"""Sequential, on a log axis: the norm of a gradient or of a Jacobian, small to large."""

LOSS = {
    "light": ("#fafafc", "#e4e7ec", "#cbd0d8", "#b0b6c1", "#959ca9"),
    "dark": ("#13161c", "#222731", "#333a46", "#464f5d", "#5b6575"),
}
"""Sequential and without a hue, so that what is drawn on it stands out: a loss, low to high."""

CELLS = {
    "Elman": {"light": "#b0560b", "dark": "#f0a35e"},
    "GRU": {"light": "#087f5b", "dark": "#4fc9a0"},
    "LSTM": {"light": "#5a3fb5", "dark": "#a795f5"},
    "Convolution": {"light": "#0764ff", "dark": "#89dcff"},
    "BagOfWords": {"light": "#5c6670", "dark": "#a9b3bd"},
}
DASHES = {"Elman": "dot", "GRU": "dash", "LSTM": "solid", "Convolution": "longdash"}
"""How a cell's line is drawn, beside its colour."""
GATES = {
    "i": {"light": "#0a7d8c", "dark": "#4fc4d3"},
    "f": {"light": "#b3263e", "dark": "#ff8095"},
    "o": {"light": "#7a4a9e", "dark": "#d16bff"},
    "r": {"light": "#a1660a", "dark": "#e8b257"},
    "z": {"light": "#2b62c4", "dark": "#86b0ff"},
}
PROBABILITY = {"light": "#93b8a8", "dark": "#3d6b5c"}
"""How likely a token is: the length of a bar says it, not its colour. Text is read on it."""
CLIPPING = {
    "without": {"light": "#b5321c", "dark": "#ff8f73"},
    "norm": {"light": "#1a5fb0", "dark": "#74b3ff"},
    "value": {"light": "#0b7a63", "dark": "#4fd0b4"},
}
"""A gradient that is not clipped, one that is clipped by its norm, and one that is by value."""
BANDS = {"c": {"light": "#cfd4da", "dark": "#4b525d"}, "h": {"light": "#6f7a86", "dark": "#b9c2cd"}}
"""From the lowest to the highest unit of a state."""
INK = {"light": "#1f2430", "dark": "#eceff4"}
MUTED = {"light": "#5c6470", "dark": "#a3abb8"}
LINE = {"light": "#dcdfe4", "dark": "#3b414c"}
BASELINES = {
    "persistence": {"light": "#68787f", "dark": "#748079"},
    "seasonal naive": {"light": "#622700", "dark": "#91764e"},
}
"""Forecasts of a series that need no network."""
ACCENT = {"light": "#c2185b", "dark": "#ff7fb0"}
"""The playhead, the pin and whatever is lit now: never a value."""


def _themed() -> list[dict]:
    scales = [
        {"light": light, "dark": dark}
        for scale in (SIGNED, GATE, NORM, LOSS)
        for light, dark in zip(scale["light"], scale["dark"], strict=True)
    ]
    named = [*CELLS.values(), *GATES.values(), *BANDS.values(), *CLIPPING.values(), *BASELINES.values()]
    return [*scales, *named, PROBABILITY, INK, MUTED, LINE, ACCENT]


DARK: dict[str, str] = {colour["light"]: colour["dark"] for colour in _themed()}
"""Each light colour's counterpart in the dark theme."""

PLAYER: dict[str, dict[str, object]] = {
    theme: {
        "signed": SIGNED[theme],
        "gate": GATE[theme],
        "norm": NORM[theme],
        "gates": {gate: colours[theme] for gate, colours in GATES.items()},
        "probability": PROBABILITY[theme],
        "accent": ACCENT[theme],
        "muted": MUTED[theme],
    }
    for theme in ("light", "dark")
}
"""What the player draws with, by theme."""


def colorscale(stops: Mapping[str, Sequence[str]]) -> list[list]:
    """A scale's light stops as plotly takes them: evenly spaced from 0 to 1."""
    colours = stops["light"]
    return [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]
