"""A server for one page of tests: the script that RNNVIZ_PAGE names, and the app's own assets."""

import os
from pathlib import Path

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

ROOT = Path(__file__).resolve().parents[2]

app = st.App(
    str(Path(__file__).parent / os.environ["RNNVIZ_PAGE"]),
    routes=[Mount("/assets", StaticFiles(directory=ROOT / "assets"))],
)
