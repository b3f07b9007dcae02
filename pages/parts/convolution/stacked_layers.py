"""What one cell of a deep map can see of the picture, and what the starter network's filters look for."""

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnnlab import mnist
from cnnlab.explain import excitation
from cnnlab.lessons.named_kernels import edge_share
from cnnlab.nn.network import forward
from ui.cached import starter_network
from ui.components.window import field_window
from ui.controls import choose
from ui.figures import ink_maps
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say
from ui.sources import first_digit

DIGIT = 4
MAP_AXES = 3
NUM_EXAMPLES = 150
MOSTLY = 0.4
"""Share of a filter's numbers that a slope explains, from which it counts as an edge."""


@fragment
def receptive_fields() -> None:
    """One layer's strongest map and what its cells see; only this part runs again for another layer."""
    experiment, weights = starter_network()
    architecture = experiment.architecture
    deep = [index for index, summary in enumerate(architecture.summaries) if len(summary.output_shape) == MAP_AXES]
    names = {index: f"{index + 1} · {type(architecture.layers[index]).__name__}" for index in deep}
    index = choose("Layer of the starter network", deep, "conv-deep", 2, format_func=names.__getitem__, wrap=True)
    digit = experiment.data.prepare(mnist.normalise(first_digit(DIGIT).pixels))
    output = forward(architecture, weights, digit)[index]
    strongest = int(output.max(axis=(0, 1)).argmax())
    field_window(
        digit[..., 0],
        output[..., strongest],
        key="conv-field",
        receptive_field=architecture.summaries[index].receptive_field,
        strides=architecture.summaries[index].rows.step,
        title=f"Map {strongest} of layer {index + 1}",
        describe=f"What one cell of layer {index + 1} sees of the digit.",
    )
    growth = ", then ".join(
        f"{type(summary.layer).__name__} **{summary.receptive_field} x {summary.receptive_field}**"
        for summary in architecture.summaries[: deep[-1] + 1]
    )
    st.markdown(f"The {term('receptive field')} grows: {growth} pixels.")


def exciting() -> None:
    """What excites the filters of both convolutions most."""
    first, second = _patches()
    for title, patches, key in (
        ("What the first filters answer to most: 5 x 5 pixels", first, "first"),
        ("What the second ones answer to most: 14 x 14 pixels", second[:32], "second"),
    ):
        ink_maps(patches, key=f"conv-patches-{key}", size=48, describe=title)
    st.caption(f"Each is the mean of the 9 best patches of {NUM_EXAMPLES} test digits.")
    _, weights = starter_network()
    shares = [edge_share(weights["0/kernel"][:, :, 0, index]) for index in range(len(first))]
    notes_say(
        "The first layer finds edges, deeper ones put them together to shapes.",
        f"of the {len(shares)} first filters, {sum(share > MOSTLY for share in shares)} are mostly a bright side "
        f"against a dark one (a slope explains over {MOSTLY:.0%} of their numbers), the others are lines or spots. The "
        "patches above: edges in the first layer; hooks, corners and bows in the second.",
        None,
    )


@st.cache_data(show_spinner="Looking at some test digits …")
def _patches() -> list[npt.NDArray[np.float32]]:
    """What excites the starter network's filters, first and second convolution."""
    experiment, weights = starter_network()
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:NUM_EXAMPLES]))
    found, summaries = excitation.search(experiment.architecture, weights, images), experiment.architecture.summaries
    return [excitation.mean_patches(summaries[index], found[index], images) for index in (0, 2)]
