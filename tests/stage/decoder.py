"""What assets/stage/payload.js does, from the words of `encode`'s docstring."""

import json

import numpy as np


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")


def decode(payload: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """(header without its directory, arrays as float32 in their shapes)."""
    length = int.from_bytes(payload[:4], "little")
    header = json.loads(payload[4 : 4 + length], parse_constant=_refuse)
    numbers = np.frombuffer(payload[4 + length :], "<f4")
    arrays = {}
    for name, entry in header.pop("arrays").items():
        size = int(np.prod(entry["shape"], dtype=int))
        arrays[name] = numbers[entry["start"] : entry["start"] + size].reshape(entry["shape"])
    return header, arrays


def as_sent(array) -> np.ndarray:
    """An array as float32 says it: what is too large is infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(array).astype(np.float32)
