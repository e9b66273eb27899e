"""The scripts in assets/snippets, with a learner's settings in their first lines."""

import math
from functools import cache
from pathlib import Path
from typing import Any

SNIPPETS = Path(__file__).parent.parent.parent / "assets" / "snippets"


@cache
def _text(name: str) -> str:
    return (SNIPPETS / f"{name}.py").read_text(encoding="utf-8")


def snippet(name: str, **settings: Any) -> str:
    """A script from assets/snippets with `name = value` at the start of a line replaced by what is set.

    Values are written as Python literals, so that no text can become code. ValueError on a name it lacks.
    """

    def literal(value: Any) -> bool:
        if isinstance(value, dict):
            return all(type(key) is str and literal(one) for key, one in value.items())
        return type(value) in (str, int, bool, type(None)) or (type(value) is float and math.isfinite(value))

    lines = _text(name).splitlines()
    for setting, value in settings.items():
        if not literal(value):
            raise ValueError(f"{setting} is {value!r}; a snippet takes text, finite numbers, None and dicts of these")
        at = [k for k, line in enumerate(lines) if line.startswith(f"{setting} = ")]
        if len(at) != 1:
            raise ValueError(f"the snippet {name!r} sets {setting!r} {len(at)} times; it must do so once")
        comment = lines[at[0]].partition("  # ")
        lines[at[0]] = f"{setting} = {value!r}{comment[1]}{comment[2]}"
    return "\n".join(lines) + "\n"
