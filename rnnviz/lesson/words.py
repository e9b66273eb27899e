"""Numbers and characters as a person reads them."""

import math
import re

SHOWN = {" ": "␣", "\n": "↵", "<unk>": "▯"}
"""What stands for a token that cannot be seen."""


def token_label(token: str) -> str:
    """A token as it is drawn: the character itself, or a sign for what is invisible."""
    return SHOWN.get(token, token)


def quoted(token: str) -> str:
    """A token in running text (markdown): code font, so that a lone quote or star stays what it is."""
    return verbatim(token_label(token))


def counted(number: int, thing: str) -> str:
    """`1 step`, `2 steps`, `1,000 steps`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def verbatim(text: str, most: int = 40) -> str:
    """Foreign text in a sentence (markdown): in code font, where nothing in it is markup; cut after `most`."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:most])
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if shown.strip() else "nothing"


def escaped(text: str) -> str:
    """Text in a sentence (markdown) as it is: no sign in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#$~:|!-])", r"\\\1", text)


def decimal(value: float, *, brackets: bool = False) -> str:
    """A number in LaTeX: 4 decimals, or 4 digits where that would leave nothing; brackets: around negative ones."""
    if math.isnan(value):
        return r"\text{NaN}"
    value += 0.0  # -0.0 becomes 0.0
    if math.isinf(value):
        text = r"\infty" if value > 0 else r"-\infty"
    elif value != 0 and not 0.001 <= abs(value) < 10_000:
        digits, power = f"{value:.3e}".split("e")
        text = rf"{digits} \cdot 10^{{{int(power)}}}"
    else:
        text = f"{value:.4f}"
    return f"({text})" if brackets and (text.startswith("-") or r"\cdot" in text) else text
