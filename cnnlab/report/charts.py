"""The pictures of a lesson report, each as a piece of HTML that needs nothing else: curves as SVG, digits as PNG."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
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
    places = {"WIDTH": WIDTH, "HEIGHT": HEIGHT, "LEFT": LEFT, "RIGHT": RIGHT, "BOTTOM": BOTTOM}
    return TEMPLATES.get_template("chart.html").render(
        places,
        title=title,
        lines=[(line, _points(line, last, top)) for line in lines],
        last=last,
        top=top,
        is_cut=any((y > top).any() for y in values),
        percent=percent,
        ticks=ticks,
        x=_x,
        y=_y,
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


def _points(line: Line, last: float, top: float) -> list[tuple[float, float]]:
    known = np.isfinite(line.y)
    x, y = thin(line.x[known], np.minimum(line.y[known], top))
    return [(_x(a, last), _y(b, top)) for a, b in zip(x, y, strict=True)]


def _x(value: float, last: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * value / last, 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)
