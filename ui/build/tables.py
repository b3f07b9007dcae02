"""The network to scale, and layer by layer in numbers."""

from collections.abc import Sequence

import streamlit as st

from cnnlab import diagram
from cnnlab.architecture import BYTES_PER_VALUE, LayerSummary, dimensions
from ui import colours
from ui.components.diagram import diagram as picture
from ui.state import state


def to_scale() -> None:
    """Draw the network to scale, as far as its layers fit."""
    picture(diagram.svg(state().draft.check().summaries, colours.LAYERS), key="diagram", file_name="network")


def layer_by_layer() -> None:
    """Show what each layer makes of one image and costs, with a line for all of them."""
    summaries = state().draft.check().summaries
    st.dataframe(
        [*map(_line, range(1, len(summaries) + 1), summaries), *([_totals(summaries)] if summaries else [])],
        hide_index=True,
        column_config={
            "Trained": st.column_config.NumberColumn(format="localized", help="Parameters that training changes"),
            "Multiply-adds": st.column_config.NumberColumn(format="localized", help="Multiplications for one image"),
            "Memory (KB)": st.column_config.NumberColumn(format="%.2f", help="The layer's output for one image"),
            "Sees (pixels)": st.column_config.TextColumn(
                help="Receptive field: what one output value can see of the digit"
            ),
        },
    )


def _line(number: int, summary: LayerSummary) -> dict[str, object]:
    return {
        "Layer": f"{number}. {type(summary.layer).__name__}",
        "Output": dimensions(summary.output_shape),
        "Parameters": summary.arithmetic,
        "Trained": summary.num_trainable,
        "Multiply-adds": summary.multiply_adds,
        "Sees (pixels)": f"{summary.receptive_field} x {summary.receptive_field}",
        "Memory (KB)": summary.memory / 1024,
    }


def _totals(summaries: Sequence[LayerSummary]) -> dict[str, object]:
    num_parameters = sum(summary.num_parameters for summary in summaries)
    return {
        "Layer": "All layers",
        "Output": dimensions(summaries[-1].output_shape),
        "Parameters": f"{num_parameters:,} ({num_parameters * BYTES_PER_VALUE / 1024:,.0f} KB)",
        "Trained": sum(summary.num_trainable for summary in summaries),
        "Multiply-adds": sum(summary.multiply_adds for summary in summaries),
        "Sees (pixels)": f"{summaries[-1].receptive_field} x {summaries[-1].receptive_field}",
        "Memory (KB)": sum(summary.memory for summary in summaries) / 1024,
    }
