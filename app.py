"""The server: the course, its assets, and what a visitor sees when a script fails. `streamlit run app.py` starts it."""

import asyncio
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rnnviz.lesson.apology import apologise

ASSETS = Path(__file__).parent / "assets"
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


class Headers:
    """Adds the security headers to every answer; assets are asked for anew, so that an update shows at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = HEADERS | ({"Cache-Control": "no-cache"} if scope["path"].startswith("/assets/") else {})
                added = [(name.lower().encode(), value.encode()) for name, value in own.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        await self.app(scope, receive, send_with_headers)


@asynccontextmanager
async def opened(app: st.App) -> AsyncIterator[None]:
    """Opens a browser, which `streamlit run` does for a script but not for an `st.App`."""
    if not st.get_option("server.headless"):
        base = st.get_option("server.baseUrlPath").strip("/")
        address = f"http://localhost:{st.get_option('server.port')}/{base}"
        asyncio.get_running_loop().call_later(0.5, webbrowser.open, address)
    yield


app = st.App(
    "rnnviz/course.py",
    lifespan=opened,
    routes=[Mount("/assets", StaticFiles(directory=ASSETS))],
    middleware=[Middleware(Headers)],
    on_script_error=apologise,
)
