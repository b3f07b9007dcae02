"""One value of a network taken apart: a click on any value that it was made from goes one step back.

All numbers come from `cnnlab.explain.trace`. The browser answers hovering and the arrow keys; a step asks Python.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.explain.trace import PADDING, Explanation, Parts
from ui.components import define, scale_of, to_data

_mount = define(__file__)

MAX_TERMS = 60
"""Terms of a dense unit that are sent one by one, the largest first."""


@dataclass(frozen=True)
class Crumb:
    """One step of the way that was gone: the value's name and the colour of its layer's type."""

    name: str
    value: float
    colour: str


@dataclass(frozen=True)
class Scene:
    """What stands around the arithmetic.

    Args:
        path: the way from where it began to the value that is explained, which is the last.
        title: the layer and what it is, above the value.
        digit: float32 (28, 28) in [0, 1].
        square: the pixels that the value can see: (top, left, bottom, right), the last two not included.
        this_map: float32 (height, width): the map in which the value stands, None in a vector.
        activation: the layer's, by its Keras name.
        input_names: of the in_channels for a convolution, of the `largest_terms` for a dense unit, else one name.
        unit_names: for a softmax, a name for each value that takes part.
        note: for "copy" and "pixel", what there is to say.
    """

    path: Sequence[Crumb]
    title: str
    digit: np.ndarray
    square: tuple[int, int, int, int]
    this_map: np.ndarray | None
    activation: str
    input_names: Sequence[str]
    unit_names: Sequence[str] = ()
    note: str = ""


def trace(explanation: Explanation, scene: Scene, *, key: str, went: Callable[[dict[str, Any]], None]) -> None:
    """Show how a value came about.

    Args:
        explanation: the value and its parts.
        scene: what stands around them.
        went: called when the visitor clicks, with a dict of `at`, the length of the
            shown path, and one of `input` (its index), `cell` (row, column in the same map), `unit` (of the same
            softmax), `crumb` (its index in the path).
    """
    parts, this_map = explanation.parts, scene.this_map
    data = {
        **to_data(scene),
        "thisShape": [] if this_map is None else this_map.shape,
        "thisScale": None if this_map is None else scale_of(this_map, "ink" if parts.operation == "pixel" else None),
        "operation": parts.operation,
        "before": explanation.before,
        "after": explanation.after,
        "bias": parts.bias,
        "constants": parts.constants,
        "winner": parts.winner,
        "position": explanation.cell.position,
        **_inputs(parts),
        **_softmax(explanation),
    }
    _mount(key=key, data=data, acts={"go": went})


def largest_terms(products: np.ndarray) -> np.ndarray:
    """Indices of the products that are sent, the largest magnitude first: int (at most `MAX_TERMS`,)."""
    return np.argsort(-np.abs(products), kind="stable")[:MAX_TERMS]


def _inputs(parts: Parts) -> dict[str, Any]:
    """The inputs by operation, with weights and products where there are some."""
    if parts.weights is None or parts.products is None:
        shape = parts.inputs.shape if parts.inputs.ndim == 2 else (1, parts.inputs.size)  # noqa: PLR2004
        return {"inputs": parts.inputs, "shape": shape, "scales": {"inputs": scale_of(parts.inputs)}}
    arrays = {"inputs": parts.inputs, "weights": parts.weights, "products": parts.products}
    total = parts.products.sum()
    if parts.operation == "dense":
        order = largest_terms(parts.products)
        rest = total - np.cumsum(parts.products[order], dtype=np.float64)
        return {
            **{name: array[order].tolist() for name, array in arrays.items()},
            "count": parts.inputs.size,
            "order": order.tolist(),
            "rest": [total, *rest],
            "total": total,
        }
    sums = parts.products.sum(axis=(0, 1))
    return {
        **{name: np.moveaxis(array, 2, 0) for name, array in arrays.items()},
        "side": parts.inputs.shape[0],
        "padding": parts.origins[..., 0, 0] == PADDING,
        "sums": sums.tolist(),
        "order": np.argsort(-np.abs(sums), kind="stable").tolist(),
        "total": total,
        "scales": {name: scale_of(array, None if name == "inputs" else "diverging") for name, array in arrays.items()},
    }


def _softmax(explanation: Explanation) -> dict[str, Any]:
    """The values that take part in a softmax, with their exponentials."""
    if explanation.logits is None:
        return {"logits": None}
    logits = explanation.logits.astype(np.float64)
    exponentials = np.exp(logits - logits.max())
    return {
        "logits": logits.tolist(),
        "exponentials": exponentials.tolist(),
        "shares": (exponentials / exponentials.sum()).tolist(),
        "exponentialSum": exponentials.sum(),
    }
