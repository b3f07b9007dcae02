"""A network drawn to scale, as SVG: every layer's maps as a stack of planes, from the picture to the ten classes.

Planes and their number are true to one scale for all layers; of many planes only some edges are drawn. A layer that
leaves the maps alone (batch normalisation, dropout) is one plane. The length of a vector goes by its logarithm. The
form is that of LeCun et al. (1998) and Krizhevsky et al. (2012).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

import numpy as np

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


@dataclass(frozen=True)
class _Block:
    """One layer's output: what is written about it and where it stands, with its left end at `x`."""

    layer: Layer | None
    shape: Shape
    x: float = 0.0
    middle: float = 0.0

    @property
    def name(self) -> str:
        return type(self.layer).__name__ if self.layer else "Input"

    @property
    def names(self) -> list[str]:
        return self.name.replace("Batch", "Batch ").replace("Average", "Average ").split()

    @property
    def details(self) -> list[str]:
        return list(_details(self.layer)) if self.layer else []

    @property
    def is_map(self) -> bool:
        return len(self.shape) > 1

    @property
    def num_planes(self) -> int:
        return 1 if isinstance(self.layer, BatchNormalization | Dropout) else self.shape[-1]

    @property
    def depth(self) -> float:
        return PLANE * self.num_planes if self.is_map else BAR

    @property
    def width(self) -> float:
        """Of what is drawn."""
        return self.depth + (self.shape[1] * PIXEL * AWAY[0] if self.is_map else 0)

    @property
    def words(self) -> float:
        """Width of what is written."""
        return TEXT_WIDTH * max(map(len, (*self.names, *self.details, dimensions(self.shape))))

    @property
    def height(self) -> float:
        """Of a vector's bar."""
        return TALLEST * math.log2(1 + self.shape[0]) / math.log2(1 + LONGEST_VECTOR)

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
    blocks, width = _placed(blocks, (head + foot) / 2)
    height = foot + LINE * (1 + max(len(block.details) for block in blocks)) + MARGIN
    parts = [part for block in blocks for part in (*_drawn(block, colours[block.name]), *_labels(block, head, foot))]
    parts += [part for before, after in pairwise(blocks) for part in _between(before, after)]
    parts += [_ink(blocks[0], picture), *_classes(blocks[-1])]
    in_words = ", ".join(f"{block.name} {dimensions(block.shape)}" for block in blocks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="11.5" color="#1B2333">'
        f"<title>{escape(f'The network to scale: {in_words}')}</title>{''.join(parts)}</svg>"
    )


def _placed(blocks: Sequence[_Block], middle: float) -> tuple[list[_Block], float]:
    """The blocks beside each other, each in the middle of its words, and the width of all."""
    placed: list[_Block] = []
    x = MARGIN
    for block in blocks:
        placed.append(replace(block, x=x + max(0.0, (block.words - block.width) / 2), middle=middle))
        x += max(block.width, block.words) + GAP
    return placed, x - GAP + MARGIN + (CLASSES_WIDTH if _is_head(blocks[-1]) else 0)


def _details(layer: Layer) -> Iterator[str]:
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


def _tag(name: str, text: str = "", **attributes: str | float | None) -> str:
    """An SVG element; a `_` in an attribute's name stands for `-`, and None for no attribute."""
    written = {
        key.replace("_", "-"): f"{round(value, 2):g}" if isinstance(value, float) else value
        for key, value in attributes.items()
        if value is not None
    }
    inside = "".join(f' {key}="{value}"' for key, value in written.items())
    return f"<{name}{inside}>{text}</{name}>" if text else f"<{name}{inside}/>"


def _drawn(block: _Block, colour: str) -> Iterator[str]:
    """A box of planes, or a bar."""
    if not block.is_map:
        top = block.middle - block.height / 2
        yield _tag("rect", x=block.x, y=top, width=BAR, height=block.height, rx=2, fill=colour)
        return
    height, width, _ = block.shape
    front = [block.at(0, 0, 0), block.at(0, 0, 1), block.at(height, 0, 1), block.at(height, 0, 0)]
    above = [block.at(0, 0, 0), block.at(0, 0, 1), block.at(0, width, 1), block.at(0, width, 0)]
    last = [block.at(0, 0, 1), block.at(0, width, 1), block.at(height, width, 1), block.at(height, 0, 1)]
    paint = {"fill": colour, "stroke": colour, "stroke_linejoin": "round"}
    for face, share in ((front, 0.75), (above, 0.55), (last, 1.0)):
        yield _tag("polygon", points=_points(face), fill_opacity=share, **paint)
    num_edges = min(block.num_planes, MAX_EDGES)
    edges = (
        f"M{_points([block.at(height, 0, at)])}L{_points([block.at(0, 0, at), block.at(0, width, at)])}"
        for at in (number / num_edges for number in range(1, num_edges))
    )
    yield _tag("path", d="".join(edges), fill="none", stroke="#FFFFFF", stroke_opacity=0.55, stroke_width=0.6)


def _between(before: _Block, after: _Block) -> Iterator[str]:
    """How a layer comes from the one before: through a window that slides, or from every value to every value."""
    line = {"fill": "none", "stroke": "currentColor"}
    if isinstance(after.layer, Conv2D | Pooling2D):
        height, width, _ = before.shape
        size = min(after.layer.window()[0], height, width)
        top, left = (height - size) / 2, (width - size) / 2
        corners = [
            before.at(top + size * down, left + size * right, 1) for down, right in ((0, 0), (0, 1), (1, 1), (1, 0))
        ]
        target = _points([after.at(after.shape[0] / 2, 0, 0)])
        yield _tag("polygon", points=_points(corners), fill="#FFFFFF", fill_opacity=0.35, stroke="#FFFFFF")
        lines = "".join(f"M{_points([corner])}L{target}" for corner in corners[1:3])
        yield _tag("path", d=lines, stroke_opacity=0.6, stroke_dasharray="3 2", **line)
    elif not after.is_map and not isinstance(after.layer, BatchNormalization | Dropout):
        ends = [before.end(1, 0), after.end(0, 0), after.end(0, 1), before.end(1, 1)]
        share, dashes = (0.16, None) if isinstance(after.layer, Dense) else (0.05, "3 2")
        yield _tag("polygon", points=_points(ends), fill="currentColor", fill_opacity=share)
        lines = f"M{_points(ends[:2])}M{_points(ends[2:])}"
        yield _tag("path", d=lines, stroke_opacity=0.4, stroke_dasharray=dashes, **line)


def _ink(block: _Block, picture: np.ndarray | None) -> str:
    """The picture on its plane, row by row in runs of one brightness."""
    if picture is None:
        return ""
    x, y = block.at(0, 0, 1)
    runs = []
    for top, row in enumerate(np.round(picture / 255 * 5).astype(int)):
        starts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        runs += [
            _tag("rect", x=left, y=top, width=right - left, height=1, opacity=row[left] / 5)
            for left, right in pairwise(starts)
            if row[left]
        ]
    matrix = f"matrix({PIXEL * AWAY[0]:.3f} {PIXEL * AWAY[1]:.3f} 0 {PIXEL} {x:.1f} {y:.1f})"
    return _tag("g", "".join(runs), fill="#FFFFFF", transform=matrix)


def _is_head(block: _Block) -> bool:
    return isinstance(block.layer, Dense) and block.shape == (NUM_CLASSES,)


def _classes(block: _Block) -> Iterator[str]:
    """The ten digits, each with a line from its unit."""
    x = block.x + block.width
    for digit in range(NUM_CLASSES if _is_head(block) else 0):
        share = (digit + 0.5) / NUM_CLASSES
        y = block.middle + (share - 0.5) * TALLEST
        ends = _points([block.end(1, share), (x + 18, y)])
        yield _tag("path", d=f"M{ends}", stroke="currentColor", stroke_opacity=0.4)
        yield _tag("text", str(digit), x=x + 24, y=y + 4, text_anchor="middle", fill="currentColor")


def _labels(block: _Block, head: float, foot: float) -> Iterator[str]:
    """The layer's name above, its shape and its details below."""
    x, names, details = block.x + block.width / 2, block.names, block.details
    texts = [(head + LINE * number, name, "bold", 1.0) for number, name in enumerate(names, 1 - len(names))]
    texts += [(foot + LINE, dimensions(block.shape), "bold", 1.0)]
    texts += [(foot + LINE * number, words, "normal", 0.75) for number, words in enumerate(details, 2)]
    paint = {"fill": "currentColor", "text_anchor": "middle"}
    for y, text, weight, share in texts:
        yield _tag("text", escape(text), x=x, y=y, fill_opacity=share, font_weight=weight, **paint)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
