"""`rnnviz.show` in a notebook, and the notebook in the docs."""

import html
import json
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

import rnnviz
from docs.execute import NOTEBOOK, execute
from rnnviz.engine import GRU, LSTM, BagOfWords, Elman
from rnnviz.stage import Output
from tests.engine.strategies import normal
from tests.stage.decoder import decode

ROOT = Path(__file__).resolve().parents[2]
TRACE = GRU.random(2, 3, seed=1).run(normal(4, 2, seed=2))


def header(shown):
    data = json.loads(re.search(r'<script type="application/json" id="page">(.*?)</script>', shown.html)[1])
    return decode(b64decode(data["payload"]))


def test_a_notebook_gets_a_frame_that_holds_the_whole_page_and_reaches_nothing_else():
    shown = rnnviz.show(TRACE, ["<a>", '"', "&", "'"], title='"><script>alert(1)</script>')
    frame = re.fullmatch(
        r'<iframe title="([^"<]*)" sandbox="([^"]*)" style="[^"]*" srcdoc="([^"<]*)"></iframe>', shown._repr_html_()
    )
    assert html.unescape(frame[1]) == shown.title
    assert "allow-same-origin" not in frame[2] and "allow-scripts" in frame[2]
    assert html.unescape(frame[3]) == shown.html
    assert header(shown)[0]["tokens"] == ["<a>", '"', "&", "'"]


def test_it_can_be_kept(tmp_path):
    shown = rnnviz.show(TRACE)
    path = shown.save(tmp_path / "player.html")
    assert path.read_text(encoding="utf-8") == shown.html
    assert repr(shown) == "<the player: GRU with 3 units reads 4 steps>"


@pytest.mark.parametrize("cls", [Elman, GRU, LSTM, BagOfWords])
def test_every_cell_is_shown_with_its_own_numbers(cls):
    trace = (cls(2) if cls is BagOfWords else cls.random(2, 3, seed=1)).run(normal(4, 2, seed=2))
    said, arrays = header(rnnviz.show(trace))
    np.testing.assert_array_equal(arrays["h"], trace.h.astype(np.float32))
    assert said["tokens"] == ["x₁", "x₂", "x₃", "x₄"]


def test_a_single_number_is_its_own_label():
    trace = Elman.random(1, 3, seed=1).run(np.array([[0.5], [-1.25], [1e-9], [3]]))
    assert header(rnnviz.show(trace))[0]["tokens"] == ["0.5", "−1.2", "1e−09", "3"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"tokens": "abc"}, "tokens has 3 entries; one for each of the 4 steps"),
        ({"output": Output([["a"]] * 5, np.ones((5, 1)))}, "output.tokens has 5 entries"),
        ({"view": "cube"}, "view is 'cube'; it must be one of unrolled, folded, cell, letters"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        rnnviz.show(TRACE, **arguments)


def test_the_package_itself_loads_nothing():
    program = (
        "import sys, rnnviz; print(*sorted({'streamlit', 'numpy', 'plotly'} & set(sys.modules)), hasattr(rnnviz, 'x'))"
    )
    fresh = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert fresh.stdout.strip() == "False"


def outputs(notebook):
    """What stands below each cell, but for the player's page, which changes with each line of its code."""
    return [
        [
            {**output, "data": sorted(output["data"]), "text": output["data"]["text/plain"]}
            if "data" in output
            else output
            for output in cell["outputs"]
        ]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def test_every_cell_of_the_notebook_runs_and_gives_what_stands_below_it():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    fresh = execute(notebook)
    assert outputs(fresh) == outputs(notebook)
    assert any("text/html" in output.get("data", {}) for cell in fresh["cells"] for output in cell.get("outputs", []))
    assert "below 1e-14" in json.dumps(outputs(fresh))


def test_the_notebook_is_small():
    assert NOTEBOOK.stat().st_size < 600_000
