"""The numbers of a filter as tables that can be typed into, one a plane; they are kept for the visit."""

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from ui.state import Kept
from ui.widgets import kept

Kernel = npt.NDArray[np.float32]

CELL_WIDTH = 52
MAX_WEIGHT = 10.0
DECIMALS = 4
PLANES = {1: ("",), 3: ("Red plane", "Green plane", "Blue plane")}


def typed_kernel(kernel: Kernel, name: str, back_to: str | None = None) -> Kernel:
    """Show a filter's numbers, float32 (side, side, channels, 1); return what is in the tables now.

    `name` is the filter's own; a button goes back to what is `back_to` in words, by default the name.
    """
    side, _, channels, _ = kernel.shape
    column = st.column_config.NumberColumn(
        " ", width=CELL_WIDTH, min_value=-MAX_WEIGHT, max_value=MAX_WEIGHT, format="%.3g"
    )
    columns: dict[Any, Any] = dict.fromkeys(range(1, side + 1), column)
    first, tables = _tables(kernel, name)
    with st.container(horizontal=True, gap="small", width="content"):
        for table, title in zip(tables, PLANES[channels], strict=True):
            with st.container(width=CELL_WIDTH * side + 4):
                if title:
                    st.caption(title)
                table.now = st.data_editor(table.at_start, hide_index=True, column_config=columns, key=table.key)
    if any(not np.array_equal(table.now, values) for table, values in zip(tables, first, strict=True)):
        st.button(
            f"Back to {back_to or name}",
            icon=":material/undo:",
            key=f"kernel-back-{name}",
            on_click=reset_kernel,
            args=(kernel, name),
        )
    numbers = np.stack([table.now for table in tables], axis=2)[..., np.newaxis].astype(np.float32)
    typed_in = np.nan_to_num(numbers)  # an emptied cell counts as zero
    return np.where(np.abs(typed_in - kernel) < 10.0**-DECIMALS, kernel, typed_in)


def reset_kernel(kernel: Kernel, name: str) -> None:
    """Put a filter's own numbers back into its tables."""
    first, tables = _tables(kernel, name)
    for table, values in zip(tables, first, strict=True):
        table.reset(values)


def _tables(kernel: Kernel, name: str) -> tuple[list[Kernel], list[Kept]]:
    """A filter's own numbers, plane by plane, and the tables that hold what became of them."""
    side, _, channels, _ = kernel.shape
    first = [kernel[..., plane, 0].round(DECIMALS) for plane in range(channels)]
    return first, [kept(f"kernel-{name}-{side}-{channels}-{plane}", first[plane]) for plane in range(channels)]
