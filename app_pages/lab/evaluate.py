"""Evaluate: how good a network is on 10,000 digits that it has never seen, and where it goes wrong."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab import distortions, evaluation, mnist
from cnnlab.answers import (
    accuracy_interval,
    calibration,
    class_figures,
    close_calls,
    confusion_matrix,
    mistakes,
)
from ui import colours
from ui.cached import store
from ui.components.confusion import confusion
from ui.components.gallery import Item, gallery
from ui.computed import computed
from ui.inside.robust import AXES, NAMES
from ui.lesson import try_this
from ui.networks import Network, choose_network
from ui.state import component_value, state

MATRIX_WIDTH, DIGITS_WIDTH, CHART_HEIGHT = 420, 370, 320
NUM_DISTORTED = 500
NUM_SHOWN = 24
DIGIT_SIZE = 56
MATRIX = "confusion"
SURE_MISTAKES, CLOSE_CALLS = "Surest mistakes", "Least sure successes"


def answers(network: Network) -> np.ndarray | None:
    """The ten probabilities for each test digit, float32 (10000, 10): those kept with the run, or computed now."""
    run_id = None if state().shows_starter else state().run_id
    kept = store().get(run_id).probabilities() if run_id else None
    if kept is not None:
        return kept
    images = mnist.load().test.images
    return computed("Reading 10,000 test digits", evaluation.predict, network.experiment, network.weights, images)


def figures(probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Accuracy, loss and mistakes, and how much they can be trusted."""
    num_right = int((probabilities.argmax(axis=1) == labels).sum())
    low, high = accuracy_interval(num_right, len(labels))
    loss = np.log(1 / np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1)).mean()
    accuracy, wrong, cross_entropy = st.columns(3)
    accuracy.metric("Test accuracy", f"{num_right / len(labels):.2%}")
    wrong.metric("Mistakes", f"{len(labels) - num_right:,} of {len(labels):,}")
    cross_entropy.metric("Cross-entropy", f"{loss:.4f}")
    st.markdown(
        f"With other digits of the same kind it would be between **{low:.2%}** and **{high:.2%}** (Wilson's 95 % "
        "interval). Not in it: another seed, another training, and digits that other people draw with other pens."
    )


@st.fragment
def mistaken(probabilities: np.ndarray, labels: np.ndarray) -> None:
    """The confusion matrix and the digits behind the cell that was chosen."""
    read_as = probabilities.argmax(axis=1)
    matrix = confusion_matrix(labels, read_as)
    mixed_up = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)  # without any, the first cell is shown
    row, column = component_value(MATRIX, "cell") or map(int, np.unravel_index(mixed_up.argmax(), matrix.shape))
    with st.container(horizontal=True, gap="small"):
        with st.container(width=MATRIX_WIDTH):
            confusion(matrix, key=MATRIX, selected=(row, column), on_select=lambda: None)
        with st.container(width=DIGITS_WIDTH):
            those = np.flatnonzero((labels == row) & (read_as == column))
            what = f"{row} read as {column}" if row != column else f"{row} read rightly"
            st.markdown(f"**{what}: {len(those):,}**{f', the first {NUM_SHOWN}' if len(those) > NUM_SHOWN else ''}")
            digits(those[:NUM_SHOWN], probabilities, labels, key="behind")


def digits(indices: np.ndarray, probabilities: np.ndarray, labels: np.ndarray, *, key: str) -> None:
    """Test digits as pictures, and the way into Look inside with the one that is chosen."""
    images = mnist.load().test.images[..., 0]
    items = []
    for index in indices:
        read_as = int(probabilities[index].argmax())
        mark = colours.RIGHT_MARK if read_as == labels[index] else colours.WRONG_MARK
        items.append(Item(images[index], f"{labels[index]}", f"{mark} {read_as}, {probabilities[index].max():.0%}"))
    chosen = gallery(items, key=key, describe="Test digits", size=DIGIT_SIZE, choose="Choose")
    visitor = state()
    if chosen is not None:
        visitor.test_index, visitor.looks_at_drawing = int(indices[chosen]), False
    if visitor.test_index in indices:
        label = f"Look inside with test digit {visitor.test_index:,}, a {labels[visitor.test_index]}"
        st.page_link("app_pages/lab/look_inside.py", label=label, icon=":material/search:")


def by_class(probabilities: np.ndarray, labels: np.ndarray) -> None:
    """Precision, recall and F1 of each digit."""
    found = class_figures(confusion_matrix(labels, probabilities.argmax(axis=1)))
    percent = st.column_config.ProgressColumn(format="percent", min_value=0.9, max_value=1)
    st.dataframe(
        {
            "Digit": [str(digit) for digit in range(10)],
            "Precision": found.precision,
            "Recall": found.recall,
            "F1": found.f1,
        },
        column_config=dict.fromkeys(("Precision", "Recall", "F1"), percent),
        hide_index=True,
    )
    st.caption(
        "Precision: of all that was read as this digit, how much is one. Recall: of all these digits, how many were "
        "found. F1: their harmonic mean. The bars begin at 90 %."
    )


def sureness(probabilities: np.ndarray, labels: np.ndarray) -> None:
    """How sure it is against how often it is right: the reliability diagram."""
    found = calibration(probabilities, labels)
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
        hovertemplate="%{x:.1%} sure, %{y:.1%} right, %{customdata:,} digits<extra></extra>",
        name="this network",
    )
    axis = {"range": [-0.03, 1.06], "tickformat": ".0%"}
    figure.update_layout(
        xaxis=axis | {"title": "how sure it is"},
        yaxis=axis | {"title": "how often it is right"},
        height=CHART_HEIGHT,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"x": 0.02, "y": 0.98},
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, key="reliability")
    st.markdown(
        f"On average, sureness and truth are **{100 * found.error:.2f} points** apart (expected calibration error). "
        "Below the dotted line it is surer than it should be. A large dot stands for many digits."
    )


@st.fragment
def robustness(network: Network) -> None:
    """Accuracy on test digits that are turned, shifted, thickened, covered or noisy, more and more."""
    name = st.segmented_control(
        "What is done to the digits",
        list(NAMES),
        default="turn",
        format_func=NAMES.__getitem__,
        required=True,
        key="evaluate-distortion",
        persist_state="session",
    )
    what = f"Reading {NUM_DISTORTED} test digits in {len(distortions.positions(name))} forms"
    shares = computed(what, evaluation.accuracy_under, network.experiment, network.weights, name, NUM_DISTORTED)
    if shares is None:
        return
    figure = go.Figure()
    figure.add_scatter(x=distortions.positions(name), y=shares, mode="lines+markers", line={"color": colours.TRAINING})
    figure.update_traces(hovertemplate="%{x:g}: %{y:.1%} right<extra></extra>")
    figure.update_layout(
        xaxis={"title": AXES[name]},
        yaxis={"title": "read rightly", "tickformat": ".0%", "range": [0, 1.05]},
        height=CHART_HEIGHT,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, key="robustness")
    st.markdown(
        f"The first {NUM_DISTORTED} test digits. Convolution carries a pattern along when it is shifted, but the dense "
        "layer behind it has learned where to expect it; and nothing in the network knows about turning."
    )


st.title("Evaluate")
network = choose_network()
labels = mnist.load().test.labels
probabilities = answers(network)
if probabilities is not None and not np.isfinite(probabilities).all():
    st.warning("The answers of this network are not numbers: its training broke down.", icon=":material/warning:")
elif probabilities is not None:
    figures(probabilities, labels)
    st.subheader("What is mixed up")
    mistaken(probabilities, labels)
    try_this(
        "the darkest cell, then a digit behind it, and look inside the network with it.",
        "that many mistakes are digits that you, too, would have to look at twice.",
    )
    st.subheader("The most telling digits")
    which = st.segmented_control(
        "Show", (SURE_MISTAKES, CLOSE_CALLS), default=SURE_MISTAKES, required=True, label_visibility="collapsed"
    )
    chosen = (mistakes if which == SURE_MISTAKES else close_calls)(probabilities, labels)[:NUM_SHOWN]
    digits(chosen, probabilities, labels, key=f"telling-{which}")
    st.subheader("Turned, shifted, disturbed")
    robustness(network)
    st.subheader("Digit by digit")
    by_class(probabilities, labels)
    st.subheader("How sure, and how often right?")
    sureness(probabilities, labels)
