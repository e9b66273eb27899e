"""The least that Streamlit can do: a slider, and a line that says its value. What a repaint is measured against."""

import streamlit as st

st.write(f"value {st.slider('value', 0, 1000, 500)}")
