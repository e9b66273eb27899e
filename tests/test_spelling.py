"""All that people read is spelled as one word list has it: pages, what the stage says, tables of words, documents.

The list is that of pyspellchecker, which needs no network. It is American: a British word is right where its American
spelling is. What it lacks and is right stands in words.txt.
"""

import ast
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from spellchecker import SpellChecker

ROOT = Path(__file__).resolve().parents[1]
OWN = Path(__file__).with_name("words.txt")
DOCUMENTS = ("*.md", "docs/*.md", "docs/*.ipynb", "deploy/*.md", "assets/**/README.md", "assets/weights/*.md")
SOURCES = ("app.py", "pages/*.py", "rnnviz/**/*.py", "assets/snippets/*.py")
SCRIPTS = ("assets/stage/*.js",)

NOT_PROSE = re.compile(
    r"```.*?```"  # code
    r"|`[^`]*`"
    r"|\$\$.*?\$\$|\$[^$]+\$"  # LaTeX
    r"|:math:|:[a-z_]+:`|:material/\w+:"
    r"|\.\. math::\n(?:\n| .*\n?)+"
    r"|https?://\S+|\]\([^)]*\)"
    r"|<style>.*?</style>|<[^>\n]{1,200}>|&\w+;"
    r"|\\[a-zA-Z]+"  # a LaTeX command in a text without dollars
    r"|[\w.-]*[\w)\]]/[\w./*-]+"  # paths
    r"|--[\w-]+"
    r"|\w*[_\d@=]\w*"  # names from code, numbers with units
    r"|\w+\.\w[\w.]*"
    r"|\b[a-z]+[A-Z]\w*"  # camelCase
    r"|\b[A-Z]{2,}s?\b"  # LSTM, GRUs
    r"|%\(?[a-z]|\{[^}]*\}",
    re.DOTALL,
)
WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}(?:['’](?!s\b)[a-z]+)?")
SEVERAL = re.compile(r"[A-Za-z]{2}[^A-Za-z]* [A-Za-z]*[A-Za-z]{2}")
"""Two words in a row."""
CODE = re.compile(r"[{;]\s*[\w-]+:.*;|^\s*(import|from|def|const|function|export) .*[(;:]|^import ", re.MULTILINE)
"""Styles and programs that stand in a string."""
TITLE = re.compile(r"\*(?:[^*\s]+ +){3,}[^*\s]+\*")
"""The title of a paper, which is spelled as its authors did."""


VARIANTS = [
    (r"is(e|es|ed|er|ers|ing|ation|ations)$", r"iz\1"),
    (r"ys(e|es|ed|ing)$", r"yz\1"),
    (r"(?<=\w{3})our(s|ed|ing|ful|able|less)?$", r"or\1"),
    (r"(?<=[aeiou])ll(ed|ing|er)$", r"l\1"),
    (r"centre(s?)$", r"center\1"),
    (r"centred$", "centered"),
    (r"grey", "gray"),
    (r"ogue(s?)$", r"og\1"),
]


def american(word):
    """How a British word is spelled in America; nothing for a word that has one spelling."""
    return {re.sub(pattern, other, word) for pattern, other in VARIANTS} - {word}


def words(text):
    """Every word of a text that is prose, as it is written."""
    return WORD.findall(NOT_PROSE.sub(" ", text).replace("\u00ad", ""))


def sentences(source):
    """Everything in a Python source that may be prose: strings of several words, docstrings included."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else " {} " for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            text = node.value
        else:
            continue
        if SEVERAL.search(text) and not CODE.search(text):
            yield text


def strings(source):
    """What a JavaScript source may show: strings of several words, comments left out."""
    source = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", " ", source, flags=re.DOTALL)
    for found in re.findall(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`', source):
        text = re.sub(r"\$\{[^}]*\}", " ", found[1:-1])
        if (
            re.search(r"[a-z]{2} [a-z]{2}", text)
            and not re.search(r"[#.]\w+[\s,]*[#.{]|px|:\s*\w+;|^M ", text)
            and not CODE.search(text)
        ):
            yield text


def read(path):
    """All prose of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n\n".join(sentences(text))
    if path.suffix == ".js":
        return "\n\n".join(strings(text))
    if path.suffix == ".ipynb":
        cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        return "\n\n".join("".join(cell) for cell in cells)
    return text


def files(patterns):
    return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})


@cache
def dictionary():
    return SpellChecker(language="en", distance=1)


@cache
def own_words():
    return OWN.read_text(encoding="utf-8").splitlines()


def is_known(word):
    """Whether the list has it, or the American spelling of it."""
    word = word.lower()
    return word in dictionary() or any(other in dictionary() for other in american(word))


@cache
def unknown():
    """word -> the files in which it stands, of all words that the list does not have."""
    found = defaultdict(set)
    for path in files((*DOCUMENTS, *SOURCES, *SCRIPTS)):
        for word in set(words(read(path))):
            if not is_known(word):
                found[word].add(str(path.relative_to(ROOT)))
    return found


def test_every_word_is_spelled_right():
    accepted = set(own_words())
    wrong = {word: sorted(where) for word, where in unknown().items() if not {word, word.lower()} & accepted}
    lines = [f"{word} ({', '.join(where)})" for word, where in sorted(wrong.items())]
    assert not lines, "Misspelled, or missing in tests/words.txt:\n" + "\n".join(lines)


def test_the_projects_own_words_are_sorted_and_each_is_needed():
    own = own_words()
    assert own == sorted(set(own), key=lambda word: (word.lower(), word))
    used = set(unknown()) | {word.lower() for word in unknown()}
    assert set(own) - used == set(), "these are used nowhere, or the list has them by now"


def test_no_word_is_spelled_in_two_ways():
    used = defaultdict(set)
    for path in files((*DOCUMENTS, *SOURCES, *SCRIPTS)):
        for word in words(TITLE.sub(" ", read(path))):
            used[word.lower()].add(str(path.relative_to(ROOT)))
    both = [(word, other) for word in used for other in american(word) & set(used)]
    assert not both, [f"{word} and {other} ({', '.join(sorted(used[other]))})" for word, other in sorted(both)]


@pytest.mark.parametrize("word", ["colour", "behaviour", "neighbour", "grey", "centre", "summarise", "practise"])
def test_british_words_are_right(word):
    assert is_known(word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A gate is *opn*.", ["opn"]),
        (r"the norm $\lVert h_t \rVert$ of `weight_hh`", ["the", "norm"]),
        ("see [the page](https://example.org/wrnog) and rnnviz/engine", ["see", "the", "page", "and"]),
        ("Elman's cell doesn't", ["Elman", "cell", "doesn't"]),
    ],
)
def test_only_prose_is_looked_at(text, expected):
    assert [word for word in words(text) if word not in ("is", "gate")] == expected
