"""What a script says reaches the browser in few deliveries, in place of one for each of its hundred messages.

Streamlit hands every message to its event loop by itself, which wakes the loop and takes the processor from the script,
and its loop looks through all sessions to send a single one. Here, what a session says within 5 ms goes together, as
Streamlit itself intends (`MESSAGE_FLUSH_INTERVAL_SECS`), and no other session is asked. The first message of a run,
which holds the theme's 60 options six times, is made of what was read of them once.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.runtime_util import MESSAGE_FLUSH_INTERVAL_SECS
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError

_handle = AppSession._handle_scriptrunner_event_on_event_loop
_populate_theme = app_session._populate_theme_msg


class Said:
    """What a session's script has said and the event loop has not heard yet. told: whether the loop knows of it

    heard: when it last heard of it, by its own clock
    """

    def __init__(self) -> None:
        self.events: deque[tuple[ScriptRunner | None, ScriptRunnerEvent, dict[str, Any]]] = deque()
        self.told = False
        self.heard = 0.0


def say(session: AppSession, sender: ScriptRunner | None, event: ScriptRunnerEvent, **details: Any) -> None:
    """In place of `AppSession._on_scriptrunner_event`, which the script's thread calls for all that happens in it."""
    said = session.__dict__.setdefault("_said", Said())
    said.events.append((sender, event, details))
    if not said.told:
        said.told = True
        session._call_soon_on_event_loop(lambda: hear(session, said))


def hear(session: AppSession, said: Said) -> None:
    """In the event loop: deliver, now or when the last delivery is long enough ago."""
    loop = session._event_loop
    wait = said.heard + MESSAGE_FLUSH_INTERVAL_SECS - loop.time()
    if wait > 0:
        loop.call_later(wait, deliver, session, said)
    else:
        deliver(session, said)


def deliver(session: AppSession, said: Said) -> None:
    """Do with each event what Streamlit does, and send what has come of it."""
    said.told = False  # from here on, who says something tells the loop again
    callback, session._message_enqueued_callback = session._message_enqueued_callback, None
    try:
        while said.events:
            sender, event, details = said.events.popleft()
            if event is not ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
                _handle(session, sender, event, **details)
            elif sender is session._scriptrunner:  # what an earlier one still says is not heard any more
                session._browser_queue.enqueue(details["forward_msg"])
    finally:
        session._message_enqueued_callback = callback
        if said.events:
            session._event_loop.call_soon(deliver, session, said)
        send(session)
        said.heard = session._event_loop.time()


def send(session: AppSession) -> None:
    """Send what is in the session's queue, as Streamlit's own loop does for all sessions."""
    runtime = get_instance()
    info = runtime._session_mgr.get_active_session_info(session.id)
    if info is None:  # the browser is away: its messages wait
        return
    for message in session.flush_browser_queue():
        try:
            runtime._send_message(info, message)
        except SessionClientDisconnectedError:
            runtime.disconnect_session(session.id, client=info.client)
    session.on_flushed_messages_sent()


@cache
def theme(section: str) -> CustomThemeConfig:
    """A section of the theme's options as they were when the server started."""
    read = CustomThemeConfig()
    _populate_theme(read, section)
    return read


def populate_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    if theme(section).ByteSize():
        msg.MergeFrom(theme(section))


def together() -> None:
    """From now on, in this process."""
    AppSession._on_scriptrunner_event = say  # type: ignore[method-assign, assignment]
    app_session._populate_theme_msg = populate_theme
