"""What a learner sees when something of ours fails: a sentence and a way back, never a traceback."""

import streamlit as st


def apologise(error: Exception) -> bool:
    """Show a sentence in place of the traceback, which the log keeps. True: the error is dealt with."""
    st.error(
        "Something went wrong on our side, and this part of the page could not be drawn. "
        "[Open the page afresh](?) to go on; the details are in the server's log.",
        icon=":material/error:",
    )
    return True
