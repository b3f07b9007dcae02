"""Two real dense layers and what a picture is for them: small enough to be drawn whole, and the starter network's."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab import mnist
from cnnlab.lessons import small_problems
from cnnlab.nn import network
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture, check
from cnnlab.nn.layers import Dense
from cnnlab.nn.network import LayerTrace
from cnnlab.presets import PRESETS
from ui.cached import starter_network
from ui.components.neuron import neuron
from ui.controls import choose
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict, try_this

Floats = npt.NDArray[np.float32]

DIGITS = tuple("0123456789")
MOST = 0.5
SIXTEEN, STARTER = "16 pixels, 10 units", "The starter network's last layer"


@dataclass(frozen=True, eq=False)
class LastLayer:
    """A dense layer of ten units with softmax, and a picture's values before it.

    `inputs`: float32 (n,); `kernel`: float32 (n, 10); `bias`: float32 (10,).
    """

    inputs: Floats
    kernel: Floats
    bias: Floats

    @property
    def scores(self) -> Floats:
        """The ten logits, float32 (10,)."""
        return ops.dense(self.inputs, self.kernel, self.bias)

    @property
    def probabilities(self) -> Floats:
        """Softmax of the scores, float32 (10,)."""
        return ops.softmax(self.scores)


def starter_traces(image: npt.NDArray[np.uint8]) -> tuple[LayerTrace, ...]:
    """What every layer of the starter network makes of a picture, uint8 (28, 28, 1)."""
    experiment, weights = starter_network()
    return network.trace(experiment.architecture, weights, mnist.normalise(image))


def last_layers(image: npt.NDArray[np.uint8]) -> dict[str, LastLayer]:
    """Return the two layers by name, with a picture, uint8 (28, 28, 1), before them."""
    sixteen = small_problems.sixteen_pixels()
    _, weights = starter_network()
    traces = starter_traces(image)
    last = len(traces) - 1
    return {
        SIXTEEN: LastLayer(ops.flatten(small_problems.four_by_four(image)), sixteen.kernel, sixteen.bias),
        STARTER: LastLayer(traces[-2].output, weights[f"{last}/kernel"], weights[f"{last}/bias"]),
    }


@st.cache_data(show_spinner=False)
def sure_and_right() -> tuple[float, float]:
    """How sure the sixteen-pixel network is of the 10,000 test digits, on average, and how often it is right."""
    test = mnist.load().test
    probabilities = small_problems.sixteen_pixels().probabilities(test.images)
    return float(probabilities.max(axis=1).mean()), float((probabilities.argmax(axis=1) == test.labels).mean())


@fragment
def weigh(layers: dict[str, LastLayer]) -> None:
    """One of the layers with its edges; only this part runs again for the other one."""
    which = choose("Layer", list(layers), "dense-layer")
    layer = layers[which]
    count, units = layer.kernel.shape
    neuron(
        layer.inputs,
        layer.kernel,
        layer.bias,
        layer.probabilities,
        key="dense-neuron",
        labels=DIGITS,
        activation="softmax",
        selected=int(layer.scores.argmax()),
    )
    try_this(
        "pointing at another digit on the right, then *weight x input*.",
        "that every unit weighs the same inputs, each in its own way; and that nothing comes out of an input of 0.",
    )
    if which == SIXTEEN:
        st.markdown(
            "These are the picture's 4 x 4 pixels, from 0 to 1, in a network of this one layer. It has learned from "
            f"5,000 digits, and reads **{sure_and_right()[1]:.1%}** of 10,000 new ones rightly, from 16 numbers."
        )
    else:
        st.markdown(
            f"These {count} inputs are what the starter network's layers before have made of the 28 x 28 pixels. "
            f"Many are 0: {term('ReLU')} has cut them off."
        )
    st.markdown(
        f"Each {term('unit')} multiplies every input by a {term('weight')} of its own, adds the products, then a "
        f"{term('bias')}: `output = activation(dot(input, kernel) + bias)`. The sum is its score, or {term('logit')}."
    )
    costs = check((Dense(units),), (count,)).summaries[0]
    predict(
        "dense-parameters",
        f"{count} inputs, {units} units: how many {term('parameter', 'parameters')} does this layer learn?",
        costs.num_parameters,
        reveal=f"One weight for each pair of input and unit, and one bias a unit: {costs.arithmetic}.",
    )


def share_of_dense(architecture: Architecture) -> float:
    """Which part of a network's parameters sits in its dense layers."""
    dense = sum(row.num_parameters for row in architecture.summaries if isinstance(row.layer, Dense))
    return dense / architecture.num_parameters


def most_weights() -> None:
    """Measure the claim that most weights are in the dense layers, on two networks."""
    notes, starter = PRESETS["Study notes"].architecture, starter_network()[0].architecture
    shares = share_of_dense(starter), share_of_dense(notes)
    answers = {share > MOST for share in shares}
    notes_say(
        "Most of a network's weights sit in its dense layers.",
        f"in the starter network {shares[0]:.0%} of {starter.num_parameters:,}; in the study notes' own network, "
        f"whose only dense layer is the last one, {shares[1]:.0%} of {notes.num_parameters:,}.",
        answers.pop() if len(answers) == 1 else None,
    )
