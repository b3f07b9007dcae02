"""A network drawn to scale, as SVG: every layer's maps as a stack of planes, from the picture to the ten classes.

Height and width of a plane and the number of planes are true to scale, one scale for all layers; of many planes only
some edges are drawn. The length of a vector goes by its logarithm. The form is that of LeCun et al. (1998) and
Krizhevsky et al. (2012).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from cnnlab.architecture import BatchNormalization, Conv2D, Dropout, LayerSummary, Pooling2D, Shape, dimensions

PIXEL = 4.0
"""Height of a pixel of a map in units of the drawing."""
AWAY = (0.42, -0.26)
"""Where a pixel to the right goes, as a share of PIXEL: away from the viewer."""
PLANE = 1.3
"""Thickness of one plane."""
MAX_EDGES = 24
BAR = 10.0
GAP = 30.0
LABEL = 15.0
MARGIN = 12.0
TOP, BOTTOM = 46.0, 44.0
TALLEST = 28 * PIXEL * (1 - AWAY[1])
"""Height of a plane of 28 x 28."""
TEXT_WIDTH = 6.4
"""Of a letter, about."""

Point = tuple[float, float]


@dataclass(frozen=True)
class _Block:
    """One layer's output at its place: `x` is its left end, `middle` the height of its middle."""

    shape: Shape
    x: float
    middle: float
    is_thin: bool

    @property
    def depth(self) -> float:
        return BAR if len(self.shape) == 1 else PLANE * (1 if self.is_thin else self.shape[2])

    @property
    def width(self) -> float:
        return self.depth + (self.shape[1] * PIXEL * AWAY[0] if len(self.shape) > 1 else 0)

    def at(self, down: float, right: float, deep: float) -> Point:
        """Where a point stands in the drawing: pixels down and right on the map, `deep` from 0 to 1 in the stack."""
        height, width, _ = self.shape
        x = self.x + deep * self.depth + right * PIXEL * AWAY[0]
        return x, self.middle + (down - height / 2) * PIXEL + (right - width / 2) * PIXEL * AWAY[1]


def svg(summaries: Sequence[LayerSummary], colours: Mapping[str, str], input_shape: Shape = (28, 28, 1)) -> str:
    """Draw a network, or a draft as far as its layers fit.

    Args:
        summaries: the layers with their shapes, in order.
        colours: `#RRGGBB` by the names of layer types, and of "Input".
        input_shape: (height, width, channels) of the picture.

    Returns:
        One `<svg>` element with a title that says the same in words. Its text has the colour of the text around it.
    """
    names = ["Input", *(type(summary.layer).__name__ for summary in summaries)]
    shapes = [input_shape, *(summary.output_shape for summary in summaries)]
    thin = [False, *(isinstance(summary.layer, BatchNormalization | Dropout) for summary in summaries)]
    blocks: list[_Block] = []
    x = MARGIN
    for name, shape, is_thin in zip(names, shapes, thin, strict=True):
        block = _Block(shape, x, TOP + TALLEST / 2, is_thin)
        words = max(len(name), len(dimensions(shape))) * TEXT_WIDTH
        inset = max(0.0, (words - block.width) / 2)
        blocks.append(_Block(shape, x + inset, block.middle, is_thin))
        x += max(block.width, words) + GAP
    width, height = x - GAP + MARGIN, TOP + TALLEST + BOTTOM
    parts = [part for block, name in zip(blocks, names, strict=True) for part in _drawn(block, colours[name])]
    parts += [part for number, summary in enumerate(summaries) for part in _seen(summary, *blocks[number : number + 2])]
    parts += [part for block, name in zip(blocks, names, strict=True) for part in _labels(block, name, height)]
    in_words = ", ".join(f"{name} {dimensions(shape)}" for name, shape in zip(names, shapes, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" font-family="sans-serif" font-size="11" color="#1B2333">'
        f"<title>{escape(f'The network to scale: {in_words}')}</title>{''.join(parts)}</svg>"
    )


def _drawn(block: _Block, colour: str) -> Iterator[str]:
    """A box of planes, or a bar."""
    if len(block.shape) == 1:
        tall = min(TALLEST, 14 + 11 * math.log2(block.shape[0]))
        yield (
            f'<rect x="{block.x:.1f}" y="{block.middle - tall / 2:.1f}" width="{BAR}" height="{tall:.1f}" rx="2" '
            f'fill="{colour}"/>'
        )
        return
    height, width, channels = block.shape
    front = [block.at(0, 0, 0), block.at(0, 0, 1), block.at(height, 0, 1), block.at(height, 0, 0)]
    above = [block.at(0, 0, 0), block.at(0, 0, 1), block.at(0, width, 1), block.at(0, width, 0)]
    last = [block.at(0, 0, 1), block.at(0, width, 1), block.at(height, width, 1), block.at(height, 0, 1)]
    for face, share in ((front, 0.75), (above, 0.55), (last, 1.0)):
        yield f'<polygon points="{_points(face)}" fill="{colour}" fill-opacity="{share}" stroke="{colour}"/>'
    num_edges = 0 if block.is_thin else min(channels, MAX_EDGES)
    edges = (
        f"M{_points([block.at(height, 0, at)])}L{_points([block.at(0, 0, at), block.at(0, width, at)])}"
        for at in (number / num_edges for number in range(1, num_edges))
    )
    yield f'<path d="{"".join(edges)}" fill="none" stroke="#FFFFFF" stroke-opacity="0.55" stroke-width="0.6"/>'


def _seen(summary: LayerSummary, before: _Block, after: _Block) -> Iterator[str]:
    """The window of a layer that slides, in the middle of what comes in, and the one value that it becomes."""
    if not isinstance(summary.layer, Conv2D | Pooling2D):
        return
    height, width, _ = before.shape
    size = min(summary.layer.window()[0], height, width)
    top, left = (height - size) / 2, (width - size) / 2
    corners = [before.at(top + down * size, left + right * size, 1) for down, right in ((0, 0), (0, 1), (1, 1), (1, 0))]
    target = _points([after.at(after.shape[0] / 2, 0, 0)])
    yield f'<polygon points="{_points(corners)}" fill="#FFFFFF" fill-opacity="0.35" stroke="#FFFFFF"/>'
    lines = "".join(f"M{_points([corner])}L{target}" for corner in corners[1:3])
    yield f'<path d="{lines}" fill="none" stroke="currentColor" stroke-opacity="0.6" stroke-dasharray="3 2"/>'


def _labels(block: _Block, name: str, height: float) -> Iterator[str]:
    """The layer's name above, its shape below."""
    x = block.x + block.width / 2
    for y, text, weight in ((LABEL, name, "bold"), (height - LABEL, dimensions(block.shape), "normal")):
        yield (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="currentColor" font-weight="{weight}">'
            f"{escape(text)}</text>"
        )


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
