"""The server: the course, its assets, and what a visitor sees when a script fails. `streamlit run app.py` starts it."""

import asyncio
import os
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from rnnviz import memory
from rnnviz.compressing import Compressed
from rnnviz.lesson import delivering, lookups
from rnnviz.lesson.apology import apologise
from rnnviz.serving import Early, Headers, Icons, Strays, headers, lazy_chunks, opening, routes
from rnnviz.stage.assets import VERSION

BASE = f"/{st.get_option('server.baseUrlPath').strip('/')}".rstrip("/")
"""The path below which the app lives, such as /rnn; empty at the root."""
FIXED = f"{BASE}/assets/{VERSION}"
OPENING = opening(BASE)
HEADERS = headers(os.environ, OPENING)

memory.sparing()
lookups.single()
delivering.together()


@asynccontextmanager
async def opened(app: st.App) -> AsyncIterator[None]:
    """Opens a browser, which `streamlit run` does for a script but not for an `st.App`."""
    if not st.get_option("server.headless"):
        address = f"http://localhost:{st.get_option('server.port')}{BASE}/"
        asyncio.get_running_loop().call_later(0.5, webbrowser.open, address)
    yield


app = st.App(
    "rnnviz/course.py",
    lifespan=opened,
    routes=routes(BASE),
    middleware=[
        Middleware(Compressed),
        Middleware(Headers, HEADERS, f"{FIXED}/"),
        Middleware(Icons, BASE),
        Middleware(Strays, BASE),
        Middleware(Early, [f"{FIXED}/stage.js", *(f"{BASE}/{path}" for path in lazy_chunks())], OPENING),
    ],
    on_script_error=apologise,
)
