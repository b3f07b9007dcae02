"""Trace: how one number came about, and where each number in it comes from, down to the pixels.

The way that was gone stands in the address, so that it can be linked: `?view=Trace&at=8.7_7.31` is unit 7 of layer 8
and unit 31 of layer 7, layers counted from 1 as on the page (0 is the picture), everything else from 0.
"""

from typing import Any

import numpy as np

from cnnlab.explain.trace import PIXELS, Cell, Explanation, check_cell, explain, output_shape, seen_pixels
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dropout, Flatten, dimensions
from pages.parts.look_inside import go_to_view
from ui import colours
from ui.address import asked
from ui.components.trace import Crumb, Scene, largest_terms, trace
from ui.figures import short
from ui.lesson import try_this
from ui.subject import Subject

Path = tuple[Cell, ...]
KEY = "trace"
VECTOR, MAP = 1, 3


def show(subject: Subject) -> None:
    """Take apart the value at the end of the path in the address; without one, the score of the class that won."""
    last = len(subject.traces) - 1
    path = read_path(subject, asked("at") or "")
    path = path or (Cell(last, (int(subject.probabilities.argmax()),)),)
    explanation = _explain(subject, path[-1])
    trace(explanation, _scene(subject, path, explanation), key=KEY, went=lambda went: _go(path, explanation, went))
    try_this(
        "clicking the largest number, again and again.",
        "that a score is nothing but sums and products of your own network's numbers, and that after a few steps you "
        "stand on pixels.",
    )


def _explain(subject: Subject, cell: Cell) -> Explanation:
    network = subject.network
    return explain(network.experiment.architecture, network.weights, subject.prepared, subject.traces, cell)


def write_path(path: Path) -> str:
    """A path as it stands in the address."""
    return "_".join(".".join(map(str, (cell.layer_index + 1, *cell.position))) for cell in path)


def read_path(subject: Subject, text: str) -> Path:
    """The path in the address, as far as this network has it: each value is one that the value before is made from."""
    path: list[Cell] = []
    for word in text.split("_"):
        try:
            layer, *position = (int(part) for part in word.split("."))
            cell = Cell(layer - 1, tuple(position))
            check_cell(subject.network.experiment.architecture, cell)
        except ValueError:
            break
        if path and not _explain(subject, path[-1]).is_made_from(cell):
            break
        path.append(cell)
    return tuple(path)


def next_path(path: Path, explanation: Explanation, went: dict[str, Any]) -> Path:
    """Where a click leads (see `ui.components.trace`): another value beside this one begins a way of its own.

    A click on what has gone meanwhile leads nowhere.
    """
    here = path[-1]
    if went["at"] != len(path):
        return path
    if "crumb" in went:
        return path[: went["crumb"] + 1]
    if "unit" in went:
        return (Cell(here.layer_index, (*here.position[:-1], went["unit"])),)
    if "cell" in went:
        return (Cell(here.layer_index, (*went["cell"], *here.position[2:])),)
    origin = explanation.origin(tuple(went["input"]))
    return path if origin is None else (*path, origin)


def _go(path: Path, explanation: Explanation, went: dict[str, Any]) -> None:
    go_to_view("Trace", at=write_path(next_path(path, explanation, went)))


def name_of(architecture: Architecture, cell: Cell) -> str:
    """A value in a few words: "class 7", "unit 31", "map 9 (2, 3)", "pixel (5, 6)"."""
    if cell.layer_index == PIXELS:
        return f"pixel ({cell.position[0]}, {cell.position[1]})"
    if len(cell.position) == MAP:
        row, column, channel = cell.position
        return f"map {channel} ({row}, {column})"
    if cell.layer_index == len(architecture.layers) - 1:
        return f"class {cell.position[0]}"
    is_flat = isinstance(architecture.layers[cell.layer_index], Flatten)
    return f"{'value' if is_flat else 'unit'} {cell.position[0]}"


def _scene(subject: Subject, path: Path, explanation: Explanation) -> Scene:
    """What stands around the arithmetic."""
    architecture = subject.network.experiment.architecture
    cell = path[-1]
    values = _output(subject, cell.layer_index)
    layer = None if cell.layer_index == PIXELS else architecture.layers[cell.layer_index]
    kind = "Input" if layer is None else type(layer).__name__
    words = [kind if layer is None else f"Layer {cell.layer_index + 1}, {kind}", short(layer) if layer else ""]
    unit_kind = "unit" if cell.layer_index < len(architecture.layers) - 1 else "class"
    return Scene(
        path=[_crumb(subject, step) for step in path],
        title=" · ".join(word for word in (*words, dimensions(values.shape)) if word),
        digit=subject.image,
        square=seen_pixels(architecture, cell),
        this_map=values[..., cell.position[-1]] if values.ndim == MAP else None,
        activation=getattr(layer, "activation", "linear"),
        input_names=_input_names(architecture, explanation),
        unit_names=[f"{unit_kind} {unit}" for unit in range(values.shape[-1])],
        note=_note(architecture, subject.image, explanation),
    )


def _output(subject: Subject, layer_index: int) -> np.ndarray:
    return subject.prepared if layer_index == PIXELS else subject.traces[layer_index].output


def _crumb(subject: Subject, cell: Cell) -> Crumb:
    architecture = subject.network.experiment.architecture
    kind = "Input" if cell.layer_index == PIXELS else type(architecture.layers[cell.layer_index]).__name__
    value = float(_output(subject, cell.layer_index)[cell.position])
    return Crumb(name_of(architecture, cell), value, colours.LAYERS[kind])


def _input_names(architecture: Architecture, explanation: Explanation) -> list[str]:
    """What the inputs are called, see `Scene`."""
    below = explanation.cell.layer_index - 1
    parts = explanation.parts
    if parts.operation == "pixel":
        return []
    if parts.operation == "convolution":
        return ["picture"] if below == PIXELS else [f"map {channel}" for channel in range(parts.inputs.shape[2])]
    if parts.products is not None:
        return [_name_through_copies(architecture, Cell(below, (int(unit),))) for unit in largest_terms(parts.products)]
    origin = explanation.origin((0,) * parts.inputs.ndim)
    return [name_of(architecture, origin)] if origin else []


def _name_through_copies(architecture: Architecture, cell: Cell) -> str:
    """The value's name, and after Flatten or Dropout that of the value that was copied: "217: map 9 (2, 3)"."""
    source = cell
    while source.layer_index != PIXELS and isinstance(architecture.layers[source.layer_index], Flatten | Dropout):
        shape = output_shape(architecture, source.layer_index - 1)
        is_flat = isinstance(architecture.layers[source.layer_index], Flatten)
        position = tuple(map(int, np.unravel_index(source.position[0], shape))) if is_flat else source.position
        source = Cell(source.layer_index - 1, position)
    name = name_of(architecture, source)
    return name if len(source.position) == VECTOR else f"{cell.position[0]}: {name}"


def _note(architecture: Architecture, digit: np.ndarray, explanation: Explanation) -> str:
    """What there is to say of a value that was only copied, or of a pixel."""
    cell = explanation.cell
    if explanation.parts.operation == "pixel":
        row, column, _ = cell.position
        grey = round(float(digit[row, column]) * 255)
        return f"A pixel of the picture, {grey} on its scale from 0 (black) to 255 (white). Here the way ends."
    if explanation.parts.operation != "copy":
        return ""
    if isinstance(architecture.layers[cell.layer_index], Dropout):
        return "Dropout works in training only. When the network reads, it passes every value on as it is."
    shape = output_shape(architecture, cell.layer_index - 1)
    if len(shape) == VECTOR:
        return "What comes in is a row of values already: it is passed on as it is."
    row, column, channel = explanation.parts.origins[0]
    return (
        f"Flatten lays all maps in one row: index {cell.position[0]} = ({row} x {shape[1]} + {column}) x {shape[2]} "
        f"+ {channel}, which is row {row}, column {column} of map {channel}. The value stays the same."
    )
