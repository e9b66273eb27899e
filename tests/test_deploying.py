"""What the papers say of running the app is what the app does: variables, the container's files, a path of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit import config

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
VARIABLES = re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_that_can_be_set_is_read(name):
    if name.startswith("STREAMLIT_"):
        section, rest = name.removeprefix("STREAMLIT_").lower().split("_", 1)
        first, *others = rest.split("_")
        assert f"{section}.{first}{''.join(map(str.capitalize, others))}" in config.get_config_options()
    else:
        sources = [*ROOT.glob("rnnviz/**/*.py"), ROOT / "app.py", ROOT / "tests" / "chromium.py"]
        assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in sources)


def test_every_variable_of_ours_is_in_the_table():
    ours = {
        name
        for path in (*ROOT.glob("rnnviz/**/*.py"), ROOT / "app.py", ROOT / "tests" / "chromium.py")
        for name in re.findall(r'"(RNNVIZ_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert ours == {name for name in VARIABLES if name.startswith("RNNVIZ_")}


def test_the_container_takes_all_that_the_app_needs_and_the_tools_that_make_pins():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in re.findall(r"^COPY (.*) \S+$", CONTAINER, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists() and f"!{name.split('/')[0]}" in ignored
    for room in ("app.py pyproject.toml", "pages", "rnnviz", "assets", ".streamlit/config.toml"):
        assert f"COPY {room} " in CONTAINER
    (uv,) = re.findall(r"^UV := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert f" {uv} " in CONTAINER


def test_nginx_keeps_a_learner_with_one_process_and_passes_websockets_on():
    recipe = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for line in ("hash $learner consistent;", "proxy_set_header Upgrade $http_upgrade;", "Host $http_host;"):
        assert line in recipe
    assert recipe.count("{") == recipe.count("}")


BELOW = """
from streamlit import config
config.set_option("server.baseUrlPath", "rnn")
import app
from rnnviz import serving
from starlette.routing import Match
code, drawn, *folders = serving.routes(app.BASE)
assert (code.path, drawn.path) == (f"{app.FIXED}/stage.js", "/rnn/assets/drawn/{name}")
for route, folder in zip(folders, (app.FIXED, "/rnn/assets"), strict=True):
    for path, found in ((f"{folder}/icon.svg", Match.FULL), ("/assets/icon.svg", Match.NONE)):
        assert route.matches({"type": "http", "method": "GET", "path": path})[0] is found
assert app.FIXED.startswith("/rnn/assets/")
"""


def test_the_app_can_live_below_a_path():
    subprocess.run([sys.executable, "-c", BELOW], cwd=ROOT, check=True, capture_output=True)
