"""How a component finds its code: a loader that imports a module from the app's own address."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import streamlit as st

from .bundle import bundle

ASSETS = Path(__file__).parent.parent.parent / "assets"
STAGE = ASSETS / "stage"
BUNDLE = bundle({path.stem: path.read_text(encoding="utf-8") for path in STAGE.glob("*.js")})
"""All of the browser's code, served as stage.js beside the folder. A page names it in its head (`serving.Early`)."""


def version() -> str:
    """What the code for the browser is, in twelve letters: another file, or another byte in one, gives others."""
    files = sorted(path for folder in ("stage", "vendor") for path in (ASSETS / folder).rglob("*") if path.is_file())
    contents = (f"{path.relative_to(ASSETS).as_posix()}\0".encode() + path.read_bytes() for path in files)
    return sha256(b"".join(sha256(one).digest() for one in (BUNDLE.encode(), *contents))).hexdigest()[:12]


VERSION = version()
"""As it was when the server started: a browser may keep what has this in its address for ever."""

LOADER = """
const base = new URL({base!r}, window.location.origin);
const {{ {name}: {{ default: mount }} }} = await import(new URL("stage.js", base).href);
export default (component) => mount(component, base.href);
"""


def component(name: str, *, isolate_styles: bool = True) -> Callable:
    """The keyed component whose code is assets/stage/{name}.js and whose style is {name}.css.

    The code is loaded by address, not from a copy, so that all components on a page share it.
    """
    prefix = st.get_option("server.baseUrlPath").strip("/")
    base = f"{prefix and '/'}{prefix}/assets/{VERSION}/"
    return st.components.v2.component(
        f"rnnviz_{name}",
        html=f'<div class="rnnviz-{name}"></div>',
        css=(STAGE / f"{name}.css").read_text(encoding="utf-8"),
        js=LOADER.format(base=base, name=name),
        isolate_styles=isolate_styles,
    )
