"""A server for one page of tests: the script that RNNVIZ_PAGE names, and the app's own assets."""

import os
from pathlib import Path

import streamlit as st

from rnnviz.serving import routes

app = st.App(
    str(Path(__file__).parent / os.environ["RNNVIZ_PAGE"]),
    routes=routes(),
)
