"""A network drawn to scale, as SVG: every layer's maps as a stack of planes, from the picture to the ten classes.

Planes and their number are true to one scale for all layers; of many planes only some edges are drawn. A layer that
leaves the maps alone (batch normalisation, dropout) is one plane. The length of a vector goes by its logarithm. The
form is that of LeCun et al. (1998) and Krizhevsky et al. (2012).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cnnlab.limits import NUM_CLASSES, SIDE
from cnnlab.nn.architecture import LayerSummary
from cnnlab.nn.layers import (
    INPUT_SHAPE,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    Pooling2D,
    Shape,
    dimensions,
)

PIXEL = 4.0  # height of a pixel of a map in units of the drawing
AWAY = (0.42, -0.26)  # where a pixel to the right goes, as a share of PIXEL: away from the viewer
PLANE = 1.3  # thickness of one plane
MAX_EDGES = 24
BAR = 10.0
LONGEST_VECTOR = SIDE**2 * 128
"""What the largest map becomes when it is flattened: its bar is as high as a map of 28 x 28."""
GAP = 18.0
MARGIN = 8.0
LINE = 14.0
TEXT_WIDTH = 6.3  # of a letter, about
TALLEST = SIDE * PIXEL * (1 - AWAY[1])  # height of a plane of 28 x 28
CLASSES_WIDTH = 26.0

Point = tuple[float, float]

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
TEMPLATES.filters["short"] = lambda value: f"{round(value, 2):g}"
TEMPLATES.filters["points"] = lambda points: " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@dataclass
class _Block:
    """One layer's output: what is written about it and where it stands, with its left end at `x`."""

    layer: Layer | None
    shape: Shape
    x: float = 0.0
    middle: float = 0.0

    def __post_init__(self) -> None:
        self.name = type(self.layer).__name__ if self.layer else "Input"
        self.names = self.name.replace("Batch", "Batch ").replace("Average", "Average ").split()
        self.details = list(_details(self.layer))
        self.dimensions = dimensions(self.shape)
        self.is_map = len(self.shape) > 1
        self.is_thin = isinstance(self.layer, BatchNormalization | Dropout)
        self.is_head = isinstance(self.layer, Dense) and self.shape == (NUM_CLASSES,)
        self.has_window = isinstance(self.layer, Conv2D | Pooling2D)
        self.num_planes = 1 if self.is_thin else self.shape[-1]
        self.depth = PLANE * self.num_planes if self.is_map else BAR
        self.width = self.depth + (self.shape[1] * PIXEL * AWAY[0] if self.is_map else 0)  # of what is drawn
        self.words = TEXT_WIDTH * max(map(len, (*self.names, *self.details, self.dimensions)))  # its width
        self.height = TALLEST * math.log2(1 + self.shape[0]) / math.log2(1 + LONGEST_VECTOR)  # of a vector's bar

    def at(self, down: float, right: float, deep: float) -> Point:
        """Where a point stands in the drawing: pixels down and right on the map, `deep` from 0 to 1 in the stack."""
        height, width, _ = self.shape
        x = self.x + deep * self.depth + right * PIXEL * AWAY[0]
        return x, self.middle + (down - height / 2) * PIXEL + (right - width / 2) * PIXEL * AWAY[1]

    def end(self, side: int, share: float) -> Point:
        """A point on the left (0) or right (1) edge, from its top (0) to its bottom (1)."""
        if self.is_map:
            return self.at(share * self.shape[0], side * self.shape[1], side)
        return self.x + side * self.depth, self.middle + (share - 0.5) * self.height

    def faces(self) -> Iterator[tuple[list[Point], float]]:
        """The front, the upper and the last face of the box of planes, and how opaque each is."""
        height, width, _ = self.shape
        yield [self.at(0, 0, 0), self.at(0, 0, 1), self.at(height, 0, 1), self.at(height, 0, 0)], 0.75
        yield [self.at(0, 0, 0), self.at(0, 0, 1), self.at(0, width, 1), self.at(0, width, 0)], 0.55
        yield [self.at(0, 0, 1), self.at(0, width, 1), self.at(height, width, 1), self.at(height, 0, 1)], 1

    def edges(self) -> Iterator[list[Point]]:
        """What is seen of the planes between: up along the front and back along the upper face."""
        height, width, _ = self.shape
        num_edges = min(self.num_planes, MAX_EDGES)
        for deep in (number / num_edges for number in range(1, num_edges)):
            yield [self.at(height, 0, deep), self.at(0, 0, deep), self.at(0, width, deep)]

    def window(self, layer: Layer) -> list[Point]:
        """The corners of a window of the layer behind, in the middle of the last map."""
        height, width, _ = self.shape
        size = min(layer.window()[0], height, width)
        top, left = (height - size) / 2, (width - size) / 2
        return [self.at(top + size * down, left + size * right, 1) for down, right in ((0, 0), (0, 1), (1, 1), (1, 0))]


def svg(
    summaries: Sequence[LayerSummary],
    colours: Mapping[str, str],
    input_shape: Shape = INPUT_SHAPE,
    picture: np.ndarray | None = None,
) -> str:
    """Draw a network, or a draft as far as its layers fit, as one `<svg>` element in the colour of the text around it.

    `colours`: `#RRGGBB` by the names of layer types, and of "Input". `picture`: what is seen on the input, light on
    dark, uint8 (height, width); None: nothing. The element's title says the same in words.
    """
    blocks = [_Block(None, input_shape), *(_Block(summary.layer, summary.output_shape) for summary in summaries)]
    head = MARGIN + LINE * max(len(block.names) for block in blocks)
    foot = head + GAP + TALLEST + GAP
    right = MARGIN
    for block in blocks:  # beside each other, each in the middle of its words
        block.x, block.middle = right + max(0.0, (block.words - block.width) / 2), (head + foot) / 2
        right += max(block.width, block.words) + GAP
    x, y = blocks[0].at(0, 0, 1)
    drawn = TEMPLATES.get_template("diagram.jinja").render(
        blocks=blocks,
        pairs=pairwise(blocks),
        colours=colours,
        width=f"{right - GAP + MARGIN + CLASSES_WIDTH * blocks[-1].is_head:.0f}",
        height=f"{foot + LINE * (1 + max(len(block.details) for block in blocks)) + MARGIN:.0f}",
        head=head,
        foot=foot,
        line=LINE,
        tallest=TALLEST,
        num_classes=NUM_CLASSES,
        ink=None if picture is None else _ink(picture),
        matrix=f"matrix({PIXEL * AWAY[0]:.3f} {PIXEL * AWAY[1]:.3f} 0 {PIXEL} {x:.1f} {y:.1f})",
    )
    return drawn.replace("\n", "")


def _details(layer: Layer | None) -> Iterator[str]:
    """What is written below a layer, line by line: its window, what is special about that, its activation."""
    if isinstance(layer, Conv2D | Pooling2D):
        size, usual = (layer.kernel_size, 1) if isinstance(layer, Conv2D) else (layer.pool_size, layer.pool_size)
        strides = layer.window()[1]
        yield f"{size} x {size}"
        if strides != usual:
            yield f"strides {strides}"
        if layer.padding == "same":
            yield "same padding"
    if isinstance(layer, Conv2D) and layer.dilation_rate > 1:
        yield f"dilation {layer.dilation_rate}"
    if isinstance(layer, Dropout):
        yield f"rate {layer.rate:g}"
    if isinstance(layer, Conv2D | Dense):
        if layer.activation != "linear":
            yield layer.activation
        if not layer.trainable:
            yield "frozen"


def _ink(picture: np.ndarray) -> Iterator[tuple[int, int, int, float]]:
    """The picture row by row in runs of one brightness: the row, from which column to which, and how bright."""
    for top, row in enumerate(np.round(picture / 255 * 5).astype(int)):
        starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        yield from ((top, left, right, row[left] / 5) for left, right in pairwise(starts) if row[left])
