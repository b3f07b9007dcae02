"""Softmax, explored: ten scores become probabilities; what they say about being sure, and what they do not."""

import numpy as np

from cnnlab import mnist
from cnnlab.nn import operations as ops
from pages.parts.dense.dense_layers import LastLayer, sure_and_right
from ui.components.softmax import softmax
from ui.controls import choose
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict, try_this

MORE = 5.0  # added to every score in the prediction
HONEST = 0.05  # as sure as right, within five in a hundred


@fragment
def probabilities(layers: dict[str, LastLayer]) -> None:
    """The scores of one of the layers; only this part runs again for the other one."""
    whose = choose("Scores of", list(layers), "dense-scores")
    logits = np.round(layers[whose].scores, 2)
    softmax(logits, key="dense-softmax", name="Back to the network's scores")
    try_this(
        "pulling the lowest score up until it wins, then the temperature; then choose another true digit.",
        "that one probability can only grow if others shrink, and what being sure and wrong costs.",
    )
    top = int(logits.argmax())
    before, after = (float(ops.softmax(values)[top]) for values in (logits, logits + MORE))
    predict(
        "dense-shift",
        f"All ten scores grow by {MORE:g}. What does the {term('probability')} of {top} do?",
        "stays" if np.isclose(before, after, atol=1e-6) else "grows" if after > before else "shrinks",
        options=["grows", "stays", "shrinks"],
        reveal=f"It was {before:.4g} and is {after:.4g}: every exp(z) became e⁵ times as large, and so did their sum. "
        "Only differences between scores count. The code below subtracts the largest, so that exp never overflows.",
    )
    _ten_sigmoids(logits)


def _ten_sigmoids(logits: np.ndarray) -> None:
    """Measure why the loss is categorical: scores (10,)."""
    always_no = float((mnist.one_hot(mnist.load().test.labels) == 0).mean())
    notes_say(
        "One digit of ten: categorical cross-entropy with softmax, not binary cross-entropy.",
        f"ten sigmoids judge each digit by itself: for this picture they add up to {ops.sigmoid(logits).sum():.3f}, "
        "not to 1. And the accuracy that goes with binary cross-entropy counts each of the ten answers: whoever says "
        f"*no* to every digit is already right in {always_no:.0%}.",
        True,
    )


def how_sure() -> None:
    """Measure whether a network is as sure as it is right."""
    sure, right = sure_and_right()
    notes_say(
        "Softmax tells how sure the network is.",
        f"the network of 16 pixels was {sure:.1%} sure of 10,000 new digits, on average, and right in {right:.1%}: "
        "about as sure as it should be. That is measured, not promised: a network that knows its training pictures by "
        "heart is surer than it is right.",
        abs(sure - right) < HONEST,
    )
