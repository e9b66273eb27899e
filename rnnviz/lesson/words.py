"""Numbers and characters as a person reads them."""

import math

SHOWN = {" ": "␣", "\n": "↵", "<unk>": "▯"}
"""What stands for a token that cannot be seen."""


def token_label(token: str) -> str:
    """A token as it is drawn: the character itself, or a sign for what is invisible."""
    return SHOWN.get(token, token)


def quoted(token: str) -> str:
    """A token in running text (markdown): code font, so that a lone quote or star stays what it is."""
    label = token_label(token)
    return "`` ` ``" if label == "`" else f"`{label}`"


def decimal(value: float, *, brackets: bool = False) -> str:
    """A number in LaTeX: 4 decimals, or 4 digits where that would leave nothing; brackets: around negative ones."""
    if not math.isfinite(value):
        return r"\text{NaN}" if math.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    if value != 0 and not 0.001 <= abs(value) < 10_000:
        digits, power = f"{value:.3e}".split("e")
        text = rf"{digits} \cdot 10^{{{int(power)}}}"
    else:
        text = f"{value:.4f}"
    return f"({text})" if brackets and (value < 0 or r"\cdot" in text) else text
