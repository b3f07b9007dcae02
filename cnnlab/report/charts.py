"""The pictures of a lesson report, each as a piece of HTML that needs nothing else: curves as SVG, digits as PNG."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 420, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 34
"""What is left free around the curves for the axes, in the SVG's own units."""
MAX_POINTS = 300
"""Steps into which a long curve is cut: of each, the least and the largest value are kept."""
NUM_TICKS = 5
CUT_OFF = 0.99
"""Share of the batches that must be seen: the highest losses of a run that broke down would flatten all others."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve: float (n,) each; what is not finite is left out. `name` is its class in the report's style as well."""

    name: str
    x: np.ndarray
    y: np.ndarray
    has_dots: bool = True


def chart(title: str, lines: Sequence[Line], *, percent: bool = False) -> str:
    """Draw curves over the number of updates, from zero; percent: shares from 0 to 1, written as such."""
    values = [line.y[np.isfinite(line.y)] for line in lines]
    last = max((float(line.x.max()) for line in lines if len(line.x)), default=1.0)
    highest = max((float(np.quantile(y, CUT_OFF)) for y in values if len(y)), default=1.0)
    top = 1.0 if percent else highest * 1.05 or 1.0
    is_cut = any((y > top).any() for y in values)
    across = [_mark(_x(tick, last), HEIGHT - BOTTOM + 16, f"{tick:,g}", "middle") for tick in ticks(last)]
    up = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(tick, top)}" y2="{_y(tick, top)}"/>'
        + _mark(LEFT - 6, _y(tick, top) + 4, f"{100 * tick:g} %" if percent else f"{tick:g}", "end")
        for tick in ticks(top)
    ]
    drawn = [_curve(line, last, top) for line in lines]
    name = _mark((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, "updates", "middle")
    words = f"{title} over {last:,.0f} updates"
    return (
        f'<figure class="chart"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words)}">'
        f"{''.join(up + across)}{name}{''.join(drawn)}</svg>"
        f"<figcaption>{escape(title)}{f'; what is above {top:.3g} is cut off' if is_cut else ''}</figcaption></figure>"
    )


def ticks(top: float) -> list[float]:
    """Round numbers from 0 to `top`, about five steps of 1, 2 or 5 times a power of ten."""
    rough = top / NUM_TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [float(f"{number * step:.6g}") for number in range(int(top / step + 1e-9) + 1)]


def thin(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Keep the extremes: of each of MAX_POINTS parts of a curve its least and its largest value, in their order."""
    if len(y) <= 2 * MAX_POINTS:
        return x, y
    places: list[int] = []
    for part in np.array_split(np.arange(len(y)), MAX_POINTS):
        places += sorted({int(part[y[part].argmin()]), int(part[y[part].argmax()])})
    return x[places], y[places]


def digit(picture: np.ndarray, caption: str) -> str:
    """Show a digit, uint8 (28, 28), with a line of plain text below it."""
    buffer = BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    source = base64.b64encode(buffer.getvalue()).decode("ascii")
    words = escape(caption)
    return (
        f'<figure class="digit"><img src="data:image/png;base64,{source}" alt="{words}">'
        f"<figcaption>{words}</figcaption></figure>"
    )


def _curve(line: Line, last: float, top: float) -> str:
    """One curve, and a dot at each of its points."""
    known = np.isfinite(line.y)
    x, y = thin(line.x[known], np.minimum(line.y[known], top))
    points = [(_x(a, last), _y(b, top)) for a, b in zip(x, y, strict=True)]
    dots = "".join(f'<circle cx="{a}" cy="{b}" r="2.6"/>' for a, b in points) if line.has_dots else ""
    path = " ".join(f"{a},{b}" for a, b in points)
    return f'<g class="{escape(line.name)}"><polyline points="{path}"/>{dots}</g>'


def _x(value: float, last: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * value / last, 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)


def _mark(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
