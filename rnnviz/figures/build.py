"""How every figure is made: from plain dictionaries, in a fraction of a millisecond.

plotly checks each property as it is set, which takes 10 to 20 ms a figure, and copies everything before it writes it:
more than all the rest of a repaint. So a figure is put together unchecked and written as it is, and tests check both
for every one of them.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.utils import PlotlyJSONEncoder

from . import palette

MARGIN = {"l": 56, "r": 8, "t": 8, "b": 44}
TYPES = {"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "float32": "f4", "float64": "f8"}
"""How plotly.js calls the types of arrays that it takes as bytes."""


class Drawn(go.Figure):
    """A figure of which only the JSON is wanted. Asked for anything else, it becomes what plotly makes of the parts."""

    def __init__(self, data: list, layout: dict, frames: Sequence[dict] = ()) -> None:
        self.__dict__["_parts"] = {"data": data, "layout": layout} | ({"frames": list(frames)} if frames else {})

    def __getattr__(self, name: str) -> Any:
        if "_whole" in self.__dict__:
            raise AttributeError(name)
        self.__dict__["_whole"] = True
        super().__init__(self._parts, _validate=False)
        return getattr(self, name)

    def to_json(self, *args: Any, **kwargs: Any) -> str:
        """As plotly writes it, arrays as base64; written once, for a figure that is remembered is sent many times."""
        if "_whole" in self.__dict__ or args or kwargs:  # it may have been changed
            return super().to_json(*args, **kwargs)
        if "_json" not in self.__dict__:
            self.__dict__["_json"] = self._write()
        return self.__dict__["_json"]

    def to_dict(self) -> dict:
        """What `st.plotly_chart` asks for."""
        return super().to_dict() if "_whole" in self.__dict__ else sendable(self._parts)

    def _write(self) -> str:
        return json.dumps(self._parts, cls=Encoder, separators=(",", ":"))


class Encoder(PlotlyJSONEncoder):
    """plotly's own, to which arrays are `sendable`. All else is written as JSON by Python, faster than we could."""

    def default(self, obj: Any) -> Any:
        return sendable(obj) if isinstance(obj, np.ndarray) else super().default(obj)


def sendable(part: Any) -> Any:
    """The same, each array as plotly.js takes it: {"dtype", "bdata", "shape"}, or a list where it takes no bytes."""
    if isinstance(part, dict):
        return {name: sendable(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        nested = bool(part) and isinstance(part[0], (dict, list, tuple, np.ndarray))  # lists of plotly are of one kind
        return [sendable(one) for one in part] if nested else part
    if not isinstance(part, np.ndarray):
        return part
    if part.dtype == np.int64 and part.size and np.abs(part).max() < 2**31:
        part = part.astype(np.min_scalar_type(-int(np.abs(part).max()) - 1))
    if part.size == 0 or part.dtype.name not in TYPES:
        return part.tolist()
    shape = {"shape": str(part.shape)[1:-1]} if part.ndim > 1 else {}
    return {"dtype": TYPES[part.dtype.name], "bdata": b64encode(part.tobytes()).decode("ascii"), **shape}


def figure(traces: Sequence[Mapping[str, Any]], **layout: Any) -> go.Figure:
    """A figure of these traces, each a dictionary with its `type`; layout, and `frames`, as plotly names them."""
    frames = layout.pop("frames", ())
    return Drawn(list(traces), {"margin": MARGIN, "template": {}, **layout}, frames)


def single(values: np.ndarray) -> np.ndarray:
    """The values as they travel to the browser: float32, infinite beyond its range."""
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(np.float32)


def level(value: float, text: str, anchor: str) -> dict:
    """A line across at this value, with words at its end above ("bottom") or below it ("top")."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
        "label": {"text": text, "textposition": "end", "yanchor": anchor,
                  "font": {"size": 12, "color": palette.MUTED["light"]}},
    }  # fmt: skip
