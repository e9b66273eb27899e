"""A script on a page, in its colours, with a button that copies it.

Streamlit's own colours of code cost a browser half a megabyte: here the server reads the script, once.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import groupby

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from .assets import component
from .payload import encode

KINDS = {
    "comment": (Comment,),
    "keyword": (Keyword, Operator.Word),
    "string": (String,),
    "number": (Number,),
    "builtin": (Name.Builtin,),
}
"""What is coloured: class -> the kinds of token. The colours are in assets/stage/script.css."""

GAP = "\n\n"
LONG_TEXT = re.compile(r'"""|\'\'\'')

_script = component("script", isolate_styles=False)  # the page's own: what is selected in it can be copied everywhere


def script(text: str, *, key: str) -> None:
    """Show a Python script."""
    _script(key=key, data=payload(text))


@lru_cache(maxsize=256)
def payload(text: str) -> bytes:
    """What the browser shows, of as many scripts as learners have lately seen."""
    return encode({"parts": pieces(text)}, {})


def pieces(text: str) -> list[list[str]]:
    """A script in pieces, [class, text]; together they are the script. The class is "" for what has no colour.

    It is read block by block, for a learner's settings change one of them; where a text may go on behind an empty line,
    as a whole.
    """
    *blocks, last = [text] if LONG_TEXT.search(text) else text.split(GAP)
    read_ones = [piece for block in blocks for piece in read(block + GAP)] + read(last)
    return [[name, "".join(value for _, value in run)] for name, run in groupby(read_ones, key=lambda one: one[0])]


@lru_cache(maxsize=256)
def read(text: str) -> list[tuple[str, str]]:
    """Its tokens, (class, text)."""
    return [(kind(token), value) for token, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text)]


@cache
def kind(token: tuple[str, ...]) -> str:
    return next((name for name, tokens in KINDS.items() if any(token in one for one in tokens)), "")
