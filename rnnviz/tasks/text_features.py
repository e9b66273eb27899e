"""What can be said of a text at each character, from the text alone: features that a unit may be found to follow.

A feature at step t is a statement about the characters 0 … t: what a reader knows just after character t. Only the
features marked `ahead` also look at character t + 1; a unit that follows one of these predicts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Feature:
    """One statement about every character of a text.

    name: a few words   says: its definition in a sentence
    measure: text -> (time,) float64: 1 and 0 for true and false, or a count; NaN where the statement makes no sense
    count: whether it counts; else it is true or false
    ahead: whether it looks one character ahead
    """

    name: str
    says: str
    measure: Callable[[str], Array]
    count: bool = False
    ahead: bool = False

    def values(self, text: str) -> Array:
        """(time,) the feature after each character. Raises ValueError on an empty text."""
        if not text:
            raise ValueError("text is empty; at least one character is needed")
        return np.asarray(self.measure(text), dtype=np.float64)


class Characters:
    """A text as arrays: which kind each character is of, and how long ago a kind was last read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = np.array(list(text))
        self.newline = self.at == "\n"
        self.empty = self.newline & np.append(False, self.newline[:-1])
        self.letter = np.char.isalpha(self.at)
        self.capital = np.char.isupper(self.at)
        self.word = self.letter | self.among("'-")
        self.vowel = self.among("aeiouAEIOU")
        self.stop = self.among(".!?")
        self.punctuation = self.among(".!?,;:")

    def among(self, characters: str) -> Array:
        return np.isin(self.at, list(characters))

    def last(self, event: Array) -> Array:
        """(time,) when the event was last true, −1 for never."""
        return np.maximum.accumulate(np.where(event, np.arange(len(event)), -1))

    def since(self, event: Array) -> Array:
        """(time,) steps since the event was last true: 0 at the event, t + 1 where it never was."""
        return np.arange(len(event)) - self.last(event)

    def counted_since(self, counted: Array, event: Array) -> Array:
        """(time,) how many of `counted` were true after the event was last true."""
        total = np.append(0, np.cumsum(counted))
        return total[1:] - total[self.last(event) + 1]

    @property
    def in_name(self) -> Array:
        """Behind an empty line and before the next newline: there stands who speaks."""
        return self.last(self.empty) > self.last(self.newline & ~self.empty)

    @property
    def spoken(self) -> Array:
        """In any other line, behind its first character: there stands what is said."""
        return ~self.in_name & ~self.newline

    @property
    def line_of_speech(self) -> Array:
        """How many newlines were read since the empty line: the first line behind the name is 1. NaN before any."""
        return where(self.spoken & (self.last(self.empty) >= 0), self.counted_since(self.newline, self.empty))

    @property
    def letters_of_word(self) -> Array:
        """How many characters of the current word were read; 0 outside words."""
        return self.since(~self.word)

    def just_read(self, word: str) -> Array:
        """Whether the word's last letter was just read, and the word began where words begin."""
        ends = np.array([found.end() - 1 for found in re.finditer(re.escape(word), self.text)], dtype=int)
        just = np.zeros(len(self.at), dtype=bool)
        just[ends] = self.letters_of_word[ends] == len(word)
        return just


def where(applies: Array, values: Array) -> Array:
    """The values where the statement makes sense, else NaN."""
    return np.where(applies, values.astype(np.float64), np.nan)


def upcoming(values: Array) -> Array:
    """(time,) what holds at the next character; NaN at the last."""
    return np.append(values[1:].astype(np.float64), np.nan)


def of(measure: Callable[[Characters], Array]) -> Callable[[str], Array]:
    return lambda text: measure(Characters(text))


QUESTIONS = ("what", "who", "why", "how", "where", "when")
FEATURES: tuple[Feature, ...] = (
    Feature(
        "speaker's name", "the line behind an empty line is being read: it says who speaks", of(lambda s: s.in_name)
    ),
    Feature("empty line", "two newlines in a row were just read", of(lambda s: s.empty)),
    Feature("newline", "a newline was just read", of(lambda s: s.newline)),
    Feature("space", "a space was just read", of(lambda s: s.at == " ")),
    Feature("inside a word", "a letter, an apostrophe or a hyphen was just read", of(lambda s: s.word)),
    Feature("vowel", "one of a e i o u, small or capital, was just read", of(lambda s: s.vowel)),
    Feature("capital", "a capital letter was just read", of(lambda s: s.capital)),
    Feature(
        "two capitals",
        "the last two characters are capital letters",
        of(lambda s: s.capital & np.append(False, s.capital[:-1])),
    ),
    Feature("punctuation", "one of . , ; : ! ? was just read", of(lambda s: s.punctuation)),
    Feature("end of sentence", "one of . ! ? was just read", of(lambda s: s.stop)),
    Feature(
        "between sentences",
        "one of . ! ? was read, and no letter since",
        of(lambda s: s.last(s.stop) > s.last(s.letter)),
    ),
    Feature(
        "behind a comma", "a comma was read, and no letter since", of(lambda s: s.last(s.at == ",") > s.last(s.letter))
    ),
    Feature("first of a word", "the first character of a word was just read", of(lambda s: s.letters_of_word == 1)),
    Feature(
        "no vowel yet",
        "inside a word: none of its characters so far is a vowel",
        of(lambda s: where(s.word, s.counted_since(s.vowel, ~s.word) == 0)),
    ),
    Feature(
        "third or later",
        "inside a word: at least three of its characters were read",
        of(lambda s: where(s.word, s.letters_of_word >= 3)),
    ),
    Feature(
        "capitalised word",
        "inside a word: its first character is a capital letter",
        of(lambda s: where(s.word, s.capital[np.minimum(s.last(~s.word) + 1, len(s.at) - 1)])),
    ),
    Feature(
        "contraction",
        "inside a word: an apostrophe was read in it",
        of(lambda s: where(s.word, s.counted_since(s.at == "'", ~s.word) > 0)),
    ),
    Feature(
        "word begins with t",
        "t or T was just read and begins a word",
        of(lambda s: s.among("tT") & (s.letters_of_word == 1)),
    ),
    Feature(
        "just read the",
        "the first three characters of a word are t, h, e, and the e was just read",
        of(lambda s: s.just_read("the")),
    ),
    Feature(
        "question word",
        "a word that begins with what, who, why, how, where or when was read, and none of . ! ? since",
        of(
            lambda s: (
                s.last(np.any([s.just_read(w) for q in QUESTIONS for w in (q, q.capitalize())], axis=0))
                > s.last(s.stop)
            )
        ),
    ),
    Feature(
        "first line of a speech",
        "the line right behind the speaker's name is being read",
        of(lambda s: where(~np.isnan(s.line_of_speech), s.line_of_speech == 1)),
    ),
    Feature(
        "long line",
        "in a spoken line: more than 30 of its characters were read",
        of(lambda s: where(s.spoken, s.since(s.newline) > 30)),
    ),
    Feature(
        "word ends here",
        "inside a word: the next character belongs to no word",
        of(lambda s: where(s.word, upcoming(~s.word))),
        ahead=True,
    ),
    Feature(
        "line ends here",
        "in a spoken line: the next character is a newline",
        of(lambda s: where(s.spoken, upcoming(s.newline))),
        ahead=True,
    ),
    Feature(
        "length of the line",
        "in a spoken line: how many of its characters were read",
        of(lambda s: where(s.spoken, s.since(s.newline))),
        count=True,
    ),
    Feature(
        "words of the line",
        "in a spoken line: how many spaces were read in it",
        of(lambda s: where(s.spoken, s.counted_since(s.at == " ", s.newline))),
        count=True,
    ),
    Feature(
        "length of the word",
        "inside a word: how many of its characters were read",
        of(lambda s: where(s.word, s.letters_of_word)),
        count=True,
    ),
    Feature(
        "since the last vowel",
        "inside a word: how many of its characters were read after its last vowel, or in all where it has none",
        of(lambda s: where(s.word, s.since(s.vowel | ~s.word))),
        count=True,
    ),
    Feature(
        "since the last mark",
        "how many characters were read after the last of . , ; : ! ?",
        of(lambda s: s.since(s.punctuation)),
        count=True,
    ),
    Feature(
        "lines of the speech",
        "in a spoken line: how many lines were begun behind the speaker's name",
        of(lambda s: s.line_of_speech),
        count=True,
    ),
)


def feature(name: str) -> Feature:
    """The feature of this name. Raises ValueError on another."""
    for one in FEATURES:
        if one.name == name:
            return one
    raise ValueError(f"feature must be one of {', '.join(one.name for one in FEATURES)}, not {name!r}")
