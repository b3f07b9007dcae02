"""How much data and how many parameters a pooling layer saves."""

from math import prod

import streamlit as st

from cnnlab.nn.architecture import LayerSummary, check
from cnnlab.nn.layers import Conv2D, Dense, Flatten, MaxPooling2D, dimensions
from ui.controls import slide
from ui.frame import fragment
from ui.glossary import term
from ui.lesson import notes_say, predict

FIRST = Conv2D(32, 5, activation="relu")
POOL_SIZES = (2, 6)


def share_that_is_left() -> None:
    """Ask which share of the values is left after the smallest window."""
    before, after = (summary.output_shape for summary in check((FIRST, MaxPooling2D(2))).summaries)
    predict(
        "pooling-share",
        f"A 2 x 2 window with a stride of 2 on a {dimensions(before)} {term('feature map', 'map')}: "
        "which share of the values is left, in percent?",
        100 * prod(after) / prod(before),
        reveal=f"{dimensions(before)} become {dimensions(after)}: one value for every four. The number of maps stays.",
    )


@fragment
def savings() -> None:
    """A network with and without pooling; only this part runs again for another window."""
    size = slide("Window ", *POOL_SIZES, 2, "pool-saving", width=190)
    without, pooled = _map_and_dense(), _map_and_dense(MaxPooling2D(size))
    st.dataframe(
        [
            {
                "": name,
                "Map": dimensions(last_map.output_shape),
                "Values": prod(last_map.output_shape),
                "Parameters of the dense layer": dense.arithmetic,
            }
            for name, (last_map, dense) in (("Without pooling", without), (f"With {size} x {size} pooling", pooled))
        ],
        hide_index=True,
        column_config={"Values": st.column_config.NumberColumn(format="localized")},
    )
    values = [prod(last_map.output_shape) for last_map, _ in (without, pooled)]
    parameters = [dense.num_parameters for _, dense in (without, pooled)]
    saved = 1 - parameters[1] / parameters[0]
    notes_say(
        "Pooling reduces the data, and with it the work and the parameters after it.",
        f"{values[0]:,} values become {values[1]:,}; the dense layer has {parameters[1]:,} parameters instead of "
        f"{parameters[0]:,} ({saved:.0%} fewer). The pooling itself learns nothing: it has none.",
        saved > 0,
    )


def _map_and_dense(*pool: MaxPooling2D) -> tuple[LayerSummary, LayerSummary]:
    """The last map and the dense layer of a network with these layers between."""
    summaries = check((FIRST, *pool, Flatten(), Dense(10, activation="softmax"))).summaries
    return summaries[-3], summaries[-1]
