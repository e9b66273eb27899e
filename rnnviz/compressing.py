"""What never changes is sent compressed, and compressed once: Streamlit's bundle and our own modules."""

from __future__ import annotations

import asyncio
import gzip

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = ("text/", "application/javascript", "application/json", "image/svg+xml")
"""What a content type begins with that shrinks."""
LEAST = 1024
"""Bytes below which nothing is gained."""
CONDITIONS = {b"range", b"if-none-match", b"if-modified-since", b"if-range"}

Answer = tuple[list[tuple[bytes, bytes]], bytes]
"""Headers and a compressed body."""


class Compressed:
    """Sends answers that call themselves immutable by gzip, from memory, to browsers that read it.

    The address of such an answer names its contents, so it is asked of the app once in the life of the server. Every
    other answer, and every request for a part or on a condition, passes by untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.answers: dict[str, asyncio.Task[Answer | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not asks_for_all(scope):
            return await self.app(scope, receive, send)
        path = scope["path"]
        if path not in self.answers:
            self.answers[path] = asyncio.create_task(self.make(scope, receive))
        answer = await asyncio.shield(self.answers[path])  # others may wait for it when this browser has gone
        if answer is None:
            self.answers.pop(path, None)
            return await self.app(scope, receive, send)
        headers, body = answer
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def make(self, scope: Scope, receive: Receive) -> Answer | None:
        """The app's answer, compressed; None where it is not to be."""
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif worth_it(start):
                parts.append(message.get("body", b""))

        # Asked as by a browser that reads no gzip, else Streamlit compresses some of it, anew each time.
        fields = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": fields, "extensions": {}}, receive, collect)
        if not worth_it(start):
            return None
        body = await asyncio.to_thread(gzip.compress, b"".join(parts), 6, mtime=0)
        kept = [
            (name, b"W/" + value if name.lower() == b"etag" and not value.startswith(b"W/") else value)
            for name, value in start["headers"]
            if name.lower() not in (b"content-length", b"accept-ranges", b"vary")
        ]
        length = str(len(body)).encode()
        return [
            *kept,
            (b"content-encoding", b"gzip"),
            (b"content-length", length),
            (b"vary", b"accept-encoding"),
        ], body


def asks_for_all(scope: Scope) -> bool:
    """Whether a request is for the whole of a file in a folder whose names tell its contents, and gzip will do."""
    if scope["type"] != "http" or scope["method"] != "GET" or not {"static", "assets"} & set(scope["path"].split("/")):
        return False
    fields = dict(scope["headers"])
    return b"gzip" in fields.get(b"accept-encoding", b"") and not CONDITIONS & fields.keys()


def worth_it(start: Message) -> bool:
    """Whether an answer that starts like this can be kept, and shrinks."""
    fields = {name.lower(): value.decode("latin-1") for name, value in start.get("headers", [])}
    return (
        start.get("status") == 200
        and "immutable" in fields.get(b"cache-control", "")
        and b"content-encoding" not in fields
        and fields.get(b"content-type", "").startswith(KINDS)
        and int(fields.get(b"content-length", 0)) >= LEAST
    )
