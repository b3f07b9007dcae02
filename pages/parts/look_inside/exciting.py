"""Excited by: the test digits that excite each filter or unit most, with the part that it saw."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnlab import mnist
from cnnlab.explain import excitation
from cnnlab.explain.excitation import NUM_DIGITS, Exciting
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D
from cnnlab.nn.receptive_field import Box, ReceptiveField
from ui import colours
from ui.address import asked_number, write
from ui.components.gallery import Item, gallery
from ui.computed import computed
from ui.controls import choose
from ui.figures import layer_name
from ui.frame import fragment
from ui.lesson import code, try_this
from ui.subject import Subject

LARGE, SMALL = 4, 2
"""Screen pixels a picture's pixel has, for the chosen unit and in the overview."""
GAP = 2
ONE_WIDTH, ALL_WIDTH, HEIGHT = 366, 410, 590
FRAME = "#FF9E2C"
DIMMED = 0.45


@dataclass(frozen=True, eq=False)
class Units:
    """The filters or units of one layer, and the digits that excite each most."""

    architecture: Architecture
    layer_index: int
    found: Exciting

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.found.indices)

    def name(self, unit: int) -> str:
        """A unit in two words."""
        layer = self.architecture.layers[self.layer_index]
        if isinstance(layer, Conv2D):
            return f"filter {unit}"
        return f"class {unit}" if layer is self.architecture.layers[-1] else f"unit {unit}"

    def sees(self) -> str:
        """How much of the picture a unit sees."""
        summary = self.architecture.summaries[self.layer_index]
        side = summary.receptive_field
        if len(summary.output_shape) == 1 and side == max(self.architecture.input_shape):
            return "It sees the whole digit."
        layers = self.architecture.layers[: self.layer_index + 1]
        is_padded = any(getattr(layer, "padding", "") == "same" for layer in layers)
        return f"Framed: the {side} x {side} pixels{', fewer at an edge,' * is_padded} behind its largest value."

    def framed(self, unit: int, place: int, scale: int) -> np.ndarray:
        """A digit enlarged, with a frame around what the unit saw of it and the rest dimmed: uint8 (h, w, 4)."""
        image = mnist.load().test.images[self.found.indices[unit, place], ..., 0]
        seen = self.architecture.summaries[self.layer_index].seen((*self.found.cells[unit, place], unit))
        return frame(image, seen, scale)

    def four(self, unit: int) -> np.ndarray:
        """A unit's four best digits in a square: uint8 (h, w, 4), see-through between them."""
        square = np.zeros((2 * SMALL * 28 + GAP, 2 * SMALL * 28 + GAP, 4), np.uint8)
        for place in range(4):
            top, left = ((SMALL * 28 + GAP) * at for at in divmod(place, 2))
            picture = self.framed(unit, place, SMALL)
            square[top : top + len(picture), left : left + len(picture)] = picture
        return square


@fragment
def show(subject: Subject) -> None:
    """Show one layer's units, one of them large; only this part runs again when a choice changes."""
    experiment, weights = subject.network.experiment, subject.network.weights
    architecture = experiment.architecture
    layers = architecture.with_kernels
    names = {index: layer_name(architecture, index) for index in layers}
    layer_index = choose("Layer", layers, f"exciting-layer-{'-'.join(names.values())}", format_func=names.__getitem__)
    found = computed(f"Searching {NUM_DIGITS:,} test digits", excitation.most_exciting, experiment, weights)
    if found is None:
        return
    units = Units(architecture, layer_index, found[layer_index])
    with st.container(horizontal=True, gap="medium"):
        one, every = st.container(width=ONE_WIDTH), st.container(width=ALL_WIDTH)
    with every:
        all_units(units)
    with one:
        one_unit(units, asked_number("unit", units.count) or 0)
    try_this(
        "a filter of the first layer, one of the second, and a unit of the last.",
        "how much more the framed parts have in common than the digits: a filter answers to a piece, not to a digit.",
    )
    code(excitation.search, ReceptiveField.after)


def all_units(units: Units) -> None:
    """Show every unit's four best digits; a click chooses the unit, and the address has it."""
    st.markdown("**All of this layer**, each with its first four: choose one.")
    with st.container(height=HEIGHT, border=False):
        gallery(
            [Item(units.four(unit), units.name(unit), id=unit) for unit in range(units.count)],
            key=f"exciting-all-{units.layer_index}",
            describe="All of this layer, each with the four digits that excite it most",
            size=2 * SMALL * 28 + GAP,
            choose="Show nine of",
            on_choose=_choose,
        )


def _choose(unit: int) -> None:
    write(unit=str(unit))


def one_unit(units: Units, unit: int) -> None:
    """Show a unit's nine best digits."""
    labels, values = mnist.load().test.labels[units.found.indices[unit]], units.found.values[unit]
    name = units.name(unit)
    st.markdown(f"**{name.capitalize()}** is excited most by these. {units.sees()}")
    gallery(
        [
            Item(units.framed(unit, place, LARGE), f"a {label}", f"{value:.2f}")
            for place, (label, value) in enumerate(zip(labels, values, strict=True))
        ],
        key="exciting-one",
        describe=f"The digits that excite {name} most, the strongest first, with its value",
        size=28 * LARGE,
    )
    activation = getattr(units.architecture.layers[units.layer_index], "activation", "linear")
    before = "" if activation == "linear" else f", before {activation}"
    said = f"Below each digit: the largest value{before}, of {NUM_DIGITS:,} test digits."
    if activation == "relu" and values[0] <= 0:
        said += " None is above zero: after relu it never answers, it is dead."
    st.caption(said)


def frame(image: np.ndarray, seen: Box, scale: int) -> np.ndarray:
    """A picture, uint8 (h, w), enlarged, with a frame around a part of it: uint8 (scale h, scale w, 4)."""
    inside = np.zeros(image.shape, bool)
    inside[seen.part] = True
    grey = np.where(inside, image, image * DIMMED).astype(np.uint8)
    large = np.kron(np.dstack([grey, grey, grey, np.full_like(image, 255)]), np.ones((scale, scale, 1), np.uint8))
    if not inside.all():
        top, bottom, left, right = (scale * side for side in (seen.top, seen.bottom, seen.left, seen.right))
        width = scale // 2
        part = large[top:bottom, left:right]
        for edge in (part[:width], part[-width:], part[:, :width], part[:, -width:]):
            edge[..., :3] = colours.rgb(FRAME)
    return large
