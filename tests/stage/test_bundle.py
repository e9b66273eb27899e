"""The stage's modules in one: the same exports, in an order in which each finds what it needs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.stage.assets import BUNDLE, STAGE, VERSION
from rnnviz.stage.bundle import bundle

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "b": 'import { two as deux, LIMIT } from "./a.js"; // a word\nimport * as whole from "./a.js";\n'
         "export default class Adder {\n  sum() { return deux() + whole.two() + LIMIT; }\n}\n",
    "a": "export function two() { return 2; }\nexport const LIMIT = 5;\nexport async function later() {}\n",
    "c": 'import "./a.js";\nimport Nothing from "./b.js";\n',
}  # fmt: skip


def test_each_module_follows_what_it_needs_and_exports_what_it_did():
    made = bundle({name: SMALL[name] for name in "ab"})
    assert made.index("const $a = ") < made.index("const $b = ")
    assert "const { two: deux, LIMIT } = $a; // a word" in made and "const whole = $a;" in made
    assert "return { two: two, LIMIT: LIMIT, later: later };" in made and "return { default: Adder };" in made
    assert made.endswith("export { $a as a, $b as b };\n")


@pytest.mark.parametrize(
    "line",
    ['import one from "./a.js";', 'export { two };', 'export let three = 3;', 'export * from "./a.js";',
     'import { x } from "https://x.example/x.js";', "export default 3;"],
)  # fmt: skip
def test_a_form_that_it_does_not_know_is_refused_by_name(line):
    with pytest.raises(ValueError, match=re.escape("c.js has")):
        bundle({"a": SMALL["a"], "c": f"{line}\n"})


def test_modules_that_need_each_other_are_refused():
    with pytest.raises(ValueError, match="cycle"):
        bundle({"a": 'import { b } from "./b.js";\n', "b": 'import { a } from "./a.js";\n'})


def test_other_servers_make_the_same_bytes_of_it():
    """Behind one proxy, the address names the contents: `PYTHONHASHSEED` must not count."""
    ask = "from rnnviz.stage.assets import VERSION; print(VERSION)"
    made = {
        subprocess.run(
            [sys.executable, "-c", ask],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        ).stdout
        for seed in "12"
    }
    assert made == {f"{VERSION}\n"}


def test_all_of_the_stage_is_in_it_once():
    for path in STAGE.glob("*.js"):
        assert BUNDLE.count(f"const ${path.stem} = (() => {{") == 1
    assert not re.search(r"^(import|export default)", BUNDLE, re.M)
