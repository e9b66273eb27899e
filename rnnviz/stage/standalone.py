"""The player and what it shows as one page that works from disk: no server, no network, the same player code."""

import html
import json
import re
from base64 import b64encode

from .assets import STAGE

IMPORT = re.compile(r' from "\./([a-z]+\.js)";')


def page(payload: bytes, *, title: str, opening: str = "") -> str:
    """A whole HTML page that plays a trace; the player's own menu makes the same one in the browser.

    payload: of the player, see `stage.player.payload`
    title: what it shows
    opening: what stands in the address of the stage where the page should not open with the last step, such as
        "t=5&pin=5.3&show=c&view=cell"
    """
    data = {
        "modules": modules(),
        "style": (STAGE / "player.css").read_text(encoding="utf-8"),
        "payload": b64encode(payload).decode(),
        "opening": opening,
    }
    # Without a < nothing in the JSON can end the script that holds it.
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = {"title": html.escape(title, quote=False), "page": written}
    template = (STAGE / "standalone.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{([a-z]+)\}\}", lambda found: parts[found[1]], template)


def modules() -> dict[str, str]:
    """Name -> source of all modules that the player imports, itself included."""
    found: dict[str, str] = {}
    waiting = ["player.js"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = (STAGE / name).read_text(encoding="utf-8")
            waiting += IMPORT.findall(found[name])
    return dict(sorted(found.items()))
