"""A server for one script of the benchmarks, which RNNVIZ_BENCH_PAGE names, with the app's own assets."""

import os
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from rnnviz.serving import routes

app = st.App(os.environ["RNNVIZ_BENCH_PAGE"], routes=routes())
