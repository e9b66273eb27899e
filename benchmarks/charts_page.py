"""The course with every figure shown by `st.plotly_chart`: what a reaction is measured against, beside the floor."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import benchmarks.charts  # noqa: E402, F401
from rnnviz.serving import routes  # noqa: E402

app = st.App(str(ROOT / "rnnviz" / "course.py"), routes=routes(""))
