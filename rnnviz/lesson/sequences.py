"""What the lesson "Sequences" computes of two sentences: each by its settings, and each only once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import pandas as pd

from rnnviz.engine import BagOfWords, Cell, Elman, Trace
from rnnviz.tasks.words import one_hot, window, words

from .controls import Text
from .remember import remember
from .words import counted, verbatim

MOST_WORDS = 12
LABEL = 8
"""Letters of a word that a label shows."""
KINDS = ("bag", "window", "Elman")
NAMES = {"bag": "the bag", "window": "the window", "Elman": "the recurrent state"}
TAIL = ("that", "is", "what", "they", "said")
"""Words to put behind both sentences: as many as the widest window sees."""

Sentence = tuple[str, ...]


@dataclass(frozen=True)
class SentenceInput(Text):
    """A text that must hold a word, and of which the first `MOST_WORDS` words are used."""

    def within(self, text: str, last_good: str) -> tuple[str, str | None]:
        """The text to use, and a sentence where it is not the one that was typed."""
        cut, notice = super().within(text, last_good)
        found = words(cut)
        if not found:
            return last_good, f"{self.label} has no word in it: {verbatim(text)}. Until then you see the last one."
        if len(found) > MOST_WORDS:
            size = f"{len(text):,} characters" if notice else f"{len(found)} words"
            return " ".join(found[:MOST_WORDS]), (
                f"{self.label} has {size}; the first {MOST_WORDS} words are used, the most that fit the picture."
            )
        return cut, notice


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sentences, A and B, each read by three kinds of state, held against one another word by word.

    sentences: the words of A and of B   vocabulary: the words of both, as they first appear
    traces: of the bag and of the Elman network, each for A and for B
    states: kind -> (2, time, size) after each word; a sentence that has ended keeps its last state
    distance: kind -> (time,) ‖A_t − B_t‖₂
    """

    sentences: tuple[Sentence, Sentence]
    vocabulary: Sentence
    traces: dict[str, tuple[Trace, Trace]]
    states: dict[str, np.ndarray]
    distance: dict[str, np.ndarray]

    @property
    def steps(self) -> int:
        return len(next(iter(self.distance.values())))

    @property
    def relation(self) -> str:
        """The sentences are "same", "reordered" (each word as often in both), or of "different" words."""
        a, b = self.sentences
        return "same" if a == b else "reordered" if sorted(a) == sorted(b) else "different"

    def only_in(self, which: int) -> Sentence:
        """The words of one sentence that the other lacks, as often as it lacks them."""
        left = list(self.sentences[1 - which])
        only = []
        for word in self.sentences[which]:
            if word in left:
                left.remove(word)
            else:
                only.append(word)
        return tuple(only)

    def apart(self) -> tuple[bool, ...]:
        """Which of `KINDS` differ after the last word, by what was computed and not by what should be."""
        return tuple(bool(self.distance[kind][-1] > 0) for kind in KINDS)

    def panels(self, kind: str) -> np.ndarray:
        """(time, size, 3) A, B and A − B after each word."""
        a, b = self.states[kind]
        return np.stack([a, b, a - b], axis=-1)

    def table(self) -> pd.DataFrame:
        """kind, step (from 1), distance."""
        return pd.DataFrame(
            {
                "kind": np.repeat(KINDS, self.steps),
                "step": np.tile(np.arange(1, self.steps + 1), len(KINDS)),
                "distance": np.concatenate([self.distance[kind] for kind in KINDS]),
            }
        )

    def pairs(self) -> list[tuple[str, str]]:
        """A's and B's word at each step; – where one has ended."""
        return list(zip_longest(*self.sentences, fillvalue="–"))

    @property
    def unit(self) -> int:
        """The Elman unit whose two states are furthest apart after the last word."""
        a, b = self.states["Elman"][:, -1]
        return int(np.abs(a - b).argmax())


@remember
def compared(one: Sentence, two: Sentence, width: int, units: int, seed: int) -> Comparison:
    """Both sentences read by a bag of words, a window of `width` words and a random Elman network."""
    vocabulary = tuple(dict.fromkeys(one + two))
    inputs = [one_hot(sentence, vocabulary) for sentence in (one, two)]
    cells: dict[str, Cell] = {
        "bag": BagOfWords(len(vocabulary)),
        "Elman": Elman.random(len(vocabulary), units, seed=seed),
    }
    traces = {kind: (cell.run(inputs[0]), cell.run(inputs[1])) for kind, cell in cells.items()}
    steps = max(map(len, inputs))
    read = {
        "bag": [trace.h for trace in traces["bag"]],
        "window": [window(x, width) for x in inputs],
        "Elman": [trace.h for trace in traces["Elman"]],
    }
    states = {kind: np.stack([_held(h, steps) for h in pair]) for kind, pair in read.items()}
    for state in states.values():
        state.setflags(write=False)
    distance = {kind: np.linalg.norm(state[0] - state[1], axis=1) for kind, state in states.items()}
    return Comparison((one, two), vocabulary, traces, states, distance)


def continued(one: Sentence, two: Sentence, width: int, units: int, seed: int) -> Comparison:
    """The same comparison with as many words behind both sentences as the window sees."""
    return compared(one + TAIL[:width], two + TAIL[:width], width, units, seed)


def swapped(sentence: Sentence) -> Sentence:
    """The sentence with its first two words exchanged."""
    return sentence[1::-1] + sentence[2:]


def size(distance: float) -> str:
    """A distance in a sentence: "exactly 0", or four digits."""
    return "exactly 0" if distance == 0 else f"{distance:.4g}"


def named(apart: tuple[bool, ...]) -> str:
    """Which of `KINDS` these are, as an answer: "Only the recurrent state"."""
    names = [NAMES[kind] for kind, differs in zip(KINDS, apart, strict=True) if differs]
    if len(names) in (0, len(KINDS)):
        return "All three" if names else "None of them"
    return f"Only {names[0]}" if len(names) == 1 else f"T{names[0][1:]} and {names[1]}"


def label(word: str) -> str:
    """A word on an axis: its beginning, with no sign that plotly reads as markup."""
    short = word if len(word) <= LABEL else word[: LABEL - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;")


def rows(comparison: Comparison, kind: str) -> list[str]:
    """A label for each component of a state."""
    if kind == "Elman":
        return [f"unit {k}" for k in range(comparison.states["Elman"].shape[2])]
    vocabulary = [label(word) for word in comparison.vocabulary]
    if kind == "bag":
        return vocabulary
    places = comparison.states["window"].shape[2] // len(vocabulary)
    return [f"{word} ₜ" + (f"₋{chr(0x2080 + back)}" if back else "") for back in range(places) for word in vocabulary]


def titles(comparison: Comparison) -> dict[str, str]:
    """What each kind of state is called, with its size."""
    places = comparison.states["window"].shape[2] // len(comparison.vocabulary)
    return {
        "bag": "bag of words",
        "window": f"window of {places}",
        "Elman": f"Elman, {counted(comparison.states['Elman'].shape[2], 'unit')}",
    }


def _held(h: np.ndarray, steps: int) -> np.ndarray:
    """(time, size) with the last state repeated up to `steps`."""
    return h[np.minimum(np.arange(steps), len(h) - 1)]
