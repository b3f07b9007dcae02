"""A single white dot under a filter: it shows whether the filter is turned before it slides."""

import numpy as np
import streamlit as st

from cnnlab.lessons.named_kernels import KERNEL_PRESETS, turn
from cnnlab.nn.operations import conv2d
from ui.components.window import convolution_window
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict
from ui.widgets import lasting

DOT = np.zeros((7, 7, 1), np.float32)
DOT[3, 3] = 1
ONE_TO_NINE = np.arange(1, 10, dtype=np.float32).reshape(3, 3, 1, 1)
NO_BIAS = np.zeros(1, np.float32)


def what_a_dot_shows() -> None:
    """Ask what stands in the map, then show it."""
    is_turned = np.array_equal(conv2d(DOT, ONE_TO_NINE, NO_BIAS)[1:4, 1:4, 0], turn(ONE_TO_NINE)[..., 0, 0])
    answers = {False: "the filter as it is", True: "the filter turned by half a circle"}
    predict(
        "convolution-dot",
        "A single white dot, and a filter with the numbers 1 to 9. What will stand in the map?",
        answers[is_turned],
        options=[*answers.values(), "one single number"],
        reveal=_turned,
    )


@fragment
def _turned() -> None:
    stage = st.container()
    is_turned = lasting(st.toggle, "Turn the filter by half a circle first", key="conv-turned")
    with stage:
        convolution_window(
            DOT,
            turn(ONE_TO_NINE) if is_turned else ONE_TO_NINE,
            NO_BIAS,
            key="conv-dot",
            describe="A single white dot and a filter with the numbers 1 to 9.",
        )
    kernels = [preset.kernel(3, 3) for preset in KERNEL_PRESETS.values()]
    num_symmetric = sum(np.array_equal(kernel, turn(kernel)) for kernel in kernels)
    notes_say(
        "The layer computes a convolution.",
        "a mathematician turns the filter first. The layer does not: it computes what is called a "
        f"{term('correlation')}. For {num_symmetric} of the {len(kernels)} filters above both are the same; "
        "for the others, training finds the turned numbers just as easily.",
        None,
    )
