"""The network to scale, and layer by layer in numbers."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnnlab import mnist
from cnnlab.design import diagram
from cnnlab.nn.architecture import BYTES_PER_VALUE, LayerSummary
from cnnlab.nn.layers import dimensions
from pages.parts.build import cards
from ui import colours
from ui.components.diagram import diagram as picture
from ui.state import state


def to_scale() -> None:
    """Draw the network to scale, as far as its layers fit, with the test digit that the visitor looks at."""
    digit = mnist.load().test.images[state().test_index, ..., 0]
    drawing = diagram.svg(state().draft.check().summaries, colours.LAYERS, cards.INPUT_SHAPE, digit)
    picture(drawing, key="diagram", file_name="network")
    st.caption(
        "Maps are true to one scale in height, width and number. Not to scale: a vector's bar grows by its logarithm, "
        "and BatchNormalization and Dropout, which change no shape, are one plane."
    )


def layer_by_layer() -> None:
    """Show what each layer makes of one image and costs, with a line for all of them."""
    summaries = state().draft.check().summaries
    if not summaries:
        st.caption("No layer fits yet.")
        return
    lines = [_line(f"{number}. {type(each.layer).__name__}", [each]) for number, each in enumerate(summaries, 1)]
    total = _line("All layers", summaries)
    st.dataframe(
        [*lines, total],
        hide_index=True,
        height="content",
        column_config={
            "Parameters": _share(total["Parameters"], "Learned numbers and those that are counted along"),
            "How": st.column_config.TextColumn(help="Kernel height x width x channels x filters + biases, and so on"),
            "Trained": st.column_config.NumberColumn(format="localized", help="Parameters that training changes"),
            "Multiply-adds": _share(total["Multiply-adds"], "Multiplications for one image, each with its addition"),
            "Sees": st.column_config.TextColumn(help="Receptive field: the pixels that one output value can see"),
            "Memory": st.column_config.NumberColumn(format="%.2f KB", help="The layer's output for one image"),
        },
    )
    kilobytes = sum(each.num_parameters for each in summaries) * BYTES_PER_VALUE / 1024
    st.caption(f"Bars: the share of all layers. The parameters themselves take {kilobytes:,.0f} KB.")


def _line(name: str, layers: Sequence[LayerSummary]) -> dict[str, Any]:
    """What some layers that follow each other make of an image, and cost together."""
    last = layers[-1]
    return {
        "Layer": name,
        "Output": dimensions(last.output_shape),
        "Parameters": sum(each.num_parameters for each in layers),
        "How": last.arithmetic.split(" = ")[0] if len(layers) == 1 and last.num_parameters else "",
        "Trained": sum(each.num_trainable for each in layers),
        "Multiply-adds": sum(each.multiply_adds for each in layers),
        "Sees": f"{last.receptive_field} x {last.receptive_field}",
        "Memory": sum(each.memory for each in layers) / 1024,
    }


def _share(total: int, words: str) -> Any:
    """A column of numbers with bars that show which part of all they are."""
    return st.column_config.ProgressColumn(format="localized", min_value=0, max_value=max(1, total), help=words)
