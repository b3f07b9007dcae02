"""Accuracy on test digits that are turned, shifted, thickened, covered, blurred or noisy, more and more."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab import mnist
from cnnlab.digits import distortions
from cnnlab.digits.distortions import NAMES, RANGES, Distortion
from cnnlab.evaluation import predict
from pages.parts.evaluate import Reading
from ui import colours
from ui.components.gallery import Item, gallery
from ui.computed import computed
from ui.controls import choose
from ui.figures import chart, to_bytes
from ui.frame import fragment

NUM_DISTORTED = 500
EXAMPLE, NUM_EXAMPLES, EXAMPLE_SIZE = 0, 7, 56


@fragment
def show(reading: Reading) -> None:
    """Show the curve of one distortion, computed by the engine on the first test digits."""
    name = choose(
        "What is done to the digits", list(NAMES), "evaluate-distortion", "turn", format_func=NAMES.__getitem__
    )
    stage = st.empty()  # what was there goes at once, and does not stay while the next one is computed
    positions, network = distortions.positions(name), reading.network
    what = f"Reading {NUM_DISTORTED} test digits in {len(positions)} forms"
    shares = computed(what, predict.accuracy_under, network.experiment, network.weights, name, NUM_DISTORTED)
    if shares is not None:
        with stage.container():
            _curve(name, positions, shares)
            _examples(name, positions, shares)
            st.markdown(
                f"The first {NUM_DISTORTED} of MNIST's test digits. Convolution carries a pattern along when it is "
                "shifted, but the dense layer behind it has learned where to expect it; and nothing in the network "
                "knows about turning."
            )


def _curve(name: str, positions: np.ndarray, shares: np.ndarray) -> None:
    """Show how many are read rightly, the more is done to them."""
    figure = go.Figure()
    figure.add_scatter(x=positions, y=shares, mode="lines+markers", line={"color": colours.TRAINING})
    figure.update_traces(hovertemplate="%{x:g}: %{y:.1%} right<extra></extra>")
    vertical = {"title": "read rightly", "tickformat": ".0%", "range": [0, 1.05]}
    chart(figure, "robustness", x={"title": RANGES[name].axis}, y=vertical)


def _examples(name: str, positions: np.ndarray, shares: np.ndarray) -> None:
    """Show what that does to a digit, here and there on the way."""
    places = np.linspace(0, len(positions) - 1, NUM_EXAMPLES).round().astype(int)
    pictures = distortions.sweep(mnist.normalise(mnist.load().test.images[EXAMPLE, ..., 0]), name, Distortion())
    items = [Item(to_bytes(pictures[place]), f"{positions[place]:g}", f"{shares[place]:.0%} right") for place in places]
    gallery(items, key="robustness-examples", describe=f"A test digit: {RANGES[name].axis.lower()}", size=EXAMPLE_SIZE)
