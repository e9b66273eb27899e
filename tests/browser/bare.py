"""A server for one page of tests: the script that RNNVIZ_PAGE names, and the app's own assets."""

import os
from pathlib import Path

import streamlit as st
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from rnnviz.stage.assets import ASSETS, VERSION

app = st.App(
    str(Path(__file__).parent / os.environ["RNNVIZ_PAGE"]),
    routes=[Mount(f"/assets/{VERSION}", StaticFiles(directory=ASSETS))],
)
