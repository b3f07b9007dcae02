"""Digit by digit: precision, recall and F1."""

import streamlit as st

from cnnlab.evaluation.metrics import class_figures
from pages.parts.evaluate import Reading

FROM = 0.9
"""Where the bars begin for a good network; below, they begin at 0."""


def show(reading: Reading) -> None:
    """Show them as a table."""
    found = class_figures(reading.matrix)
    columns = {"Precision": found.precision, "Recall": found.recall, "F1": found.f1}
    least = FROM if all((values >= FROM).all() for values in columns.values()) else 0.0
    percent = st.column_config.ProgressColumn(format="percent", min_value=least, max_value=1)
    st.dataframe(
        {"Digit": [str(digit) for digit in range(len(found.f1))], **columns},
        column_config=dict.fromkeys(columns, percent),
        hide_index=True,
    )
    st.caption(
        "Precision: of all that was read as this digit, how much is one. Recall: of all these digits, how many were "
        f"found. F1: their harmonic mean. The bars begin at {least:.0%}."
    )
