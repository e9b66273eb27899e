"""Text as numbers: a vocabulary of characters, and the plays that the character models read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

UNKNOWN = "<unk>"
RAREST = 10
DATA = Path(__file__).resolve().parents[2] / "assets" / "data"


@dataclass(frozen=True)
class Vocabulary:
    """The characters that a model knows, each by its index; index 0 is ``"<unk>"``, every other character.

    tokens: ``("<unk>", " ", "!", …)``, each but the first a single character and none of them twice.
    Raises ValueError where they are not.
    """

    tokens: tuple[str, ...]
    _index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", tuple(self.tokens))
        if not self.tokens or self.tokens[0] != UNKNOWN:
            raise ValueError(f"tokens must start with {UNKNOWN!r}, got {self.tokens[:1]}")
        for token in self.tokens[1:]:
            if not isinstance(token, str) or len(token) != 1:
                raise ValueError(f"every token after {UNKNOWN!r} must be a single character, got {token!r}")
        twice = [token for token, count in Counter(self.tokens).items() if count > 1]
        if twice:
            raise ValueError(f"every token must occur once, got {twice[0]!r} more than once")
        object.__setattr__(self, "_index", {token: index for index, token in enumerate(self.tokens)})

    @classmethod
    def of(cls, text: str, *, at_least: int = RAREST) -> Vocabulary:
        """The characters that occur at least ``at_least`` times in the text, sorted.

        Raises ValueError unless ``at_least`` is 1 or more.
        """
        if at_least < 1:
            raise ValueError(f"at_least must be 1 or more, got {at_least}")
        return cls((UNKNOWN, *sorted(c for c, count in Counter(text).items() if count >= at_least)))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._index

    def encode(self, text: str) -> np.ndarray:
        """Index of every character; 0 for the ones not in the vocabulary. -> int64 (time,)"""
        return np.fromiter((self._index.get(c, 0) for c in text), dtype=np.int64, count=len(text))

    def decode(self, ids: np.ndarray) -> str:
        """The text of ids (time,); an unknown character reads ``"<unk>"``.

        Raises ValueError for an id outside 0 … len − 1.
        """
        return "".join(self.tokens[i] for i in self._checked(ids))

    def one_hot(self, ids: np.ndarray) -> np.ndarray:
        """A row of zeros with a single 1 for each of ids (time,). -> float64 (time, len)

        Raises ValueError for an id outside 0 … len − 1.
        """
        return np.eye(len(self))[self._checked(ids)]

    def unknown(self, text: str) -> tuple[str, ...]:
        """The text's characters that are not in the vocabulary, each once, in order of appearance."""
        return tuple(dict.fromkeys(c for c in text if c not in self._index))

    def _checked(self, ids: np.ndarray) -> np.ndarray:
        ids = np.asarray(ids)
        if ids.size == 0:
            return np.zeros(0, dtype=np.int64)
        if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
            raise ValueError(f"ids must be integers of shape (time,), got {ids.dtype} of shape {ids.shape}")
        outside = ids[(ids < 0) | (ids >= len(self))]
        if outside.size:
            raise ValueError(f"ids must be from 0 to {len(self) - 1}, got {outside[0]}")
        return ids


@cache
def shakespeare() -> str:
    """A million characters of Shakespeare's plays (Karpathy 2015, char-rnn's ``tinyshakespeare``)."""
    return (DATA / "tinyshakespeare.txt").read_text(encoding="utf-8")


def split(text: str) -> tuple[str, str]:
    """(train, held_out): the held-out part is the last tenth, in one piece."""
    held_out = len(text) // 10
    return text[: len(text) - held_out], text[len(text) - held_out :]
