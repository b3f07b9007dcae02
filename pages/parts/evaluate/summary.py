"""Accuracy, loss and mistakes, and how much they can be trusted."""

import streamlit as st

from cnnlab.evaluation.metrics import accuracy_interval, mean_loss
from pages.parts.evaluate import Reading

NOT_COVERED = {
    True: "Not in it: another seed, another training, and digits that other people draw with other pens.",
    False: "Not in it: another hand, another pen, and drawings that you would only keep because they were misread.",
}


def show(reading: Reading) -> None:
    """Show the figures and, in words, Wilson's interval."""
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
