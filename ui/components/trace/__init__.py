"""One value of a network taken apart: a click on any value that it was made from goes one step back.

All numbers come from `cnnlab.explain.trace`. The browser answers hovering and the arrow keys; a step asks Python.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.explain.trace import PADDING, Explanation
from ui.components import define, encode, scale_of

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


def trace(explanation: Explanation, scene: Scene, *, key: str, went: Callable[[], None]) -> None:
    """Show how a value came about.

    Args:
        explanation: the value and its parts.
        scene: what stands around them.
        key: the component's identity.
        went: called when the visitor clicks. `component_value(key, "go")` is then a dict with `at`, the length of the
            shown path, and one of `input` (its index), `cell` (row, column in the same map), `unit` (of the same
            softmax), `crumb` (its index in the path).
    """
    parts = explanation.parts
    _mount(
        key=key,
        data={
            "operation": parts.operation,
            "before": _number(explanation.before),
            "after": _number(explanation.after),
            "bias": _number(parts.bias),
            "constants": {name: _number(value) for name, value in parts.constants.items()},
            "winner": parts.winner,
            "position": explanation.cell.position,
            **_inputs(explanation),
            **_softmax(explanation),
            "path": [
                {"name": crumb.name, "value": _number(crumb.value), "colour": crumb.colour} for crumb in scene.path
            ],
            "title": scene.title,
            "digit": encode(scene.digit),
            "square": scene.square,
            "thisMap": None if scene.this_map is None else encode(scene.this_map),
            "thisShape": [] if scene.this_map is None else scene.this_map.shape,
            "thisScale": None
            if scene.this_map is None
            else scale_of(scene.this_map, "ink" if parts.operation == "pixel" else None),
            "activation": scene.activation,
            "inputNames": list(scene.input_names),
            "unitNames": list(scene.unit_names),
            "note": scene.note,
        },
        on_go_change=went,
    )


def largest_terms(products: np.ndarray) -> np.ndarray:
    """Indices of the products that are sent, the largest magnitude first: int (at most `MAX_TERMS`,)."""
    return np.argsort(-np.abs(products), kind="stable")[:MAX_TERMS]


def _inputs(explanation: Explanation) -> dict[str, Any]:
    """The inputs by operation, with weights and products where there are some."""
    parts = explanation.parts
    match parts.operation:
        case "convolution":
            assert parts.weights is not None and parts.products is not None  # noqa: S101, PT018 - for mypy
            sums = parts.products.sum(axis=(0, 1))
            return {
                "side": parts.inputs.shape[0],
                "inputs": encode(np.moveaxis(parts.inputs, 2, 0)),
                "weights": encode(np.moveaxis(parts.weights, 2, 0)),
                "products": encode(np.moveaxis(parts.products, 2, 0)),
                "padding": encode((parts.origins[..., 0, 0] == PADDING), "u1"),
                "sums": _numbers(sums),
                "order": np.argsort(-np.abs(sums), kind="stable").tolist(),
                "total": _number(parts.products.sum()),
                "scales": {
                    "inputs": scale_of(parts.inputs),
                    "weights": scale_of(parts.weights, "diverging"),
                    "products": scale_of(parts.products, "diverging"),
                },
            }
        case "dense":
            assert parts.weights is not None and parts.products is not None  # noqa: S101, PT018 - for mypy
            order = largest_terms(parts.products)
            total = float(parts.products.sum())
            rest = total - np.cumsum(parts.products[order], dtype=np.float64)
            return {
                "count": parts.inputs.size,
                "order": order.tolist(),
                "inputs": _numbers(parts.inputs[order]),
                "weights": _numbers(parts.weights[order]),
                "products": _numbers(parts.products[order]),
                "rest": [_number(total), *_numbers(rest)],
                "total": _number(total),
            }
        case _:
            shape = parts.inputs.shape if parts.inputs.ndim == 2 else (1, parts.inputs.size)  # noqa: PLR2004
            return {"inputs": encode(parts.inputs), "shape": shape, "scales": {"inputs": scale_of(parts.inputs)}}


def _softmax(explanation: Explanation) -> dict[str, Any]:
    """The values that take part in a softmax, with their exponentials."""
    if explanation.logits is None:
        return {"logits": None}
    logits = explanation.logits.astype(np.float64)
    exponentials = np.exp(logits - logits.max())
    return {
        "logits": _numbers(logits),
        "exponentials": _numbers(exponentials),
        "shares": _numbers(exponentials / exponentials.sum()),
        "exponentialSum": _number(exponentials.sum()),
    }


def _number(value: float) -> float | None:
    """A number for JSON, which knows neither NaN nor infinity: None."""
    return float(value) if np.isfinite(value) else None


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_number(value) for value in values]
