"""Which digits a network is measured on, and its answers to them: kept with its run, or computed by the engine."""

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.evaluation import predict
from cnnlab.runs.store import DamagedRunError
from pages.parts.evaluate import Reading
from ui.computed import computed
from ui.controls import choose
from ui.handwriting import follow_address, own
from ui.networks import Network
from ui.reading import BROKE_DOWN
from ui.words import message, plural

TEST, OWN = "MNIST's test digits", "My handwriting"


def reading(network: Network) -> Reading | None:
    """Let the visitor choose the digits; None as long as they are being read, or where the answers are no numbers."""
    follow_address()
    kept = own()
    of_mnist = not len(kept) or _choose(len(kept)) == TEST
    test = mnist.load().test
    images, labels = (test.images[..., 0], test.labels) if of_mnist else (kept.images, kept.labels)
    probabilities = _kept(network) if of_mnist else None
    if probabilities is None:
        what = f"Reading {plural(len(labels), 'digit')}"
        probabilities = computed(what, predict.predict, network.experiment, network.weights, images)
    if probabilities is None:
        return None
    if not np.isfinite(probabilities).all():
        st.warning(BROKE_DOWN, icon=":material/warning:")
        return None
    return Reading(network, images, labels, probabilities, of_mnist)


def _choose(count: int) -> str:
    return choose(
        "Measured on",
        (TEST, OWN),
        "evaluate-digits",
        format_func=lambda name: f"{name} ({count:,})" if name == OWN else name,
    )


def _kept(network: Network) -> np.ndarray | None:
    """The answers that the run has kept, if it has."""
    run = network.run
    try:
        return run.probabilities() if run else None
    except DamagedRunError as error:
        st.warning(f"{message(error)} The digits are read again.", icon=":material/broken_image:")
        return None
