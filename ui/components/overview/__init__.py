"""A whole network for one digit in one picture: a column a layer, edges for what adds most.

The browser lights up a unit's way back to the digit, pins and enlarges it; only a click on one of its numbers asks
Python, to take it apart. The idea is CNN Explainer's (Wang et al., arXiv:2004.15004).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.doctor.distribution import Distribution
from cnnlab.explain.contributions import Strongest
from ui import colours
from ui.components import define, scale_of

_mount = define(__file__)

MAP = 3  # axes of a layer's output that has maps; without, it has one
MAX_VALUES = 350_000
"""Values of all maps together that are sent at most: 1.9 MB as base64."""
MAX_UNITS = 1_024
"""Units of a layer without maps that are sent at most, the strongest."""
MAX_SOURCES = 8
"""Contributions that are sent for each unit, the largest first."""


@dataclass(frozen=True)
class Column:
    """One layer.

    Args:
        layer_index: -1 for the digit.
        name: the layer's type.
        settings: the layer in a few words.
        values: float32 (height, width, maps) or (units,), the layer's output; None where it only passes on its input.
        silent: bool (units,): zero everywhere for this digit.
        dead: bool (units,): zero everywhere for a whole sample of digits, too.
        saturated: bool (units,): at an end of the activation.
        spread: of the values.
        weights: of the layer's weights, None without any.
        source: place of the column that its sums are made from, None for the digit.
        strongest: the largest contributions to each unit; None where each has only the source of its own index.
        bias: float32 (units,).
    """

    layer_index: int
    name: str
    settings: str
    values: np.ndarray | None
    silent: np.ndarray | None = None
    dead: np.ndarray | None = None
    saturated: np.ndarray | None = None
    spread: Distribution | None = None
    weights: Distribution | None = None
    source: int | None = None
    strongest: Strongest | None = None
    bias: np.ndarray | None = None


def overview(
    columns: Sequence[Column], *, key: str, num_sampled: int, traced: Callable[[dict[str, Any]], None]
) -> None:
    """Show a network.

    Args:
        columns: the digit, then the layers in order; the last one is the ten probabilities.
        key: the component's identity; what is pinned or folded stays with it.
        num_sampled: how many digits the "dead" ones were silent for.
        traced: called when the visitor asks how a number came about, with
            `{"layer": layer index, "position": [row, column, map] or [unit]}`.
    """
    most = most_maps(columns)
    network_values = [column.values for column in columns[1:] if column.values is not None]
    data = {
        "columns": [_data(column, most) for column in columns],
        "networkLimit": max(colours.limit_of(values, "diverging") for values in network_values),
        "numSampled": num_sampled,
        "winner": int(np.argmax(columns[-1].values)) if columns[-1].values is not None else 0,
    }
    _mount(key=key, data=data, acts={"trace": traced})


def most_maps(columns: Sequence[Column]) -> int:
    """How many maps of each layer can be sent, so that all together have at most `MAX_VALUES` values."""
    shapes = [column.values.shape for column in columns if column.values is not None and column.values.ndim == MAP]
    most = max(shape[-1] for shape in shapes)
    while sum(min(channels, most) * height * width for height, width, channels in shapes) > MAX_VALUES:
        most -= 1
    return most


def _data(column: Column, most: int) -> dict[str, Any]:
    """One column as it is sent."""
    same = {
        "layer": column.layer_index,
        "name": column.name,
        "settings": column.settings,
        "colour": colours.LAYERS[column.name],
    }
    if column.values is None:
        return {**same, "passes": True}
    values = column.values if column.values.ndim == MAP else column.values[np.newaxis, np.newaxis]
    strength = np.nan_to_num(np.abs(values)).mean(axis=(0, 1))
    order = np.argsort(-strength, kind="stable")[: most if column.values.ndim == MAP else MAX_UNITS]
    scale = scale_of(values)
    return {
        **same,
        "shape": values.shape,
        "isVector": column.values.ndim == 1,
        "order": order.tolist(),
        "values": np.moveaxis(values, 2, 0)[order],
        **(scale if column.layer_index >= 0 else scale_of(values, "ink")),
        "limits": np.array([colours.limit_of(values[..., unit], scale["kind"]) for unit in order], np.float32),
        "marks": {
            name: {"count": int(marks.sum()), "units": order[marks[order]].tolist()}
            for name, marks in (("silent", column.silent), ("dead", column.dead), ("saturated", column.saturated))
            if marks is not None and marks.any()
        },
        "spread": column.spread,
        "weights": column.weights,
        "source": column.source,
        "strongest": column.strongest,
        "bias": column.bias,
    }
