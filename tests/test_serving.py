"""What the server lets a browser do with its pages."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
import streamlit

from rnnviz.serving import (
    FRAMES,
    NOWHERE,
    STATIC,
    Early,
    Headers,
    Strays,
    ancestors,
    headers,
    inline_scripts,
    lazy_chunks,
    opening,
)
from tests.asynchronous import run

POLICY = dict(part.split(" ", 1) for part in headers({})["Content-Security-Policy"].split("; "))


def test_scripts_come_from_the_app_alone_and_none_is_made_of_text():
    assert POLICY["default-src"] == "'self'" and POLICY["object-src"] == "'none'" and POLICY["base-uri"] == "'self'"
    assert POLICY["script-src"].split()[:2] == ["'self'", "blob:"]
    assert "unsafe" not in POLICY["script-src"]
    assert not re.search(r"https?:|\*", " ".join(POLICY.values()))


def test_a_page_sends_its_forms_and_its_address_to_nobody_else():
    assert POLICY["form-action"] == "'self'"
    assert headers({})["Referrer-Policy"] == "same-origin" and headers({})["X-Content-Type-Options"] == "nosniff"


def test_streamlits_own_script_is_named_by_its_hash():
    """Another version of Streamlit may have another script in its page: its hash follows."""
    assert inline_scripts() and all(re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", one) for one in inline_scripts())
    assert all(one in POLICY["script-src"] for one in inline_scripts()), streamlit.__version__


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("", []),
        ("https://course.example", ["https://course.example"]),
        ("https://a.example:8443, *.b.example", ["https://a.example:8443", "*.b.example"]),
        ("http://127.0.0.1:* https://c.example", ["http://127.0.0.1:*", "https://c.example"]),
    ],
)
def test_a_course_site_may_frame_the_app_where_the_owner_allows_it(text, sites):
    assert ancestors(text) == sites
    policy = headers({FRAMES: text})["Content-Security-Policy"]
    assert policy.endswith(" ".join(["frame-ancestors 'self'", *sites]))


@pytest.mark.parametrize(
    "text", ["*", "'unsafe-inline'", "https://a.example; script-src *", "https://a.example/path", "a b;c"]
)
def test_what_is_no_site_is_refused_by_name(text):
    with pytest.raises(ValueError, match=FRAMES):
        ancestors(text)


FIXED = "/assets/0123456789ab/"


@pytest.mark.parametrize(
    ("path", "status", "kept"),
    [
        ("/assets/stage/player.js", 200, "no-cache"),
        (f"{FIXED}stage/player.js", 200, "public, immutable, max-age=31536000"),
        (f"{FIXED}stage/player.js", 404, "no-cache"),
        ("/assets/0123456789ac/stage/player.js", 200, "no-cache"),
        ("/unrolling", 200, None),
    ],
)
def test_headers_are_added_to_an_answer_and_nothing_else_is_touched(path, status, kept):
    sent = []

    async def inner(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": b"whole"})

    async def send(message):
        sent.append(message)

    run(Headers(inner, {"X-Test": "yes"}, FIXED)({"type": "http", "path": path}, None, send))
    cache = [(b"cache-control", kept.encode())] if kept else []
    assert sent[0]["headers"] == [(b"x-own", b"1"), (b"x-test", b"yes"), *cache]
    assert sent[1]["body"] == b"whole"


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("/", "text=a", None),
        ("/unrolling", "text=a", None),
        ("/assets/stage/player.js", "", None),
        ("/static/js/index.js", "", None),
        ("/_stcore/health", "", None),
        ("/training/_stcore/health", "", None),
        ("/training/media", "", f"/{NOWHERE}"),
        ("/a/b/_stcore/health", "", f"/{NOWHERE}"),
        ("/unrolling/", "text=a%20b&t=3", "/unrolling?text=a%20b&t=3"),
        ("/unrolling//", "", "/unrolling"),
        ("/unrolling/x", "text=a", f"/{NOWHERE}"),
        ("/a/b/c", "", f"/{NOWHERE}"),
        ("//evil.example/x", "", f"/{NOWHERE}"),
        ("//evil.example/", "", "/evil.example"),
    ],
)
@pytest.mark.parametrize("base", ["", "/rnn"])
def test_an_address_deeper_than_any_page_leads_to_a_page_of_this_app(path, query, where, base):
    sent = []

    async def inner(scope, receive, send):
        sent.append({"headers": []})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": base + path, "query_string": query.encode(), "headers": []}
    run(Strays(inner, base)(scope, None, send))
    assert dict(sent[0]["headers"]).get(b"location") == (None if where is None else (base + where).encode())


def test_an_address_that_only_begins_like_the_base_is_not_ours():
    reached = []

    async def inner(scope, receive, send):
        reached.append(scope["path"])

    scope = {"type": "http", "method": "GET", "path": "/rnnfoo/x", "query_string": b"", "headers": []}
    run(Strays(inner, "/rnn")(scope, None, None))
    assert reached == ["/rnnfoo/x"]


PAGE = b"<html><head><title>x</title></head><body></body></html>"
TAG = b'<script type="module" crossorigin src="%s"></script>'
MODULES = TAG % b"/a.js" + TAG % b"/b&amp;c.js"


@pytest.mark.parametrize(
    ("kind", "status", "path", "named"),
    [
        ("text/html; charset=utf-8", 200, "/unrolling", True),
        ("text/html", 404, "/unrolling", False),
        ("text/javascript", 200, "/static/js/index.js", False),
        ("text/html", 200, "/assets/stage/standalone.html", False),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_page_names_the_modules_early_and_nothing_else_is_changed(kind, status, path, named, packed):
    sent, heard = [], []
    fields = [(b"content-type", kind.encode()), (b"content-length", str(len(PAGE)).encode()), (b"etag", b'"1"')]

    async def inner(scope, receive, send):
        heard.extend(scope["headers"])
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[20:]})

    async def send(message):
        sent.append(message)

    asked = [(b"accept-encoding", b"br, gzip" if packed else b"br")]
    scope = {"type": "http", "method": "GET", "path": path, "headers": asked}
    run(Early(inner, ["/a.js", "/b&c.js"], "run()")(scope, None, send))
    body = b"".join(message["body"] for message in sent[1:])
    found = dict(sent[0]["headers"])
    if named:
        assert found[b"content-length"] == str(len(body)).encode() and b"etag" not in found
        assert found.get(b"content-encoding") == (b"gzip" if packed else None)
        assert (gzip.decompress(body) if packed else body) == PAGE.replace(b"</head>", MODULES + b"</head>").replace(
            b"</body>", b"<script>run()</script></body>"
        )
        assert not heard, "what is compressed already could not be added to"
    else:
        assert body == PAGE and sent[0]["headers"] == fields


def test_what_streamlit_loads_late_is_in_its_bundle_and_not_yet_in_its_page():
    """Another version of Streamlit may call its chunks otherwise: then there is nothing to name."""
    static = Path(streamlit.__file__).parent / "static"
    page = (static / "index.html").read_text(encoding="utf-8")
    assert len(lazy_chunks()) > 5
    for path in lazy_chunks():
        assert (static / path).is_file() and path not in page


def test_nothing_that_such_a_chunk_imports_is_left_to_be_found_later():
    static = Path(streamlit.__file__).parent / "static"
    named = (static / "index.html").read_text(encoding="utf-8") + " ".join(lazy_chunks())
    for path in lazy_chunks():
        imported = re.findall(
            r"""(?:from|import)\s*["'`]\./([^"'`]+)["'`]""", (static / path).read_text(encoding="utf-8")
        )
        assert all(one in named for one in imported), path


def test_a_page_is_told_where_its_server_is_and_may_run_that_script():
    """As Streamlit's browser code needs it to open the websocket at once: an address, and a list that is not empty."""
    script = opening("/rnn")
    known = json.loads(re.search(r"HOST_CONFIG: ({.*}) };$", script)[1])
    assert known["allowedOrigins"] and known["useExternalAuthToken"] is False
    assert 'new URL("/rnn/", window.location.origin)' in script
    assert "</" not in script
    policy = headers({}, script)["Content-Security-Policy"]
    assert b64encode(sha256(script.encode()).digest()).decode() in policy
    assert "unsafe" not in re.search("script-src[^;]*", policy)[0]


def test_streamlit_still_reads_where_its_server_is_from_the_page():
    code = "".join(path.read_text(encoding="utf-8") for path in (STATIC / "static" / "js").glob("index.*.js"))
    assert "window.__streamlit" in code and "BACKEND_BASE_URL" in code and "HOST_CONFIG" in code
