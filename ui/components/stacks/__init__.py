"""A network's maps in space: each layer a stack of planes to scale, which can be turned and read in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ui import colours
from ui.components import component

MAX_PLANES = 64  # of a layer are drawn at most, the first
MAP = 3  # axes of a layer's values that are maps


@dataclass(frozen=True, eq=False)
class Stack:
    """A layer: its name, its values, float (height, width, maps) or (units,), and its scale, see `ui.colours`."""

    name: str
    values: np.ndarray
    colour: str
    kind: colours.Kind


@component(__file__)
def stacks(layers: Sequence[Stack], *, key: str) -> dict[str, object]:
    """Show layers one behind the other, from left to right.

    Args:
        layers: in order.
        key: the component's identity: how it is turned stays as long as it does.
    """
    return {"layers": [_data(layer) for layer in layers]}


def _data(layer: Stack) -> dict[str, object]:
    """A layer as it is sent: its planes' colours, and each plane's largest value."""
    is_vector = layer.values.ndim < MAP
    planes = layer.values.reshape(1, -1, 1) if is_vector else np.moveaxis(layer.values, 2, 0)[:MAX_PLANES]
    limit = colours.limit_of(layer.values, layer.kind)
    return {
        "name": layer.name,
        "colour": layer.colour,
        "kind": layer.kind,
        "isVector": is_vector,
        "size": layer.values.shape,
        "shape": planes.shape,
        "index": colours.to_index(planes, layer.kind, limit),
        "tops": [colours.limit_of(plane, layer.kind) for plane in planes],
    }
