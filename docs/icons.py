"""Makes the icon font that is sent: of Streamlit's own, the icons that can be on a page. `make icons` runs this.

The whole font has some 4,000 icons and is a fifth of what a page sends. An icon is the ligature of its name, which is
written `:material/name:`, in our pages as in Streamlit's browser code and Python.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from rnnviz.lesson.outline import COURSE
from rnnviz.serving import ICONS, subset_of, whole_font

ROOT = Path(__file__).parent.parent
STREAMLIT = Path(streamlit.__file__).parent
NAME = re.compile(r":material/([a-z0-9_]+):")
ALL_NAMES = "material_icon_names.py"
"""Streamlit's list of all that there are, by which it checks a name."""


def named() -> set[str]:
    """The names of the icons that can be on a page, those of the lessons and of Streamlit's own parts included."""
    ours = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "rnnviz").rglob("*.py")]
    theirs = [*(STREAMLIT / "static" / "static" / "js").glob("*.js"), *STREAMLIT.rglob("*.py")]
    texts = (path.read_text(encoding="utf-8") for path in (*ours, *theirs) if path.name != ALL_NAMES)
    return {name for text in texts for name in NAME.findall(text)} | {row.icon for row in COURSE}


def ligatures(font: TTFont) -> dict[str, str]:
    """An icon's name -> its glyph."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found: dict[str, str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in (getattr(one, "ExtSubTable", one) for one in lookup.SubTable):
            for first, rest in getattr(table, "ligatures", {}).items():
                for one in rest:
                    if all(part in letters for part in (first, *one.Component)):
                        found["".join(letters[part] for part in (first, *one.Component))] = one.LigGlyph
    return found


def main() -> None:
    whole = whole_font()
    if whole is None:
        raise FileNotFoundError("Streamlit has no single font MaterialSymbols-Rounded; look what draws its icons now")
    font = TTFont(whole)
    glyphs = ligatures(font)
    kept = sorted(named() & glyphs.keys())
    options = Options(flavor="woff2", layout_closure=False, layout_features=["*"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(glyphs=[glyphs[name] for name in kept], text="".join(kept) + " ")
    subsetter.subset(font)
    for old in ICONS.glob("*.woff2"):
        old.unlink()
    font.save(subset_of(whole))
    print(f"{len(kept)} of {len(glyphs)} icons: {subset_of(whole).stat().st_size:,} of {whole.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
