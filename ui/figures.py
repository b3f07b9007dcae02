"""What a network looks like: a row of layers, its kernels, its activation maps; charts and curves."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnlab.nn.architecture import Architecture, Check
from cnnlab.nn.layers import Conv2D, Dense, Layer, dimensions
from cnnlab.nn.network import LayerTrace
from cnnlab.runs.records import History
from ui import colours
from ui.components.architecture import LayerCard
from ui.components.curves import curves
from ui.components.maps import maps

MAX_MAPS = 64
FEW_MAPS, LARGE, SMALL = 16, 76, 52  # size in pixels


def short(layer: Layer) -> str:
    """A layer's settings in a few words: '32 filters 5 x 5, relu'."""
    values = dict(layer.settings())
    words: list[str] = []
    if isinstance(layer, Conv2D):
        words.append(f"{values.pop('filters')} filters {layer.kernel_size} x {values.pop('kernel_size')}")
    elif isinstance(layer, Dense):
        words.append(f"{values.pop('units')} units")
    elif hasattr(layer, "pool_size"):
        words.append(f"{layer.pool_size} x {layer.pool_size}")
        values.pop("pool_size", None)
    if "activation" in values:
        words.append(str(values.pop("activation")))
    is_frozen = values.pop("trainable", True) is False
    words += [f"{name.replace('_', ' ')} {value}" for name, value in values.items()]
    words += ["frozen"] if is_frozen else []
    return ", ".join(words)


def cards(layers: tuple[Layer, ...], report: Check, input_shape: tuple[int, ...] = (28, 28, 1)) -> list[LayerCard]:
    """The picture's cards: the input, then every layer, as far as shapes are known."""
    problem, summaries = report.problem, report.summaries
    result = [_card("Input", "one digit", input_shape, 0, None)]
    for index, layer in enumerate(layers):
        known = summaries[index] if index < len(summaries) else None
        shape, count = (known.output_shape, known.num_parameters) if known else (None, None)
        message = problem.message if problem and problem.layer_index == index else None
        result.append(_card(type(layer).__name__, short(layer), shape, count, message))
    return result


def _card(
    name: str, settings: str, shape: tuple[int, ...] | None, parameters: int | None, problem: str | None
) -> LayerCard:
    return {
        "name": name,
        "settings": settings,
        "output_shape": shape,
        "parameters": parameters,
        "colour": colours.LAYERS[name],
        "problem": problem,
    }


def run_curves(history: History, num_steps: int, batches_per_epoch: int, key: str, **look: Any) -> None:
    """Draw the curves of a run of so many updates, by batch and by epoch."""
    batches, epochs = history.batches, history.epochs
    curves(
        batches.step.astype(int),
        batches.loss,
        batches.accuracy,
        epochs.step.astype(int),
        epochs.loss,
        epochs.accuracy,
        epochs.val_loss,
        epochs.val_accuracy,
        num_steps,
        batches_per_epoch,
        key=key,
        **look,
    )


def chart(figure: go.Figure, key: str, *, x: Mapping[str, object], y: Mapping[str, object], **layout: object) -> None:
    """Show a Plotly chart that stands still: `x` and `y` are its axes, `layout` what is not as usual."""
    usual = {"height": 320, "margin": {"l": 0, "r": 0, "t": 10, "b": 0}}
    figure.update_layout(xaxis=x, yaxis=y, **(usual | layout))
    st.plotly_chart(figure, config={"displayModeBar": False}, key=key)


def to_bytes(image: np.ndarray) -> np.ndarray:
    """An image in [0, 1] as uint8 in [0, 255], of the same shape."""
    return np.round(image * 255).astype(np.uint8)


def layer_name(architecture: Architecture, index: int) -> str:
    """A layer as a page names it: "2. MaxPooling2D"."""
    return f"{index + 1}. {type(architecture.layers[index]).__name__}"


ink_maps = partial(maps, kind="ink", limit=1.0)
"""Digits and other pictures in [0, 1] as small pictures; see `maps`."""


def first_kernels(architecture: Architecture, weights: dict[str, np.ndarray]) -> None:
    """Show the weights that look straight at the picture, each filter as one."""
    index = next(index for index, summary in enumerate(architecture.summaries) if summary.layer.weight_shapes((1,)))
    layer = architecture.layers[index]
    kernel = weights.get(f"{index}/kernel")
    if kernel is None:
        st.caption(f"The first layer with weights is {type(layer).__name__}: it has no kernels to show.")
        return
    if isinstance(layer, Conv2D):
        pictures = kernel[:, :, 0]  # what comes in has one channel, because no convolution stands before it
        titles = [f"filter {number}" for number in range(layer.filters)]
    elif kernel.shape[0] == np.prod(architecture.input_shape):
        pictures = kernel.reshape(28, 28, -1)
        titles = [f"unit {number}" for number in range(kernel.shape[1])]
    else:
        st.caption(f"The first layer with weights is {type(layer).__name__}: it does not look straight at the picture.")
        return
    maps(
        np.moveaxis(pictures, 2, 0)[:MAX_MAPS],
        key=f"kernels-{index}-{pictures.shape}",
        titles=titles[:MAX_MAPS],
        kind="diverging",
        size=SMALL,
        describe=f"Layer {index + 1}, {type(layer).__name__}: orange adds where there is ink, blue takes away",
    )


def activation_maps(architecture: Architecture, traces: tuple[LayerTrace, ...], key: str) -> None:
    """Show every layer's output for one image, in order."""
    for index, (summary, trace) in enumerate(zip(architecture.summaries, traces, strict=True)):
        layer, output = summary.layer, trace.output
        name = type(layer).__name__
        words = (f"{index + 1}. {name}", short(layer), dimensions(summary.output_shape))
        heading = " · ".join(word for word in words if word)
        if name == "Dropout":
            st.markdown(f":small[{heading} · off when it reads: passes everything on as it is]")
            continue
        if output.ndim == 3:  # noqa: PLR2004 - height, width, channels
            pictures = np.moveaxis(output, 2, 0)[:MAX_MAPS]
            titles = [f"map {number}" for number in range(len(pictures))]
        else:
            pictures, titles = output[np.newaxis, np.newaxis], ["values"]
        if output.ndim == 3 and output.shape[2] > MAX_MAPS:  # noqa: PLR2004
            st.caption(f"The first {MAX_MAPS} of {output.shape[2]} maps.")
        maps(
            pictures,
            key=f"{key}-{index}-{output.shape}",
            titles=titles,
            kind="diverging" if (output < 0).any() else "sequential",
            size=LARGE if len(pictures) <= FEW_MAPS else SMALL,
            describe=heading,
        )
