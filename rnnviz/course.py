"""The script that the server runs: the lessons in the order of learning."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parent.parent / "pages"

st.set_page_config(page_title="rnnviz", page_icon=str(PAGES.parent / "assets" / "icon.svg"), layout="wide")
st.navigation(
    [
        st.Page(
            PAGES / "unrolling.py", title="Unrolling", icon=":material/view_column:", url_path="unrolling", default=True
        )
    ],
    position="top",
).run()
