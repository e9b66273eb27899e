"""Markdown and formulas as HTML that needs no script: for what is printed. Everything else in a text is escaped."""

from __future__ import annotations

import re
from html import escape

SIGNS = {
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "partial": "∂", "cdot": "·", "times": "×", "odot": "⊙",
    "infty": "∞", "sigma": "σ", "theta": "θ", "eta": "η", "rho": "ρ", "lambda": "λ", "varphi": "φ", "phi": "φ",
    "tau": "τ", "alpha": "α", "beta": "β", "gamma": "γ", "epsilon": "ε", "prod": "∏", "sum": "∑", "ln": "ln",
    "tanh": "tanh", "log": "log", "exp": "exp", "min": "min", "max": "max", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "ne": "≠", "neq": "≠", "in": "∈", "approx": "≈", "to": "→", "leftarrow": "←", "rightarrow": "→",
    "top": "⊤", "ldots": "…", "dots": "…", "cdots": "⋯", "pm": "±", "qquad": " ", "quad": " ", ",": " ", ";": " ",
    " ": " ", "!": "", "left": "", "right": "", "big": "", "Big": "", "%": "%", "&": "&", "_": "_", "{": "{",
    "}": "}", "$": "$", "#": "#", "\\": " ", "circ": "°", "mid": "|",
}  # fmt: skip
UPRIGHT = {"text", "mathrm", "operatorname", "mathbf", "textbf", "mathit"}
MARKS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304"}
MARKUP = re.compile(
    r"(?P<fence>`+)(?P<code>.+?)(?P=fence)|\$\$(?P<block>.+?)\$\$|\$(?P<math>.+?)\$"
    r"|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>[^*\s].*?)\*|\\(?P<plain>[\\`*_{}\[\]()<>#+.!$~:|-])",
    re.DOTALL,
)
TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}_^])|([A-Za-z])|([^\\{}_^A-Za-z])", re.DOTALL)
TIGHT = {"partial", "lVert", "prod", "sum"}
"""Commands after which a space is not shown."""


def html(markdown: str) -> str:
    """A paragraph or a few: bold, italics, code and $formulas$; blank lines part paragraphs."""
    return "<br>".join(_inline(part) for part in re.split(r"\n\s*\n", markdown.strip()))


def _inline(text: str) -> str:
    done, parts = 0, []
    for found in MARKUP.finditer(text):
        parts.append(escape(text[done : found.start()]))
        done = found.end()
        kind = found.lastgroup
        if found["code"] is not None:
            parts.append(f"<code>{escape(found['code'].strip())}</code>")
        elif kind in ("block", "math"):
            parts.append(formula(found[kind]))
        elif kind in ("bold", "italic"):
            tag = {"bold": "b", "italic": "i"}[kind]
            parts.append(f"<{tag}>{_inline(found[kind])}</{tag}>")
        else:
            parts.append(escape(found["plain"]))
    return "".join(parts) + escape(text[done:])


def formula(latex: str) -> str:
    r"""A formula in one line: `\frac{a}{b}` is (a)/(b), and a command that is not known is its name."""
    tokens: list[Token] = [found.groups() for found in TOKEN.finditer(latex.replace("\n", " "))]
    shown, _ = _group(tokens, 0)
    return f"<span class=math>{shown}</span>"


Token = tuple[str | None, ...]


def _group(tokens: list[Token], at: int) -> tuple[str, int]:
    """Everything up to the brace that closes, and where it goes on."""
    parts = []
    while at < len(tokens) and tokens[at][1] != "}":
        shown, at = _one(tokens, at)
        parts.append(shown)
    return "".join(parts), at + 1


def _one(tokens: list[Token], at: int, *, upright: bool = False) -> tuple[str, int]:
    """The next thing that an index or a command takes, and where it goes on."""
    if at >= len(tokens):
        return "", at
    command, sign, letter, text = tokens[at]
    if sign == "{":
        return _upright(tokens, at + 1) if upright else _group(tokens, at + 1)
    if sign in ("_", "^"):
        tag = "sub" if sign == "_" else "sup"
        shown, at = _one(tokens, at + 1)
        return f"<{tag}>{shown}</{tag}>", at
    if letter is not None:
        return (letter if upright else f"<i>{letter}</i>"), at + 1
    if text is not None:
        return escape(text.replace("-", "−")), at + 1
    if command in UPRIGHT:
        return _one(tokens, at + 1, upright=True)
    if command in MARKS:
        shown, at = _one(tokens, at + 1)
        return shown.replace("</i>", f"{MARKS[command]}</i>", 1), at
    if command in ("frac", "dfrac", "tfrac"):
        above, at = _one(tokens, at + 1)
        below, at = _one(tokens, at)
        return f"({above})/({below})", at
    if command == "sqrt":
        under, at = _one(tokens, at + 1)
        return f"√({under})", at
    at += 1
    while command in TIGHT and at < len(tokens) and tokens[at][3] == " ":
        at += 1
    return escape(SIGNS.get(command or "", command or "")), at


def _upright(tokens: list[Token], at: int) -> tuple[str, int]:
    parts = []
    while at < len(tokens) and tokens[at][1] != "}":
        shown, at = _one(tokens, at, upright=True)
        parts.append(shown)
    return "".join(parts), at + 1
