"""Sequences as they occur, each as the numbers that a network would be handed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.tasks.series import co2, sunspots
from rnnviz.tasks.speech import HOP, RATE, glide, spectrogram
from rnnviz.tasks.text import shakespeare
from rnnviz.tasks.words import words
from rnnviz.training.character_model import character_model

from .remember import remember
from .words import token_label

CHARACTERS = 31
"""Of the plays, for the picture of a text."""
ORIGINAL = "To be, or not to be, that is the question"
TRANSLATED = "Sein oder Nichtsein; das ist hier die Frage"
"""Hamlet III.1; German by A. W. Schlegel, 1798."""


@dataclass(frozen=True, eq=False)
class Occurring:
    """Every sequence as an array (time, feature), by name, with what its picture needs besides.

    years: (time,) of the sunspots   weeks: (time,) of the CO₂, decimal years   tokens: (time,) of the text
    sentences: the words of the original and of its translation
    """

    arrays: dict[str, np.ndarray]
    years: np.ndarray
    weeks: np.ndarray
    tokens: tuple[str, ...]
    sentences: tuple[tuple[str, ...], tuple[str, ...]]

    def shape(self, name: str) -> str:
        """(time, features), as torch prints it."""
        return str(self.arrays[name].shape)


@remember
def occurring() -> Occurring:
    spots, air, voice = sunspots(), co2(), glide()
    text, vocabulary = shakespeare()[:CHARACTERS], character_model("LSTM").vocabulary
    sentences = words(ORIGINAL), words(TRANSLATED)
    arrays = {
        "sunspots": spots[["value"]].to_numpy(),
        "co2": air[["value"]].to_numpy(),
        "text": vocabulary.one_hot(vocabulary.encode(text)),
        "voice": voice[:, None],
        "spectrum": spectrogram(voice),
    }
    # A word is a row with a 1 in its column: as many columns as there are different words.
    arrays |= {
        name: np.eye(len(set(sentence)))[[sorted(set(sentence)).index(word) for word in sentence]]
        for name, sentence in zip(("original", "translation"), sentences, strict=True)
    }
    for array in arrays.values():
        array.setflags(write=False)
    return Occurring(
        arrays,
        spots["time"].to_numpy(),
        air["time"].to_numpy(),
        tuple(map(token_label, text)),
        sentences,
    )


def milliseconds(samples: int) -> np.ndarray:
    """(samples,) when each of the voice's first samples is."""
    return 1000 * np.arange(samples) / RATE


def frame_times(frames: int) -> np.ndarray:
    """(frames,) when each spectrum begins, in milliseconds."""
    return 1000 * HOP * np.arange(frames) / RATE


def frequencies(count: int) -> np.ndarray:
    """(count,) what each row of the spectra stands for, in Hz."""
    return np.linspace(0, RATE / 2, count)
