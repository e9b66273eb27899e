"""Sentences as sequences of words, and what of them a fixed window sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

# An emoji with what belongs to it (skin tone, presentation, those joined to it) is one sign; so is a flag.
SIGN = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|.(?:[\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d[^\\w\\s])*", flags=re.DOTALL
)
LETTERS = "LMN"


def words(text: str) -> tuple[str, ...]:
    """The words of a text in order, in lower case (`str.casefold`), without punctuation.

    A word is a run of letters, marks and digits, held together across an apostrophe or hyphen inside it; an emoji
    or another symbol is a word of its own.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    found, run, k = [], "", 0
    while k < len(text):
        kind = unicodedata.category(text[k])[0]
        joins = text[k] in "'’-" and run and unicodedata.category(text[k + 1 : k + 2] or " ")[0] in LETTERS
        if kind in LETTERS or joins:
            run += text[k]
            k += 1
            continue
        if run:
            found.append(run)
            run = ""
        sign = SIGN.match(text, k) if kind == "S" else None
        if sign:
            found.append(sign.group())
        k = sign.end() if sign else k + 1
    return (*found, run) if run else tuple(found)


def one_hot(sentence: Sequence[str], vocabulary: Sequence[str]) -> np.ndarray:
    """A row for each word, with a single 1 in the word's column. -> float64 (time, len(vocabulary))

    Raises ValueError on a word that the vocabulary lacks, and on a vocabulary with a word twice.
    """
    column = {word: k for k, word in enumerate(vocabulary)}
    if len(column) != len(vocabulary):
        raise ValueError(f"the vocabulary has a word twice: {list(vocabulary)}")
    if lacking := [word for word in sentence if word not in column]:
        raise ValueError(f"the vocabulary lacks {lacking[0]!r}; it holds {', '.join(map(repr, vocabulary))}")
    return np.eye(len(vocabulary))[[column[word] for word in sentence]]


def window(x: np.ndarray, size: int) -> np.ndarray:
    r"""What a window of fixed size sees at each step: the last `size` inputs, newest first, end to end.

    .. math::
        w_t = [x_t, x_{t-1}, \ldots, x_{t-size+1}], \qquad x_s = 0 \text{ for } s < 1

    x: (time, input) -> (time, size * input). Sejnowski & Rosenberg 1987 (NETtalk); for words, Bengio et al. 2003.
    Raises ValueError for a size below 1.
    """
    if size < 1:
        raise ValueError(f"size must be at least 1, not {size!r}")
    padded = np.concatenate([np.zeros((size - 1, x.shape[1])), x])
    return np.concatenate([padded[size - 1 - back : size - 1 - back + len(x)] for back in range(size)], axis=1)
