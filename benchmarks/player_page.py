"""A player larger than any lesson's: a random LSTM of 128 units that has read 500 characters."""

import numpy as np
import streamlit as st

from rnnviz import stage
from rnnviz.engine import LSTM
from rnnviz.figures import palette

STEPS, UNITS, RANKS = 500, 128, 5
LETTERS = "abcdefghijklmnopqrstuvwxyz ,.;!"

st.set_page_config(layout="wide")
generator = np.random.default_rng(0)
ids = generator.integers(len(LETTERS), size=STEPS)
trace = LSTM.random(len(LETTERS), UNITS).run(np.eye(len(LETTERS))[ids])
says = np.argsort(trace.h[:, : len(LETTERS)], axis=1)[:, :RANKS]
tokens = [letter.replace(" ", "␣") for letter in LETTERS]
stage.player(
    trace,
    [tokens[i] for i in ids],
    stage.Output([[tokens[i] for i in row] for row in says], np.full(says.shape, 1 / RANKS)),
    key="bench-player",
    title=f"A random LSTM with {UNITS} units reads {STEPS} characters",
    palette=palette.PLAYER,
)
