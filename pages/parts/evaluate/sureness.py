"""How sure it is against how often it is right: the reliability diagram."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab.evaluation.metrics import calibration
from pages.parts.evaluate import CHART_HEIGHT, MARGIN, PLAIN, Reading
from ui import colours


def show(reading: Reading) -> None:
    """Show the diagram, and the expected calibration error in words."""
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
    figure.update_layout(
        xaxis=axis | {"title": "how sure it is"},
        yaxis=axis | {"title": "how often it is right"},
        height=CHART_HEIGHT,
        margin=MARGIN,
        legend={"x": 0.02, "y": 0.98},
    )
    st.plotly_chart(figure, config=PLAIN, key="reliability")
    st.markdown(
        f"On average, sureness and truth are **{100 * found.error:.2f} points** apart (expected calibration error). "
        f"Below the dotted line it is surer than it should be. A large dot stands for many {reading.what}s."
    )
