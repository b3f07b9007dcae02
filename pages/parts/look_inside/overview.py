"""Maps: the whole network for the digit in one picture, from the pixels on the left to the ten classes on the right."""

from typing import Any

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.doctor.distribution import Distribution, saturated, silent
from cnnlab.experiment import Experiment
from cnnlab.explain.contributions import strongest, wiring
from cnnlab.explain.trace import PIXELS, Cell
from cnnlab.nn import network
from cnnlab.nn.weights import Weights
from pages.parts.look_inside import go_to_view
from pages.parts.look_inside.trace import write_path
from ui import colours
from ui.components.overview import MAX_SOURCES, Column, overview
from ui.components.stacks import Stack, stacks
from ui.figures import short
from ui.lesson import try_this
from ui.subject import Subject
from ui.widgets import lasting

KEY = "overview"
NUM_SAMPLED = 100
"""Test digits that a unit must be silent for to be called dead."""


def show(subject: Subject) -> None:
    """Show every layer's maps and what they are made from."""
    columns = columns_of(subject)
    overview(columns, key=KEY, num_sampled=NUM_SAMPLED, traced=_trace)
    if lasting(st.toggle, "Show it in space, each layer a stack of planes", key="overview-stacks"):
        stacks([stack_of(column) for column in columns if column.values is not None], key="stacks")
    try_this(
        "pointing at a class, then at maps; click one to pin it, then choose another digit.",
        "how few maps carry most of an answer, and that maps get smaller and less like the digit, layer by layer.",
    )


def _trace(asked: dict[str, Any]) -> None:
    """Go to where the number that was clicked is taken apart."""
    go_to_view("Trace", at=write_path((Cell(asked["layer"], tuple(asked["position"])),)))


def stack_of(column: Column) -> Stack:
    """A layer as a stack of planes."""
    values = np.zeros(0) if column.values is None else column.values
    name = column.name if column.layer_index == PIXELS else f"{column.layer_index + 1}. {column.name}"
    kind: colours.Kind = "diverging" if (values < 0).any() else "sequential"
    return Stack(name, values, colours.LAYERS[column.name], "ink" if column.layer_index == PIXELS else kind)


def columns_of(subject: Subject) -> list[Column]:
    """The digit and all layers, as the component shows them."""
    experiment, weights = subject.network.experiment, subject.network.weights
    architecture, traces = experiment.architecture, subject.traces
    wirings = wiring(architecture, weights, subject.prepared, traces)
    never_active = _silent_for_all(experiment, weights)
    columns = [Column(PIXELS, "Input", "the digit", subject.prepared, spread=Distribution.of(subject.prepared))]
    for index, layer in enumerate(architecture.layers):
        name, settings = type(layer).__name__, short(layer)
        if index not in wirings:
            columns.append(Column(index, name, settings, None))
            continue
        output, wires = traces[index].output, wirings[index]
        own = [value.ravel() for value in weights.of_layer(index).values()]
        is_silent = silent(output)
        columns.append(
            Column(
                index,
                name,
                settings,
                output,
                silent=is_silent,
                dead=is_silent & never_active[index],
                saturated=saturated(output, getattr(layer, "activation", "linear")),
                spread=Distribution.of(output),
                weights=Distribution.of(np.concatenate(own)) if own else None,
                source=wires.source_index + 1,  # the digit's column stands before the layers'
                strongest=None if wires.amounts is None else strongest(wires.amounts, MAX_SOURCES),
                bias=wires.bias,
            )
        )
    return columns


@st.cache_data(
    max_entries=16,
    show_spinner="Sending 100 test digits through the network",
    hash_funcs={Experiment: Experiment.to_json},
)
def _silent_for_all(experiment: Experiment, weights: Weights) -> list[np.ndarray]:
    """For each layer, which maps or units are zero everywhere for all of the first `NUM_SAMPLED` test digits."""
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:NUM_SAMPLED]))
    outputs = [network.forward(experiment.architecture, weights, image) for image in images]
    return [np.all([silent(output) for output in layer], axis=0) for layer in zip(*outputs, strict=True)]
