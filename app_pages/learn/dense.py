"""Flatten, dense, dropout, softmax: how maps become one line, a line ten scores, and scores probabilities."""

import numpy as np
import streamlit as st

from cnnlab import mnist, network, pictures, small_problems
from cnnlab import operations as ops
from cnnlab.architecture import Architecture, Dense, Dropout, check, dimensions
from cnnlab.presets import PRESETS
from ui.cached import starter_network
from ui.components.dropped import NUM_PASSES, dropped, masked
from ui.components.flat import flat
from ui.components.neuron import neuron
from ui.components.softmax import softmax
from ui.glossary import term
from ui.lesson import code, next_station, notes_say, predict, station, try_this
from ui.sources import choose_picture

SIDE = 28
SIDES = (4, 7, 14, 28)
DIGITS = tuple("0123456789")
SIXTEEN, STARTER = "16 pixels, 10 units", "The starter network's last layer"
RATE = 0.4
MORE = 5.0  # added to every score in the third prediction
KEPT = {"persist_state": "session"}


def on_paper(pixels: np.ndarray) -> np.ndarray:
    """Lay a picture of at most 28 x 28 in the middle of 28 x 28 black pixels: uint8 (h, w, c) -> (28, 28, c)."""
    missing = [SIDE - length for length in pixels.shape[:2]]
    return np.pad(pixels, [*[(gap // 2, gap - gap // 2) for gap in missing], (0, 0)])


def smaller(pixels: np.ndarray, side: int) -> np.ndarray:
    """Average pooling, rounded: uint8 (28, 28, c) -> (side, side, c)."""
    return np.round(ops.average_pooling2d(pixels.astype(np.float32), SIDE // side)).astype(np.uint8)


def share_of_dense(architecture: Architecture) -> float:
    """Which part of a network's parameters sits in its dense layers."""
    dense = sum(row.num_parameters for row in architecture.summaries if isinstance(row.layer, Dense))
    return dense / architecture.num_parameters


@st.cache_data(show_spinner=False)
def sure_and_right() -> tuple[float, float]:
    """How sure the sixteen-pixel network is of the 10,000 test digits, on average, and how often it is right."""
    test = mnist.load().test
    probabilities = small_problems.sixteen_pixels().probabilities(test.images)
    return float(probabilities.max(axis=1).mean()), float((probabilities.argmax(axis=1) == test.labels).mean())


@st.fragment
def drop(values: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> None:
    """Dropout; only this part runs again after a new rate."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        rate = st.slider("Rate", 0.0, 0.9, RATE, 0.1, key="dense-rate", width=300, **KEPT)
        seed = st.number_input("Seed of the masks", 0, 999, 0, key="dense-seed", width=150, **KEPT)
    dropped(values, kernel, bias, rate, seed, key="dense-dropped")
    mean, plain = float(masked(values, rate, seed).sum(axis=1).mean()), float(values.sum())
    notes_say(
        "What is left is scaled by 1 / (1 - rate), so that the next layer gets as much as it will without dropout.",
        f"one mask gives more, the next less. Over {NUM_PASSES} masks the values add up to {mean:.1f} on average; with "
        f"all units, to {plain:.1f}. Without the scaling it would have been {mean * (1 - rate):.1f}.",
        abs(mean - plain) <= 0.1 * plain,
    )


station("Dense, dropout, softmax")

st.subheader("Flatten: the pixels walk into one line")
stage = st.container()  # the picture stands above, what it is made of below
with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    side = st.segmented_control(
        "Size", SIDES, default=SIDES[0], format_func=lambda n: f"{n} x {n}", required=True, key="dense-side", **KEPT
    )
    in_colour = st.toggle("In colour", key="dense-colour", **KEPT)
chosen = choose_picture("dense-colour-picture" if in_colour else "dense-picture", side=SIDE, colour=in_colour)
image = on_paper(pictures.to_grey(chosen).pixels)
picture = smaller(on_paper(chosen.pixels), side)
with stage:
    flat(picture, key="dense-flat")
st.markdown(
    f"{term('flatten', 'Flatten')} multiplies nothing and learns nothing: it reads row by row, and within a pixel "
    f"{term('channel')} by channel. A {term('dense')} layer can only read a line."
)
row, column, channel = picture.shape[0] // 2, picture.shape[1] - 1, picture.shape[2] - 1
marked = np.zeros(picture.shape, np.uint8)
marked[row, column, channel] = 1
predict(
    "dense-index",
    f"The picture is {dimensions(picture.shape)} (rows, columns, channels). At which index of the line does the value "
    f"of row {row}, column {column}, channel {channel} stand? Everything counts from 0.",
    int(ops.flatten(marked).argmax()),
    reveal=f"({row} x {picture.shape[1]} + {column}) x {picture.shape[2]} + {channel} = "
    f"{ops.flatten(marked).argmax()}: {row} whole rows of {picture.shape[1] * picture.shape[2]} values "
    "stand before its row.",
)
code(ops.flatten)

st.subheader("Dense: every unit weighs every input")
which = st.segmented_control("Layer", [SIXTEEN, STARTER], default=SIXTEEN, required=True, key="dense-layer", **KEPT)
experiment, weights = starter_network()
traces = network.trace(experiment.architecture, weights, mnist.normalise(image))
last = len(traces) - 1
starter_inputs, starter_kernel, starter_bias = traces[-2].output, weights[f"{last}/kernel"], weights[f"{last}/bias"]
sixteen = small_problems.sixteen_pixels()
if which == SIXTEEN:
    inputs, kernel, bias = ops.flatten(small_problems.four_by_four(image)), sixteen.kernel, sixteen.bias
    outputs = sixteen.probabilities(image)
else:
    inputs, kernel, bias, outputs = starter_inputs, starter_kernel, starter_bias, traces[-1].output
neuron(
    inputs,
    kernel,
    bias,
    outputs,
    key=f"dense-neuron-{len(inputs)}",
    labels=DIGITS,
    activation="softmax",
    selected=int(outputs.argmax()),
)
sure, right = sure_and_right()
if which == SIXTEEN:
    st.markdown(
        "These are the picture's 4 x 4 pixels, from 0 to 1, in a network of this one layer. It has learned from 5,000 "
        f"digits, and reads **{right:.1%}** of 10,000 new ones rightly, from 16 numbers."
    )
else:
    st.markdown(
        f"These {len(inputs)} inputs are what the starter network's layers before have made of the 28 x 28 pixels. "
        f"Many are 0: {term('ReLU')} has cut them off."
    )
st.markdown(
    f"Each {term('unit')} multiplies every input by a {term('weight')} of its own, adds the products, then a "
    f"{term('bias')}: `output = activation(dot(input, kernel) + bias)`. The sum is its score, or {term('logit')}."
)
layer = check((Dense(len(bias)),), inputs.shape).summaries[0]
predict(
    "dense-parameters",
    f"{len(inputs)} inputs, {len(bias)} units: how many {term('parameter', 'parameters')} does this layer learn?",
    layer.num_parameters,
    reveal=f"One weight for each pair of input and unit, and one bias a unit: {layer.arithmetic}.",
)
notes, starter = PRESETS["Study notes"].architecture, experiment.architecture
notes_say(
    "Most of a network's weights sit in its dense layers.",
    f"in the starter network {share_of_dense(starter):.0%} of {starter.num_parameters:,}; in the notes' own network, "
    f"whose only dense layer is the last one, {share_of_dense(notes):.0%} of {notes.num_parameters:,}.",
    None if min(share_of_dense(starter), share_of_dense(notes)) < 0.5 < share_of_dense(starter) else True,
)
code(ops.dense)

st.subheader("Dropout: some units are switched off, while training")
drop(starter_inputs, starter_kernel, starter_bias)
st.markdown(
    f"The starter network was trained with {term('dropout')} behind these {len(starter_inputs)} units. In every step "
    "other units are missing, so that none can lean on a single other, and none may be the only one that knows."
)
place = next(index for index, part in enumerate(starter.layers) if isinstance(part, Dropout))
unchanged = np.array_equal(traces[place].output, traces[place - 1].output)
notes_say(
    "Dropout is off when the network predicts.",
    f"this picture was sent through the starter network: the {traces[place].output.size} values behind its Dropout "
    f"layer are {'the same as' if unchanged else 'other than'} those before it, every one.",
    unchanged,
)
code(ops.dropout)

st.subheader("Softmax: ten scores become probabilities")
scores = {SIXTEEN: ops.dense(ops.flatten(small_problems.four_by_four(image)), sixteen.kernel, sixteen.bias)}
scores[STARTER] = traces[-1].pre_activation
whose = st.segmented_control("Scores of", list(scores), default=SIXTEEN, required=True, key="dense-scores", **KEPT)
logits = np.round(scores[whose], 2)
softmax(logits, key="dense-softmax", name="Back to the network's scores")
try_this(
    "pulling the lowest score up until it wins, then the temperature; then choose another true digit.",
    "that one probability can only grow if others shrink, and what being sure and wrong costs.",
)
top = int(logits.argmax())
before, after = (float(ops.softmax(values)[top]) for values in (logits, logits + MORE))
moves = "stays" if np.isclose(before, after, atol=1e-6) else "grows" if after > before else "shrinks"
predict(
    "dense-shift",
    f"All ten scores grow by {MORE:g}. What does the {term('probability')} of {top} do?",
    moves,
    options=["grows", "stays", "shrinks"],
    reveal=f"It was {before:.4g} and is {after:.4g}: every exp(z) became e⁵ times as large, and so did their sum. Only "
    "differences between scores count. The code below subtracts the largest, so that exp never overflows.",
)
notes_say(
    "Softmax tells how sure the network is.",
    f"the network of 16 pixels was {sure:.1%} sure of 10,000 new digits, on average, and right in {right:.1%}: about "
    "as sure as it should be. That is measured, not promised: a network that knows its training pictures by heart is "
    "surer than it is right.",
    abs(sure - right) < 0.05,
)
always_no = float((mnist.one_hot(mnist.load().test.labels) == 0).mean())
together = float(ops.sigmoid(logits).sum())
notes_say(
    "One digit of ten: categorical cross-entropy with softmax, not binary cross-entropy.",
    f"ten sigmoids judge each digit by itself: for this picture they add up to {together:.3f}, not to 1. And the "
    f"accuracy that goes with binary cross-entropy counts each of the ten answers: whoever says *no* to every digit is "
    f"already right in {always_no:.0%}.",
    True,
)
code(ops.softmax, ops.sigmoid)
next_station()
