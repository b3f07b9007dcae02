"""Digits drawn with a pen, to measure how well a network reads drawings. Never trained upon, nor chosen with.

Each digit has several shapes of our own design, European and American ones, as control points in a box one high:
x to the right, y down. A stroke is the smooth curve that Chaikin's corner cutting makes of its points (G. Chaikin,
"An Algorithm for High Speed Curve Generation", 1974); a point given twice stays a corner.
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

CANVAS = 280
PEN = (10.0, 26.0)  # smallest and largest width of the line, in pixels
SIZE = (60.0, 220.0)
"""Smallest and largest longer side of a digit, from middle of the line to middle of the line, in pixels."""
MIN_PENS = 3.5
"""A digit is at least so many pens large: below, the holes of an 8 run full of ink and no one could read it."""
SUPERSAMPLING = 4

Stroke = str  # control points `x,y` separated by spaces, in hundredths of the box's height

SHAPES: dict[int, tuple[tuple[Stroke, ...], ...]] = {
    0: (
        ("30,0 0,0 0,100 60,100 60,0 30,0",),
        ("35,0 5,0 -5,100 25,100 45,100 55,0 35,0 20,0",),
        ("40,2 5,-10 -20,40 -10,105 40,105 85,105 85,45 75,-5 35,0",),
    ),
    1: (
        ("0,0 0,100",),
        ("-25,28 0,0 0,0 0,100",),
        ("-35,42 -5,18 0,0 0,0 0,100",),
        ("-20,22 0,0 0,0 0,100", "-22,100 22,100"),
    ),
    2: (
        ("0,25 5,-5 60,-5 65,30 55,55 0,100 0,100 65,100",),
        ("5,15 25,-5 65,0 60,35 40,75 5,105 5,80 25,85 45,105 75,92",),
        ("0,20 10,0 55,-10 60,30 45,65 -5,100 -5,100 30,95 65,100",),
    ),
    3: (
        ("5,10 20,-5 65,-5 60,45 25,47 25,47 70,48 70,105 15,105 0,88",),
        ("0,0 55,0 55,0 22,42 22,42 70,40 70,105 15,105 0,90",),
        ("0,12 25,-8 65,5 50,45 20,48 60,50 70,95 25,110 -5,90",),
    ),
    4: (
        ("45,0 0,65 0,65 70,65", "50,35 50,100"),
        ("5,0 0,50 0,50 60,48", "55,0 52,100"),
        ("48,100 48,0 48,0 0,68 0,68 70,68",),
        ("10,5 -5,60 25,60 60,50", "60,5 50,100"),
    ),
    5: (
        ("60,0 10,0 10,0 5,42 5,42 30,30 70,40 70,100 25,105 0,92",),
        ("10,0 5,42 5,42 40,32 70,50 65,100 25,105 0,90", "10,0 60,0"),
        ("55,2 15,0 15,0 5,45 5,45 45,35 65,65 50,105 -5,98",),
    ),
    6: (
        ("50,0 10,20 -10,80 10,100 45,105 65,75 50,50 15,50 0,75",),
        ("35,0 5,50 0,100 30,105 60,95 55,55 25,52 5,75",),
        ("60,5 30,-5 0,25 -5,80 15,105 60,105 65,60 25,50 2,72",),
    ),
    7: (
        ("0,0 60,0 60,0 20,100",),
        ("0,0 60,0 60,0 20,100", "12,50 62,50"),
        ("0,15 0,0 0,0 62,0 62,0 30,50 28,100",),
        ("0,5 25,10 62,0 62,0 35,45 20,100", "12,48 55,45"),
    ),
    8: (
        ("30,48 0,40 0,0 30,0 60,0 60,40 30,48 -5,58 -5,100 30,100 65,100 65,58 30,48",),
        ("55,12 35,-8 0,5 10,35 35,52 70,65 60,105 10,105 -5,75 20,55 55,40 62,20 50,8",),
        ("30,0 5,0 5,45 30,45 55,45 55,0 30,0", "30,45 -5,45 -5,100 30,100 65,100 65,45 30,45"),
    ),
    9: (
        ("58,15 40,-8 0,0 0,45 30,55 55,40 58,10 58,10 55,60 50,100",),
        ("58,20 45,-5 5,-5 0,40 25,55 55,40 58,15 58,15 65,70 50,105 25,105 5,92",),
        ("55,5 20,-8 -5,25 10,50 40,50 55,5 55,5 55,100",),
    ),
}


def drawings(n: int, seed: int = 0) -> Iterator[tuple[np.ndarray, int]]:
    """Yield `n` drawings with their digits, which take turns: (uint8 (280, 280, 4), 0 to 9)."""
    rng = np.random.default_rng(seed)
    for index in range(n):
        yield draw(index % len(SHAPES), rng), index % len(SHAPES)


def draw(digit: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a digit as someone might: shape, unsteadiness, proportions, slant, size, place and pen by chance.

    What the drawing canvas gives: uint8 (280, 280, 4), a white line with round ends on black, anti-aliased.
    """
    shapes = SHAPES[digit]
    pen = rng.uniform(*PEN)
    size = rng.uniform(max(SIZE[0], MIN_PENS * pen), SIZE[1])
    stretch, slant = rng.uniform(0.8, 1.25), rng.uniform(-0.15, 0.3)
    strokes = []
    for stroke in shapes[rng.integers(len(shapes))]:
        points = np.array([point.split(",") for point in stroke.split()], np.float64) / 100
        repeated = np.all(np.diff(points, axis=0, prepend=np.inf) == 0, axis=1)
        tremor = rng.normal(0, 0.02, points.shape)
        tremor[repeated] = tremor[np.flatnonzero(repeated) - 1]
        strokes.append(smooth((points + tremor) @ [[stretch, 0], [-slant, 1]]))
    low, high = np.min(np.concatenate(strokes), axis=0), np.max(np.concatenate(strokes), axis=0)
    scale = size / np.max(high - low)
    margin = pen / 2 + 1
    place = rng.uniform(margin, CANVAS - margin - (high - low) * scale)
    return ink([(stroke - low) * scale + place for stroke in strokes], pen)


def smooth(points: np.ndarray, rounds: int = 4) -> np.ndarray:
    """Cut corners: float (n, 2) -> float (m, 2); the ends and the points given twice stay where they are."""
    for _ in range(rounds):
        first, second = points[:-1], points[1:]
        cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points


def ink(strokes: list[np.ndarray], pen: float) -> np.ndarray:
    """Draw polylines (points float (n, 2), x and y in pixels) with a round pen: uint8 (280, 280, 4)."""
    sheet = Image.new("L", (CANVAS * SUPERSAMPLING, CANVAS * SUPERSAMPLING))
    brush = ImageDraw.Draw(sheet)
    width = pen * SUPERSAMPLING
    for stroke in strokes:
        points = [(float(x), float(y)) for x, y in stroke * SUPERSAMPLING]
        brush.line(points, fill=255, width=round(width))
        for point in points:
            brush.circle(point, width / 2, fill=255)
    return np.asarray(sheet.reduce(SUPERSAMPLING).convert("RGBA"))
