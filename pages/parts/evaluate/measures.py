"""A network's answers in figures: how good they are in all, digit by digit, and how sure it may be of them."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab.evaluation.metrics import accuracy_interval, calibration, class_figures, mean_loss
from pages.parts.evaluate import Reading
from ui import colours
from ui.figures import chart

NOT_COVERED = {
    True: "Not in it: another seed, another training, and digits that other people draw with other pens.",
    False: "Not in it: another hand, another pen, and drawings that you would only keep because they were misread.",
}
FROM = 0.9
"""Where the bars begin for a good network; below, they begin at 0."""


def summary(reading: Reading) -> None:
    """Show accuracy, loss and mistakes and, in words, Wilson's interval."""
    count = len(reading.labels)
    num_right = int((reading.read_as == reading.labels).sum())
    low, high = accuracy_interval(num_right, count)
    loss = reading.network.experiment.training.loss
    cost = f"{mean_loss(reading.probabilities, reading.labels, loss):.4f}"
    what = f"The mean {loss.replace('_', ' ')}, without what regularisation adds."
    with st.container(horizontal=True, gap="large"):
        st.metric("Test accuracy" if reading.of_mnist else "Accuracy", f"{num_right / count:.2%}", width="content")
        st.metric("Mistakes", f"{count - num_right:,} of {count:,}", width="content")
        st.metric("Test loss" if reading.of_mnist else "Loss", cost, help=what, width="content")
    st.markdown(
        f"With other digits of the same kind it would be between **{low:.2%}** and **{high:.2%}** (Wilson's 95 % "
        f"interval). {NOT_COVERED[reading.of_mnist]}"
    )


def digit_by_digit(reading: Reading) -> None:
    """Show precision, recall and F1 of each digit as a table."""
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


def reliability(reading: Reading) -> None:
    """Show how sure it is against how often it is right, and the expected calibration error in words."""
    found = calibration(reading.probabilities, reading.labels)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": colours.NOT_A_NUMBER}, name="ideal"
    )
    figure.add_scatter(
        x=found.sureness,
        y=found.accuracy,
        mode="lines+markers",
        line={"color": colours.TRAINING},
        marker={"size": 6 + 4 * np.log10(np.maximum(found.counts, 1))},
        customdata=found.counts,
        hovertemplate=f"%{{x:.1%}} sure, %{{y:.1%}} right, %{{customdata:,}} {reading.what}s<extra></extra>",
        name="this network",
    )
    axis = {"range": [-0.03, 1.06], "tickformat": ".0%"}
    x, y = axis | {"title": "how sure it is"}, axis | {"title": "how often it is right"}
    chart(figure, "reliability", x=x, y=y, legend={"x": 0.02, "y": 0.98})
    st.markdown(
        f"On average, sureness and truth are **{100 * found.error:.2f} points** apart (expected calibration error). "
        f"Below the dotted line it is surer than it should be. A large dot stands for many {reading.what}s."
    )
