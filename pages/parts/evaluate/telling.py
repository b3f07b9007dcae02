"""The most telling digits: those that were read wrongly and surely, and those that were read rightly but only just."""

import streamlit as st

from cnnlab.evaluation.metrics import close_calls, mistakes
from pages.parts.evaluate import NUM_SHOWN, Reading, digits
from ui.controls import choose
from ui.frame import fragment

KINDS = {"Surest mistakes": mistakes, "Least sure successes": close_calls}


@fragment
def show(reading: Reading) -> None:
    """Show one kind of them, the most telling first."""
    kind = choose("Show", list(KINDS), "evaluate-telling", label_visibility="collapsed")
    found = KINDS[kind](reading.probabilities, reading.labels)[:NUM_SHOWN]
    if not len(found):
        st.markdown("There is none among these digits.")
        return
    chosen = digits.show(reading, found, key=f"telling-{kind}")
    if chosen is not None:
        digits.closely(reading, chosen, key="telling-one")
