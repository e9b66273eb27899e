"""What travels to the browser: a JSON header and the arrays as float32, in one block of bytes."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np


def encode(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """4 bytes: the header's length; the header, padded to 4; the arrays one after another, little-endian float32.

    The header gains `arrays`: name -> {shape, start}, `start` counted in numbers. A value beyond float32
    travels as infinite and NaN as NaN (in bytes they do no harm). ValueError where JSON cannot hold the header.
    """
    directory, start = {}, 0
    for name, array in arrays.items():
        directory[name] = {"shape": list(array.shape), "start": start}
        start += array.size
    try:
        text = json.dumps({**header, "arrays": directory}, allow_nan=False, separators=(",", ":")).encode()
    except TypeError as error:
        raise ValueError(f"the header cannot be written as JSON: {error}") from error
    text += b" " * (-len(text) % 4)
    with np.errstate(over="ignore"):
        body = b"".join(np.ascontiguousarray(array, dtype="<f4").tobytes() for array in arrays.values())
    return len(text).to_bytes(4, "little") + text + body
