"""How every page looks beside what Streamlit gives it."""

STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.6rem; padding-bottom: 4rem; max-width: 1280px; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.7rem; padding: 0; }
[data-testid="stMainBlockContainer"] h2 { font-size: 1.45rem; }
[class*="-glossary"] [data-testid="stPopoverButton"] { min-height: 1.9rem; padding: 0 0.3rem; }
[data-testid="stPopover"] { position: relative; z-index: 1; } /* above the empty foot of a question in the row before */
/* Pictures side by side need the room; Streamlit stacks them below 640 px only. */
@media (max-width: 760px) { [data-testid="stColumn"] { min-width: calc(100% - 1.5rem); } }
/* On a phone the way into the course is on the first screen, and the player below it. */
@media (max-width: 760px) { [data-testid="stColumn"]:has(.st-key-home-map) { order: -1; } }
@media (max-width: 600px) { [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; } }
[role="progressbar"][aria-valuenow="0"] > * > * { visibility: hidden; } /* else a sliver of what is not done shows */
[data-testid="stMarkdownContainer"] table { display: block; width: fit-content; max-width: 100%; overflow-x: auto; }
.rnnviz-save { caption-side: bottom; text-align: right; padding: 4px 0 0; }
.rnnviz-save button {
  font-size: 12px; color: inherit; background: none; cursor: pointer; padding: 2px 7px;
  border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 5px;
}
.rnnviz-save button:is(:hover, :focus-visible) { border-color: currentColor; }
.rnnviz-present .rnnviz-save { display: none; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 4px 0; text-align: left; }
.katex-display > .katex { text-align: left; padding-right: 3px; }
</style>
"""
