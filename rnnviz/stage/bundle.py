"""All modules of the stage in one: a page would ask for each of some sixty by itself, before it can draw anything.

The modules stay as they are written, each in a function of its own that returns what it exports. They use few forms of
import and export, and whatever is of another form is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from graphlib import TopologicalSorter

IMPORT = re.compile(r'^import (?:(?:\* as (?P<whole>\w+)|\{(?P<names>[^}]*)\}) from )?"\./(?P<module>\w+)\.js";', re.M)
EXPORT = re.compile(r"^export (?P<default>default )?(?P<kind>(?:async )?function|class|const) (?P<name>\w+)", re.M)
VALUE = re.compile(r"^export default (?=\w+\()", re.M)
OTHER = re.compile(r"^(?:import\b|export\b|import\()", re.M)


def bundle(modules: Mapping[str, str]) -> str:
    """One module that exports each of these by its name; the same bytes for the same modules.

    modules: name -> source
    Raises ValueError on a form of import or export that is none of those above, and on modules that need each other.
    """
    found = {name: sorted(one["module"] for one in IMPORT.finditer(modules[name])) for name in sorted(modules)}
    order = list(TopologicalSorter(found).static_order())  # graphlib.CycleError is a ValueError
    parts = [f"const ${name} = (() => {{\n{inner(name, modules[name])}}})();" for name in order]
    return "\n".join([*parts, f"export {{ {', '.join(f'${name} as {name}' for name in sorted(order))} }};\n"])


def inner(name: str, source: str) -> str:
    """A module's source as the inside of a function that returns its exports."""
    exports: dict[str, str] = {}

    def imported(found: re.Match) -> str:
        if found["whole"]:
            return f"const {found['whole']} = ${found['module']};"
        names = (found["names"] or "").replace(" as ", ": ")
        return f"const {{{names}}} = ${found['module']};" if names else ""

    def exported(found: re.Match) -> str:
        exports["default" if found["default"] else found["name"]] = found["name"]
        return f"{found['kind']} {found['name']}"

    def value(_: re.Match) -> str:
        exports["default"] = "$default"
        return "const $default = "

    text = VALUE.sub(value, EXPORT.sub(exported, IMPORT.sub(imported, source)))
    if found := OTHER.search(text):
        line = text[found.start() :].splitlines()[0]
        raise ValueError(f"{name}.js has {line!r}; a bundle takes no such import or export")
    return f"{text}return {{ {', '.join(f'{outer}: {own}' for outer, own in exports.items())} }};\n"
