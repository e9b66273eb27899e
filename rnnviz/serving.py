"""What every answer of the server carries, the security headers first, and where an address without a page leads."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .stage.assets import ASSETS, BUNDLE, VERSION
from .stage.opening import told

FRAMES = "RNNVIZ_FRAME_ANCESTORS"
"""The variable that names the sites whose pages may show the app in a frame, such as https://course.example."""
OWN = ("_stcore", "assets", "component", "media", "static")
"""What begins an address that is deeper than a page: ours and Streamlit's own."""
PROBED = "_stcore"
"""A lesson's page that was not told where its server is asks at /lesson/_stcore first, and has to hear that none is."""
FOREVER, ANEW = b"public, immutable, max-age=31536000", b"no-cache"
CHUNKS = ("BidiComponent", "ButtonGroup", "TextInput", "Html", "NumberInput")
IMPORTED = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
NOWHERE = "no-such-page"
STATIC = Path(st.__file__).parent / "static"
ICONS = ASSETS / "vendor" / "material-symbols"
ORIGIN = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9.-]+(:([0-9]{1,5}|\*))?")


def headers(environment: Mapping[str, str], *scripts: str) -> dict[str, str]:
    """The security headers. Raises ValueError where the sites that may frame the app are none.

    Streamlit writes its styles into the page and loads the code of components from blobs. Everything else comes from
    the app's own address. scripts: what may run beside Streamlit's own where it is written into a page
    """
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {' '.join([*inline_scripts(), *map(by_hash, scripts)])}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": f"'self' {' '.join(ancestors(environment.get(FRAMES, '')))}",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value.strip()}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }


def ancestors(text: str) -> list[str]:
    """The sites in a text that separates them by spaces or commas. Raises ValueError on what is no site."""
    sites = text.replace(",", " ").split()
    for site in sites:
        if not ORIGIN.fullmatch(site):
            raise ValueError(f"{FRAMES} names {site!r}; a site is written like https://course.example or *.example.org")
    return sites


def inline_scripts() -> list[str]:
    """The scripts in Streamlit's own page, by their hash: these may run, and no other that is written into a page."""
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return [by_hash(script) for script in scripts]


def by_hash(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def opening(base: str = "") -> str:
    """The script by which a page knows where its server is. base: as in `Strays`

    Else Streamlit's page asks for its server before it opens a connection, a lesson's page in two places, one after
    the other. It asks all the same, but beside it: the answer brings the cookie without which nothing can be uploaded.
    """
    known = {"allowedOrigins": list(st.get_option("client.allowedOrigins")), "useExternalAuthToken": False}
    backend = f"String(new URL({json.dumps(f'{base}/')}, window.location.origin))"
    return f"window.__streamlit = {{ BACKEND_BASE_URL: {backend}, HOST_CONFIG: {json.dumps(known)} }};"


def routes(base: str = "") -> list[BaseRoute]:
    """Where the assets are, under the address that names their contents and under a plain one. base: as in `Strays`"""
    fixed = f"{base}/assets/{VERSION}"
    whole = Route(f"{fixed}/stage.js", lambda request: Response(BUNDLE, media_type="text/javascript"))
    drawn = Route(f"{base}/assets/drawn/{{name}}", first_picture, methods=["POST"])
    return [whole, drawn, *(Mount(path, StaticFiles(directory=ASSETS)) for path in (fixed, f"{base}/assets"))]


async def first_picture(request: Request) -> Response:
    """A browser says that the first picture of a page stands, see stage/opening.py."""
    told(request.path_params["name"])
    return Response(status_code=204)


class Icons:
    """Answers for Streamlit's icon font with one that lacks the icons that no page shows, see docs/icons.py.

    A browser asks whether it has changed, as its address does not tell its contents. Where the font that is installed
    is not the one that the smaller was made of, Streamlit's own is sent. base: as in `Strays`
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.path = app, ""
        whole = whole_font()
        if whole is not None and subset_of(whole).exists():
            self.path = f"{base}/{whole.relative_to(STATIC).as_posix()}"
            self.font = subset_of(whole).read_bytes()
            self.fields = {"ETag": f'"{sha256(self.font).hexdigest()[:16]}"', "Cache-Control": ANEW.decode()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        known = Request(scope).headers.get("if-none-match") == self.fields["ETag"]
        answer = Response(None, 304, self.fields) if known else Response(self.font, 200, self.fields, "font/woff2")
        await answer(scope, receive, send)


def whole_font() -> Path | None:
    """Streamlit's icon font, if it is a single file as we know it."""
    found = list((STATIC / "static" / "media").glob("MaterialSymbols-Rounded.*.woff2"))
    return found[0] if len(found) == 1 else None


def subset_of(whole: Path) -> Path:
    """Where the smaller font is that was made of this one."""
    return ICONS / f"rounded-of-{sha256(whole.read_bytes()).hexdigest()[:12]}.woff2"


class Headers:
    """Adds the headers to every answer, and says of assets how long a browser may keep them.

    fixed: the folder whose address names its contents, such as /assets/0123456789ab/. What is found there never
    changes; any other asset is asked for anew.
    """

    def __init__(self, app: ASGIApp, own: Mapping[str, str], fixed: str) -> None:
        self.app, self.fixed = app, fixed
        self.own = [(name.lower().encode(), value.encode()) for name, value in own.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                lasts = path.startswith(self.fixed) and message["status"] == 200
                kept = [(b"cache-control", FOREVER if lasts else ANEW)] if "/assets/" in path else []
                message["headers"] = [*message.get("headers", []), *self.own, *kept]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Strays:
    """Leads an address that lies deeper than any page to one that Streamlit knows to be none: home, with a word why.

    Streamlit would send its page for it, which then looks for its server in the wrong place and stays blank. A slash
    too many at a page's end is taken away. base: the path below which the app lives, such as /rnn
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        page, *deeper = [part for part in path.removeprefix(self.base).split("/") if part] or [""]
        astray = deeper or path != f"{self.base}/{page}"
        foreign = page in OWN or deeper[:1] == [PROBED] or not f"{path}/".startswith(f"{self.base}/")
        if scope["type"] != "http" or not page or not astray or foreign:
            return await self.app(scope, receive, send)
        query = scope.get("query_string", b"").decode("latin-1")
        found = NOWHERE if deeper else quote(page) + (f"?{query}" if query else "")
        await RedirectResponse(f"{self.base}/{found}")(scope, receive, send)


def lazy_chunks() -> list[str]:
    """What Streamlit loads when a page's first component, control and paragraph are there: paths below its address.

    These chunks of its bundle, and all that they import, one from another, that its own page does not name. One that
    were missing here would be asked for when the browser is busiest, and what needs it would wait.
    """
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    chunks = STATIC / "static" / "js"
    found: dict[str, None] = {}
    next_ones = [path.name for name in CHUNKS for path in sorted(chunks.glob(f"{name}.*.js"))]
    while next_ones:
        name = next_ones.pop(0)
        if name not in found and name not in page:
            found[name] = None
            next_ones += IMPORTED.findall((chunks / name).read_text(encoding="utf-8"))
    return [f"static/js/{name}" for name in found]


class Early:
    """Has the browser load and run modules behind those that Streamlit names in the head of each page.

    Else it would learn of them half a second later, when the first component is there, and all that is drawn with it
    would be put off twice: React shows something else for what is not loaded yet, for half a second where more of that
    comes (`FALLBACK_THROTTLE_MS`).
    Such a page has no tag and no date: those of Streamlit's file would outlive a change of the modules.
    addresses: of the modules   script: to run before them
    """

    def __init__(self, app: ASGIApp, addresses: Sequence[str], script: str = "") -> None:
        self.app = app
        modules = (f'<script type="module" crossorigin src="{escape(one)}"></script>' for one in addresses)
        self.modules = "".join(modules).encode()
        self.script = f"<script>{script}</script>".encode() if script else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or set(scope["path"].split("/")) & set(OWN):
            return await self.app(scope, receive, send)
        start: Message = {}
        parts: list[bytes] = []
        # Asked as by a browser that reads no gzip: what Streamlit has compressed cannot be added to.
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        packed = b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")

        async def send_page(message: Message) -> None:
            if message["type"] == "http.response.start" and is_page(message):
                start.update(message)
            elif not start:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    await self.send_whole(start, b"".join(parts), packed, send)

        await self.app({**scope, "headers": plain}, receive, send_page)

    async def send_whole(self, start: Message, page: bytes, packed: bool, send: Send) -> None:
        page = page.replace(b"</head>", self.modules + b"</head>", 1).replace(b"</body>", self.script + b"</body>", 1)
        dropped = (b"content-length", b"etag", b"last-modified", b"accept-ranges", b"vary")
        fields = [(name, value) for name, value in start["headers"] if name.lower() not in dropped]
        if packed:
            page = gzip.compress(page, 6, mtime=0)
            fields.append((b"content-encoding", b"gzip"))
        fields += [(b"content-length", str(len(page)).encode()), (b"vary", b"accept-encoding")]
        await send({**start, "headers": fields})
        await send({"type": "http.response.body", "body": page})


def is_page(message: Message) -> bool:
    """Whether an answer begins like this that is a whole page."""
    html = dict(message.get("headers", [])).get(b"content-type", b"").startswith(b"text/html")
    return message["status"] == 200 and html
