"""Weights on disk: safetensors, which hold numbers and strings and can execute nothing. No torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as serialise


def load(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The tensors of a safetensors file by name, and its metadata (empty where it has none).

    Raises ValueError when the file is missing, is not safetensors, or holds numbers that numpy lacks (bfloat16).
    """
    if not Path(path).is_file():
        raise ValueError(f"no weights at {str(path)!r}: a safetensors file is needed")
    try:
        with safe_open(str(path), framework="numpy") as file:
            return {name: file.get_tensor(name) for name in sorted(file.keys())}, dict(file.metadata() or {})
    except (SafetensorError, OSError, TypeError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} cannot be read as safetensors: {error}") from error


def save(path: str | Path, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> None:
    """Write tensors and metadata so that ``load`` gives them back. The same content gives the same bytes."""
    tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(_ordered(serialise(tensors, metadata=dict(metadata))))


def _ordered(file: bytes) -> bytes:
    """The same file with its header's keys sorted: safetensors writes the metadata in a random order.

    The format is the header's length (8 bytes, little-endian), the header (JSON, padded with spaces), the data.
    """
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.dumps(json.loads(file[8:start]), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + file[start:]
