"""The script that the server runs: the lessons in the order of learning."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parent.parent / "pages"
LESSONS = {
    "sequences": ("Sequences", ":material/reorder:"),
    "unrolling": ("Unrolling", ":material/view_column:"),
    "lstm": ("LSTM", ":material/memory:"),
    "gru": ("GRU", ":material/account_tree:"),
    "bptt": ("BPTT", ":material/undo:"),
    "vanishing": ("Vanishing", ":material/trending_down:"),
    "clipping": ("Clipping", ":material/content_cut:"),
    "training": ("Train", ":material/model_training:"),
}
"""File name and address -> title and icon."""
FIRST = "unrolling"
"""What opens at the app's bare address."""

st.set_page_config(page_title="rnnviz", page_icon=str(PAGES.parent / "assets" / "icon.svg"), layout="wide")
st.navigation(
    [
        st.Page(PAGES / f"{name}.py", title=title, icon=icon, url_path=name, default=name == FIRST)
        for name, (title, icon) in LESSONS.items()
    ],
    position="top",
).run()
