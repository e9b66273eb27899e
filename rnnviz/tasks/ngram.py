"""The character n-gram: what counting alone can predict, the bar that a network has to clear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


@dataclass(frozen=True)
class NGram:
    r"""Interpolated n-gram with Witten-Bell smoothing.

    The next character :math:`w` after the context :math:`u` of the :math:`n - 1` characters before it,
    :math:`u'` being the context without its first character:

    .. math::
        p_n(w \mid u) = \frac{C(u w) + T(u) \, p_{n-1}(w \mid u')}{C(u) + T(u)}, \qquad
        p_0(w) = \frac{1}{\text{size}}

    where :math:`C` counts in the text and :math:`T(u)` is the number of different characters seen after u.
    A context that was never seen leaves the shorter one's word standing.
    (Witten & Bell 1991, method C; interpolated as in Chen & Goodman 1998, section 2.6.)

    order: n, 3 for a trigram. size: of the vocabulary.
    grams, contexts: one (codes, counts) a length 1 … n, codes sorted; a context also has its followers T.
    """

    order: int
    size: int
    grams: tuple[tuple[np.ndarray, np.ndarray], ...]
    contexts: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...]

    @classmethod
    def fit(cls, ids: np.ndarray, *, order: int, size: int) -> NGram:
        """Count ids (time,), integers from 0 to size − 1.

        Raises ValueError for ids outside that range, an order below 1, and a size ** order beyond int64.
        """
        if size < 1:
            raise ValueError(f"size must be 1 or more, got {size}")
        if order < 1 or int(size) ** int(order) > np.iinfo(np.int64).max:
            raise ValueError(f"order must be at least 1 and size ** order below 2 ** 63, got {order} and size {size}")
        ids = _checked(ids, size)
        grams, contexts = [], []
        for length in range(1, order + 1):
            codes, counts = np.unique(_codes(ids, length, size), return_counts=True)
            grams.append((codes, counts))
            seen, first, followers = np.unique(codes // size, return_index=True, return_counts=True)
            # reduceat refuses an empty list.
            contexts.append((seen, np.add.reduceat(counts, first) if len(first) else counts, followers))
        return cls(order, size, tuple(grams), tuple(contexts))

    def probability(self, ids: np.ndarray) -> np.ndarray:
        """Probability of each of ids (…, time) given those before it, as far back as there are any. -> (…, time)"""
        ids = _checked(ids, self.size)
        p = np.full(ids.shape, 1 / self.size)
        tables = zip(self.grams, self.contexts, strict=True)
        for before, ((grams, gram_counts), (contexts, context_counts, followers)) in enumerate(tables):
            if ids.shape[-1] <= before:
                break
            codes = _codes(ids, before + 1, self.size)
            together = _look_up(codes, grams, gram_counts)
            alone = _look_up(codes // self.size, contexts, context_counts)
            different = _look_up(codes // self.size, contexts, followers)
            shorter = p[..., before:]
            longer = (together + different * shorter) / np.maximum(alone + different, 1)
            p[..., before:] = np.where(alone > 0, longer, shorter)
        return p

    def next(self, context: np.ndarray) -> np.ndarray:
        """Probability of every character after the context (time,), which may be empty. -> (size,)"""
        context = _checked(context, self.size)[max(0, len(context) - self.order + 1) :]
        followed = np.column_stack([np.tile(context, (self.size, 1)), np.arange(self.size)])
        return self.probability(followed)[:, -1]

    def bits_per_character(self, ids: np.ndarray) -> float:
        """Mean of −log₂ p over ids (time,) but the first, which no model is asked to predict.

        Raises ValueError for fewer than two ids.
        """
        if len(ids) < 2:
            raise ValueError(f"a text of at least 2 characters is needed, got {len(ids)}")
        return float(-np.log2(self.probability(ids)[1:]).mean())


def _codes(ids: np.ndarray, length: int, size: int) -> np.ndarray:
    """Each run of ``length`` ids as one number in base ``size``. (…, time) -> (…, time − length + 1)"""
    if ids.shape[-1] < length:
        return np.zeros((*ids.shape[:-1], 0), dtype=np.int64)
    return sliding_window_view(ids, length, axis=-1) @ (size ** np.arange(length, dtype=np.int64)[::-1])


def _look_up(codes: np.ndarray, known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The value of each code, 0 where it is not among the known ones (sorted)."""
    if known.size == 0:
        return np.zeros(codes.shape, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, codes), known.size - 1)
    return np.where(known[place] == codes, values[place], 0)


def _checked(ids: np.ndarray, size: int) -> np.ndarray:
    ids = np.asarray(ids)
    if ids.size == 0:
        return ids.astype(np.int64)
    if not np.issubdtype(ids.dtype, np.integer):
        raise ValueError(f"ids must be integers, got {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= size)]
    if outside.size:
        raise ValueError(f"ids must be from 0 to {size - 1}, got {outside[0]}")
    return ids.astype(np.int64)
