"""What a script says reaches the browser a few messages at a time, in place of each of its hundred by itself.

Streamlit wakes its event loop for every message, which takes the processor from the script that says the next, and its
loop looks through all sessions to send a single one. Here, it is not woken again before it has heard what was said so
far, and who has heard something sends it. Nothing is heard or sent later than it was, or in another order. The first
message of a run, which holds the theme's 60 options six times, is made of what was read of them once.

On its way out, each message would be a write to the socket of its own, for which the system wakes the browser; here,
all that one turn of the loop hands to a socket is a single write.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import cache
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ENOUGH = 65_536
"""Bytes that go out at once, whatever else is still to come in this turn of the loop."""

_handle = AppSession._handle_scriptrunner_event_on_event_loop
_populate_theme = app_session._populate_theme_msg
_connection_made = WebSocketsSansIOProtocol.connection_made


class Said:
    """What a session's script has said and the event loop has not heard yet. told: whether the loop knows of it"""

    def __init__(self) -> None:
        self.events: deque[tuple[ScriptRunner | None, ScriptRunnerEvent, dict[str, Any]]] = deque()
        self.told = False


def say(session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **details: Any) -> None:
    """In place of `AppSession._on_scriptrunner_event`, which is called for all that happens in a script."""
    said = session.__dict__.setdefault("_said", Said())
    said.events.append((sender, event, details))
    if not said.told:
        said.told = True
        session._call_soon_on_event_loop(lambda: hear(session, said))


def hear(session: AppSession, said: Said) -> None:
    """In the event loop: do with each event what Streamlit does, and send what came of them."""
    said.told = False  # from here on, who says something tells the loop again
    ask, session._message_enqueued_callback = session._message_enqueued_callback, None
    try:
        while said.events:
            sender, event, details = said.events.popleft()
            _handle(session, sender, event, **details)
    finally:
        session._message_enqueued_callback = ask
        if said.events:  # one has failed: the loop is told, and the next are heard
            session._event_loop.call_soon(hear, session, said)
        send(session)
        session.on_flushed_messages_sent()


def send(session: AppSession) -> list[ForwardMsg]:
    """In place of `AppSession.flush_browser_queue`, whose messages Streamlit sends one by one and lets others go first:
    what was said next would overtake them. It hands on none, for all are sent; without a browser they wait.

    A run has some hundred messages; a browser that has not taken 500 is given up by Streamlit.
    """
    runtime = get_instance()
    info = runtime._session_mgr.get_active_session_info(session.id)
    if info is None:
        return []
    for message in session._browser_queue.flush():
        try:
            runtime._send_message(info, message)
        except SessionClientDisconnectedError:
            runtime.disconnect_session(session.id, client=info.client)
    return []


@cache
def theme(section: str) -> CustomThemeConfig:
    """A section of the theme's options as they were when they were first asked for."""
    read = CustomThemeConfig()
    _populate_theme(read, section)
    return read


def populate_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    if theme(section).ByteSize():
        msg.MergeFrom(theme(section))


class Corked:
    """A socket's transport that writes at the end of a turn of the loop, or before it closes. What else it can do, it
    does at once: `writelines` and `write_eof`, which nobody calls here, would overtake what is held back."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size >= ENOUGH:
            self.flush()

    def flush(self) -> None:
        data, self._parts, self._size = b"".join(self._parts), [], 0
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()


def connection_made(protocol: WebSocketsSansIOProtocol, transport: asyncio.Transport) -> None:
    _connection_made(protocol, transport)
    protocol.transport = Corked(transport)  # type: ignore[assignment]


def together() -> None:
    """From now on, in this process."""
    AppSession._on_scriptrunner_event = say  # type: ignore[method-assign, assignment]
    AppSession.flush_browser_queue = send  # type: ignore[method-assign, assignment]
    app_session._populate_theme_msg = populate_theme
    WebSocketsSansIOProtocol.connection_made = connection_made  # type: ignore[method-assign, assignment]
