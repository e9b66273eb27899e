"""The house: which room may import which, and in which room torch, streamlit and plotly live.

app → course → pages → lesson → stage, figures, training → tasks, engine. A room may import what is below it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = (
    ("app",),
    ("course", "serving", "compressing", "memory"),
    ("pages",),
    ("lesson",),
    ("stage", "figures", "training"),
    ("tasks", "engine"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ONLY_IN = {
    "torch": {"training"},
    "streamlit": {"app", "course", "serving", "memory", "lesson", "stage"},
    "plotly": {"figures"},
    "scipy": set(),
}
ONLY_NUMBERS = {"numpy", "pandas"}
"""All that tasks and engine import besides the standard library."""


def module_of(path):
    """rnnviz/engine/cell.py -> "rnnviz.engine.cell"; a package's __init__ is the package."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module):
    """The room of a module by its full name; "" for rnnviz itself and None for what is not ours."""
    first, *rest = module.split(".")
    if first in ("app", "pages"):
        return first
    return (rest[0] if rest else "") if first == "rnnviz" else None


def imports(source, path):
    """The full name of everything that is imported anywhere in a source, relative names resolved."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            whole = base in ("rnnviz", "")  # `from rnnviz import engine` names rooms, not what is in them
            yield from (f"{base}.{alias.name}".strip(".") for alias in node.names) if whole else (base,)


def violations(source, path):
    """A sentence for each arrow that the house does not allow. path: relative to the root."""
    own = room_of(module_of(path))
    if own and own not in FLOOR:
        return [f"{path} is in no room of the house: {', '.join(FLOOR)}"]
    found = []
    for name in imports(source, path):
        library, room = name.split(".")[0], room_of(name)
        if room is None:
            if own not in ONLY_IN.get(library, {own}):
                found.append(f"{path} imports {name}: {library} is only for {sorted(ONLY_IN[library]) or 'no room'}")
            elif own in FLOORS[-1] and library not in ONLY_NUMBERS | sys.stdlib_module_names:
                found.append(f"{path} imports {name}: {own} takes only {sorted(ONLY_NUMBERS)}")
        elif room in ("", own):
            continue
        elif room not in FLOOR:
            found.append(f"{path} imports {name}, which is in no room of the house")
        elif own == "" or FLOOR[room] <= FLOOR[own]:
            found.append(f"{path} imports {name}: {own or 'rnnviz itself'} stands not above {room}")
    return found


def sources():
    """Every file of ours that the app can import, relative to the root."""
    found = [ROOT / "app.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("rnnviz/**/*.py")]
    return sorted(path.relative_to(ROOT) for path in found if path.exists())


@pytest.mark.parametrize("path", sources(), ids=str)
def test_a_file_imports_only_from_the_rooms_below(path):
    assert violations((ROOT / path).read_text(encoding="utf-8"), path) == []


def test_the_files_are_found():
    found = set(map(str, sources()))
    assert {"rnnviz/__init__.py", "rnnviz/engine/__init__.py", "rnnviz/engine/cell.py"} <= found
    assert len(found) == len(sources()) >= 10


ALLOWED = [
    ("app.py", "import streamlit as st\nfrom rnnviz import course"),
    ("rnnviz/course.py", "import streamlit as st\nfrom pages import unrolling"),
    (
        "pages/unrolling.py",
        "from rnnviz import figures\nfrom rnnviz.lesson import Lesson\nimport numpy as np",
    ),
    (
        "rnnviz/lesson/controls.py",
        "import streamlit as st\nfrom rnnviz.engine import LSTM\nfrom . import parts",
    ),
    ("rnnviz/stage/player.py", "from streamlit.components import v2\nfrom ..tasks import text"),
    ("rnnviz/figures/heat.py", "import plotly.graph_objects as go\nfrom .palette import SCALE"),
    ("rnnviz/training/run.py", "import torch.nn as nn\nfrom rnnviz.tasks.text import Vocabulary"),
    ("rnnviz/engine/cell.py", "from . import checks\nfrom .trace import Trace\nimport rnnviz"),
    ("rnnviz/engine/__init__.py", "from .cell import Cell"),
]


@pytest.mark.parametrize(("path", "source"), ALLOWED, ids=lambda value: value.split("\n")[0])
def test_the_arrows_of_the_house_pass(path, source):
    assert violations(source, Path(path)) == []


FORBIDDEN = [
    ("rnnviz/engine/cell.py", "import torch"),
    ("rnnviz/engine/cell.py", "def late():\n    from torch import nn"),
    ("rnnviz/engine/cell.py", "if TYPE_CHECKING:\n    import plotly"),
    ("rnnviz/engine/cell.py", "import rnnviz.tasks.text"),
    ("rnnviz/engine/cell.py", "from ..tasks import text"),
    ("rnnviz/engine/cell.py", "from .. import figures"),
    ("rnnviz/engine/cell.py", "from rnnviz import stage"),
    ("rnnviz/engine/cell.py", "import safetensors"),
    ("rnnviz/engine/__init__.py", "from ..training import run"),
    ("rnnviz/tasks/text.py", "from rnnviz.engine import LSTM"),
    ("rnnviz/tasks/text.py", "from scipy import stats"),
    ("rnnviz/figures/heat.py", "from rnnviz.stage import player"),
    ("rnnviz/figures/heat.py", "import streamlit as st"),
    ("rnnviz/figures/heat.py", "import torch"),
    ("rnnviz/stage/player.py", "import plotly.express as px"),
    ("rnnviz/stage/player.py", "from rnnviz.training import weights"),
    ("rnnviz/training/run.py", "from rnnviz.figures import heat"),
    ("rnnviz/training/run.py", "import scipy"),
    ("rnnviz/lesson/__init__.py", "from pages import unrolling"),
    ("rnnviz/lesson/parts.py", "from rnnviz.course import lessons"),
    ("pages/unrolling.py", "import streamlit as st"),
    ("pages/unrolling.py", "from rnnviz import course"),
    ("rnnviz/course.py", "import app"),
    ("rnnviz/__init__.py", "from rnnviz.engine import LSTM"),
    ("rnnviz/__init__.py", "from . import engine"),
    ("rnnviz/utils.py", ""),
    ("pages/unrolling.py", "from rnnviz.utils import anything"),
]


@pytest.mark.parametrize(("path", "source"), FORBIDDEN, ids=lambda value: value.split("\n")[-1].strip() or "empty")
def test_any_other_arrow_is_flagged(path, source):
    assert len(violations(source, Path(path))) == 1


def test_the_engine_loads_neither_torch_nor_streamlit_nor_plotly():
    program = "import sys, rnnviz.engine; print(*sorted({'torch', 'streamlit', 'plotly'} & set(sys.modules)))"
    fresh = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert fresh.stdout.strip() == ""
