"""A page for tests of the player's backward phase: a trained network reads a text, and its losses go back."""

import streamlit as st

from rnnviz import stage
from rnnviz.engine import flow
from rnnviz.figures import palette
from rnnviz.stage import Backward
from rnnviz.training.character_model import character_model

st.set_page_config(layout="wide")
cell, text, only_last = (st.query_params.get(name, default) for name, default in
                         (("cell", "LSTM"), ("text", "To be, or not to be"), ("last", "")))  # fmt: skip
model = character_model(cell)
read = model.read(text)
loss = model.readout.cross_entropy(read.trace.h, read.ids[1:], only_last=bool(only_last))
norms = flow(read.trace, loss.dh)
tokens = [{" ": "␣"}.get(token, token) for token in model.vocabulary.tokens]
likeliest, probability = read.likeliest()
low, high = st.query_params.get("scale", "-3,1").split(",")
stage.player(
    read.trace,
    [tokens[i] for i in read.ids],
    stage.Output([[tokens[i] for i in row] for row in likeliest], probability),
    key="player",
    title="A network reads a text",
    palette=palette.PLAYER,
    backward=Backward(loss.values, norms.total, norms.own, norms.carried, (float(low), float(high)), norms.cell),
)
