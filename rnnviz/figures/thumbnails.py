"""Small pictures for the map of the course: numbers in, an SVG for each theme out. They have no axes and no text.

What a picture shows, and of how much, is for its caller to say in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

WIDTH, HEIGHT = 96, 60
LEVELS = 24
"""How many colours a scale is drawn in: beyond that, neighbours cannot be told apart at this size."""
EDGE = 3
THEMES = ("light", "dark")


class Line(NamedTuple):
    """y: (points,), drawn from left to right; NaN leaves a gap   colour: theme -> colour   dash: as SVG has it"""

    y: np.ndarray
    colour: Mapping[str, str]
    width: float = 2.0
    dash: str = ""


def heatmap(values: np.ndarray, scale: Mapping[str, Sequence[str]], low: float, high: float) -> dict[str, str]:
    """theme -> SVG. values: (rows, columns), the first row at the top; NaN is not drawn.

    scale: theme -> colours from `low` to `high`; what lies beyond takes the colour of the end
    Raises ValueError on values that are no table, and where `low` is not below `high`.
    """
    if values.ndim != 2 or not values.size:
        raise ValueError(f"values have shape {values.shape}; they must be (rows, columns)")
    if not low < high:
        raise ValueError(f"low is {low!r} and high {high!r}; low must be below high")
    rows, columns = values.shape
    share = np.clip((values - low) / (high - low), 0, 1)
    drawn = ~np.isnan(values)
    level = np.where(drawn, np.rint(np.where(drawn, share, 0) * (LEVELS - 1)), -1).astype(int)
    paths = {int(one): _squares(level == one) for one in np.unique(level[drawn])}

    def picture(theme: str) -> str:
        colours = blended(scale[theme], LEVELS)
        shapes = "".join(f'<path fill="{colours[one]}" d="{path}"/>' for one, path in paths.items())
        return _svg(shapes, f"0 0 {columns} {rows}", ' preserveAspectRatio="none" shape-rendering="crispEdges"')

    return {theme: picture(theme) for theme in THEMES}


def lines(drawn: Sequence[Line], *, low: float, high: float) -> dict[str, str]:
    """theme -> SVG, each line over the whole width. What lies beyond `low` and `high` runs along the edge.

    Raises ValueError on a line of fewer than two points, and where `low` is not below `high`.
    """
    if not low < high:
        raise ValueError(f"low is {low!r} and high {high!r}; low must be below high")
    for line in drawn:
        if np.ndim(line.y) != 1 or len(line.y) < 2:
            raise ValueError(f"a line has shape {np.shape(line.y)}; it needs two points or more")
    paths = [_path(line.y, low, high) for line in drawn]

    def picture(theme: str) -> str:
        return _svg(
            "".join(
                f'<path fill="none" stroke="{line.colour[theme]}" stroke-width="{line.width:g}" '
                f'stroke-linejoin="round" stroke-dasharray="{line.dash or "none"}" d="{path}"/>'
                for line, path in zip(drawn, paths, strict=True)
            )
        )

    return {theme: picture(theme) for theme in THEMES}


def rays(groups: Sequence[tuple[np.ndarray, Mapping[str, str], float]], *, limit: float) -> dict[str, str]:
    """theme -> SVG of arrows from the middle. groups: (arrows, 2), their colour and their width.

    limit: the length that reaches the edge above; longer ones are cut by the picture's edge
    Raises ValueError where the limit is not above 0.
    """
    if not limit > 0:
        raise ValueError(f"limit is {limit!r}; it must be above 0")
    scale = (HEIGHT / 2 - EDGE) / limit
    paths = [
        "".join(f"M{WIDTH / 2:g} {HEIGHT / 2:g}l{scale * x:.1f} {-scale * y:.1f}" for x, y in arrows)
        for arrows, _, _ in groups
    ]

    def picture(theme: str) -> str:
        return _svg(
            "".join(
                f'<path fill="none" stroke="{colour[theme]}" stroke-width="{width:g}" '
                f'stroke-linecap="round" d="{path}"/>'
                for (_, colour, width), path in zip(groups, paths, strict=True)
            )
        )

    return {theme: picture(theme) for theme in THEMES}


def blended(stops: Sequence[str], count: int) -> list[str]:
    """`count` colours along evenly spaced stops, as #rrggbb."""
    channels = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in stops])
    at = np.linspace(0, len(stops) - 1, count)
    mixed = np.stack([np.interp(at, np.arange(len(stops)), channel) for channel in channels.T], axis=1)
    return ["#" + "".join(f"{int(round(c)):02x}" for c in colour) for colour in mixed]


def _squares(where: np.ndarray) -> str:
    """A path over the squares of a table, runs of neighbours in a row as one."""
    parts = []
    for y, row in enumerate(where):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(int), [0]))))
        parts += [f"M{start} {y}h{end - start}v1h{start - end}z" for start, end in edges.reshape(-1, 2)]
    return "".join(parts)


def _path(y: np.ndarray, low: float, high: float) -> str:
    x = np.linspace(EDGE, WIDTH - EDGE, len(y))
    down = HEIGHT - EDGE - (np.clip(y, low, high) - low) / (high - low) * (HEIGHT - 2 * EDGE)
    path, pen = "", "M"
    for across, height in zip(x, down, strict=True):
        if np.isnan(height):
            pen = "M"
            continue
        path += f"{pen}{across:.1f} {height:.1f}"
        pen = "L"
    return path


def _svg(shapes: str, box: str = f"0 0 {WIDTH} {HEIGHT}", more: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" aria-hidden="true"{more}>{shapes}</svg>'
