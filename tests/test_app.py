"""The server as `streamlit run app.py` starts it: what it serves, what it refuses, and what it never loads."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app
from rnnviz.lesson.apology import apologise
from rnnviz.stage.assets import VERSION

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30


@pytest.fixture(scope="module")
def port():
    """A server of our own, on a port of this machine that was free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={free}", "--server.address=127.0.0.1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while not answers(free):
        assert process.poll() is None and time.monotonic() < until, "the server did not start"
        time.sleep(0.05)
    yield free
    process.terminate()
    process.wait(10)


def answers(port):
    try:
        return get(port, "/_stcore/health").status == 200
    except OSError:
        return False


def get(port, path, method="GET"):
    """The answer to a path exactly as it is written here: no client tidies it first."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest(method, path, skip_accept_encoding=True)
    connection.endheaders()
    answer = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


ASSETS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "assets" / "stage").iterdir())


@pytest.mark.parametrize("path", [*ASSETS, "assets/vendor/plotly/plotly-cartesian.min.js", "assets/icon.svg"])
def test_assets_are_served_as_they_are_and_asked_for_anew(port, path):
    answer = get(port, f"/{path}")
    assert answer.status == 200 and answer.body == (ROOT / path).read_bytes()
    assert answer.getheader("Cache-Control") == "no-cache"


@pytest.mark.parametrize("path", ["stage/player.js", "vendor/plotly/plotly-cartesian.min.js"])
def test_what_the_browser_keeps_for_ever_is_sent_compressed(port, path):
    for accepted in ("gzip", ""):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", f"/assets/{VERSION}/{path}", headers={"Accept-Encoding": accepted})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert answer.getheader("Cache-Control") == "public, immutable, max-age=31536000"
        assert answer.getheader("Content-Encoding") == (accepted or None)
        assert {name: answer.getheader(name) for name in app.HEADERS} == app.HEADERS
        assert (gzip.decompress(body) if accepted else body) == (ROOT / "assets" / path).read_bytes()


@pytest.mark.parametrize(("path", "kind"), [("stage/player.js", "javascript"), ("stage/player.css", "text/css")])
def test_a_browser_is_told_what_an_asset_is(port, path, kind):
    assert kind in get(port, f"/assets/{path}").getheader("Content-Type")


def test_an_asset_that_did_not_change_is_not_sent_twice(port):
    tag = get(port, "/assets/stage/player.js").getheader("ETag")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/assets/stage/player.js", headers={"If-None-Match": tag})
    assert connection.getresponse().status == 304
    connection.close()


@pytest.mark.parametrize(
    "path", ["/", "/unrolling", "/_stcore/health", "/assets/missing", f"/assets/{VERSION}/stage/player.js"]
)
def test_every_answer_has_the_security_headers(port, path):
    answer = get(port, path)
    assert {name: answer.getheader(name) for name in app.HEADERS} == app.HEADERS
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("name", ["0123456789abcdef", "%20", "x" * 4000])
def test_anyone_may_say_that_a_first_picture_stands_and_learns_nothing(port, name):
    answer = get(port, f"/assets/drawn/{name}", method="POST")
    assert (answer.status, answer.body) == (204, b"")
    assert get(port, f"/assets/drawn/{name}").status != 200


def test_the_server_is_well_and_shows_a_page(port):
    assert get(port, "/_stcore/health").body == b"ok"
    for path in ("/", "/unrolling"):
        assert get(port, path).status == 200 and b"<html" in get(port, path).body


CLIMBS = [
    "../app.py",
    "../../app.py",
    "%2e%2e/app.py",
    "..%2fapp.py",
    "%2e%2e%2fapp.py",
    "..%5capp.py",
    "stage/../../app.py",
    "stage/%2e%2e/%2e%2e/app.py",
    "....//app.py",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "../../../../../../etc/passwd",
    "../.streamlit/config.toml",
    "%252e%252e/app.py",
    "stage%00.js",
    "",
    "stage",
    "stage/",
]


@pytest.mark.parametrize("path", CLIMBS)
def test_nothing_outside_the_assets_is_served_and_no_folder_is_listed(port, path):
    answer = get(port, f"/assets/{path}")
    assert answer.status in (400, 404, 405) or b"<title>Streamlit</title>" in answer.body
    for secret in (b"StaticFiles", b"root:x:0", b"postScriptGC", b"player.css"):
        assert secret not in answer.body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_assets_can_only_be_read(port, method):
    assert get(port, "/assets/stage/player.js", method).status in (403, 405)


def test_the_settings_are_those_that_were_measured():
    """Each is there for a reason; config.toml names the ones that are not plain."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"] == {"magicEnabled": False, "postScriptGC": False}
    assert config["browser"]["gatherUsageStats"] is False
    client = {"showErrorDetails": "none", "showErrorLinks": False, "toolbarMode": "viewer"}
    assert client.items() <= config["client"].items()
    assert {"fileWatcherType": "none", "maxUploadSize": 2}.items() <= config["server"].items()
    assert config["server"].get("enableXsrfProtection", True) and config["server"].get("enableCORS", True)


PAINT = """
import sys
from streamlit.testing.v1 import AppTest
import app
home = AppTest.from_file({script!r}, default_timeout=60).run()
assert not home.exception and home.title[0].value == "rnnviz"
page = AppTest.from_file({lesson!r}, default_timeout=60).run()
assert not page.exception and page.title[0].value == "Unrolling"
page.button_group(key="cell").set_value("GRU").run()
assert not page.exception
print(*sorted({{name.split(".")[0] for name in sys.modules}} & {{"torch", "matplotlib", "scipy", "sklearn"}}))
"""


def test_neither_the_app_nor_its_first_paint_loads_torch():
    program = PAINT.format(script=str(ROOT / "rnnviz" / "course.py"), lesson=str(ROOT / "pages" / "unrolling.py"))
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_what_fails_is_met_with_a_sentence_and_a_way_back():
    def script():
        import streamlit as st

        from rnnviz.lesson.apology import apologise

        st.session_state.dealt_with = apologise(ValueError("secret: /home/teacher/app.py"))

    page = AppTest.from_function(script).run()
    (apology,) = page.error
    assert page.session_state.dealt_with is True and not page.exception
    assert "Something went wrong on our side" in apology.value and "Open the page afresh" in apology.value
    assert "secret" not in apology.value and "ValueError" not in apology.value


def test_the_app_apologises_for_a_failing_page():
    assert app.app._on_script_error is apologise
