"""Pictures that do not come from MNIST: photos that a learner brings, and some that are drawn here.

A picture is what a file holds once its packing is taken off: whole numbers from 0 to 255, height x width x channels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import cos, pi, sin
from struct import error as struct_error
from zlib import error as zlib_error

import numpy as np
from PIL import Image, ImageDraw, ImageOps

MAX_BYTES = 10_000_000
MAX_PIXELS = 60_000_000
MAX_SIDE = 1024  # longer side of what is kept of a photo, in pixels
FORMATS = ("PNG", "JPEG", "WEBP")
GREY_WEIGHTS = (0.299, 0.587, 0.114)
"""How much red, green and blue add to brightness (ITU-R BT.601, Pillow's "L")."""

COLOURS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "red": (255, 0, 0),
    "lime green": (0, 255, 0),
    "dark green": (0, 100, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "purple": (128, 0, 128),
    "orange": (255, 165, 0),
    "brown": (139, 69, 19),
    "pink": (255, 192, 203),
    "lavender": (230, 230, 250),
    "sky blue": (135, 206, 235),
}
"""Colours by name as red, green, blue, each 0 to 255: the CSS Color Module's numbers."""

_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, struct_error, zlib_error)
_SUPERSAMPLING = 4


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as numbers.

    `pixels`: uint8 (height, width, channels), 0 (dark) to 255 (light); 1 channel is grey, 3 are red, green, blue.
    """

    name: str
    pixels: np.ndarray

    def __post_init__(self) -> None:
        shape, dtype = self.pixels.shape, self.pixels.dtype
        if len(shape) != 3 or shape[2] not in (1, 3) or 0 in shape or dtype != np.uint8:  # noqa: PLR2004
            raise ValueError(
                "`pixels` must be an array of shape (height, width, 1 or 3) and dtype uint8. "
                f"Received: pixels of shape {shape} and dtype {dtype}"
            )


def read(data: bytes, name: str) -> Picture:
    """Read an uploaded file of at most 10 MB: PNG, JPEG or WebP of any mode, the first frame of a moving picture.

    A photo is turned upright as its camera noted (EXIF), what is transparent is laid over white paper, 16-bit values
    are brought to 0..255, and a longer side above 1024 pixels is brought to 1024.

    Raises:
        ValueError: when the file is too large, not a picture, damaged, or has too many pixels; a sentence for the
            person who chose the file, in which it is called `name`.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name} has {len(data) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB can be read")
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(_too_many(name)) from error
    except _UNREADABLE as error:
        raise ValueError(f"{name} is not a picture that can be read here: it must be PNG, JPEG or WebP") from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(_too_many(name))
        try:
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a large JPEG is unpacked at a fraction of its size
            image.load()
            upright = ImageOps.exif_transpose(image)
            picture = Picture(name, _to_bytes(upright))
        except _UNREADABLE as error:
            raise ValueError(f"{name} is damaged: only a part of the picture could be read") from error
    return resize(picture, MAX_SIDE) if max(picture.pixels.shape) > MAX_SIDE else picture


def _too_many(name: str) -> str:
    return f"{name} has too many pixels: at most {MAX_PIXELS / 1e6:.0f} million can be unpacked here"


def _to_bytes(image: Image.Image) -> np.ndarray:
    """Bring any of Pillow's modes to uint8 (height, width, 1 or 3)."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a pixel
        deep = np.asarray(image).astype(np.float64)
        return np.round(np.clip(deep, 0, 65_535) / 257).astype(np.uint8)[..., np.newaxis]
    is_grey = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    pixels = np.asarray(image.convert("L" if is_grey else "RGB"))
    return pixels[..., np.newaxis] if is_grey else pixels


def resize(picture: Picture, side: int) -> Picture:
    """Bring the longer side to `side` pixels and keep the proportions.

    Smaller: each new pixel is the mean of those that it covers. Larger: pixels are repeated, none is made up.
    """
    height, width, channels = picture.pixels.shape
    longer = max(height, width)
    new_height, new_width = (max(1, round(length * side / longer)) for length in (height, width))
    way = Image.Resampling.BOX if side < longer else Image.Resampling.NEAREST
    image = Image.fromarray(picture.pixels.squeeze(2) if channels == 1 else picture.pixels)
    resized = np.asarray(image.resize((new_width, new_height), way))
    return Picture(picture.name, resized.reshape(new_height, new_width, channels))


def to_grey(picture: Picture) -> Picture:
    """One channel: 0.299 red + 0.587 green + 0.114 blue, rounded. A grey picture comes back as it is."""
    if picture.pixels.shape[2] == 1:
        return picture
    grey = np.round(picture.pixels.astype(np.float64) @ GREY_WEIGHTS).astype(np.uint8)
    return Picture(picture.name, grey[..., np.newaxis])


def to_rgb(picture: Picture) -> Picture:
    """Three channels: a grey picture's channel three times. A colour picture comes back as it is."""
    if picture.pixels.shape[2] == 3:  # noqa: PLR2004
        return picture
    return Picture(picture.name, np.broadcast_to(picture.pixels, (*picture.pixels.shape[:2], 3)).copy())


def nearest_colour(red: int, green: int, blue: int) -> tuple[str, float]:
    """The name in `COLOURS` that is closest to a pixel, and its distance in the cube of 256 x 256 x 256 colours."""
    pixel = np.array([red, green, blue])
    distances = {name: float(np.linalg.norm(pixel - colour)) for name, colour in COLOURS.items()}
    name = min(distances, key=distances.__getitem__)
    return name, distances[name]


# --- drawn here ------------------------------------------------------------------------------------------------------
# Each drawing is given a canvas four times as large and the length of its side; edges get their greys from the mean.

Draw = Callable[[ImageDraw.ImageDraw, int], None]


def _drawn(name: str, mode: str, draw: Draw, side: int) -> Picture:
    if side < 1:
        raise ValueError(f"`side` must be at least 1. Received: side={side}")
    large = side * _SUPERSAMPLING
    image = Image.new(mode, (large, large))
    draw(ImageDraw.Draw(image), large)
    pixels = np.asarray(image)
    return resize(Picture(name, pixels if mode == "RGB" else pixels[..., np.newaxis]), side)


def _edges(pen: ImageDraw.ImageDraw, side: int) -> None:
    pen.rectangle((side * 0.12, side * 0.12, side * 0.46, side * 0.46), fill=255)
    pen.polygon([(side * 0.9, side * 0.1), (side * 0.9, side * 0.46), (side * 0.56, side * 0.46)], fill=255)
    for top, bottom, grey in ((0.58, 0.68, 128), (0.78, 0.88, 255)):
        pen.rectangle((side * 0.12, side * top, side * 0.88, side * bottom), fill=grey)


def _circle(pen: ImageDraw.ImageDraw, side: int) -> None:
    pen.ellipse((side * 0.14, side * 0.14, side * 0.86, side * 0.86), outline=255, width=max(1, round(side * 0.1)))


def _checkerboard(pen: ImageDraw.ImageDraw, side: int) -> None:
    cell = side / 7
    for row in range(7):
        for column in range(row % 2, 7, 2):
            left, top = round(column * cell), round(row * cell)
            right, bottom = round((column + 1) * cell) - 1, round((row + 1) * cell) - 1
            pen.rectangle((left, top, max(left, right), max(top, bottom)), fill=255)


def _gradient(pen: ImageDraw.ImageDraw, side: int) -> None:
    for column in range(side):
        pen.line((column, 0, column, side), fill=round(255 * column / max(side - 1, 1)))


def _letter(pen: ImageDraw.ImageDraw, side: int) -> None:
    for ends in ((0.18, 0.88, 0.5, 0.1), (0.5, 0.1, 0.82, 0.88), (0.3, 0.6, 0.7, 0.6)):
        pen.line([side * end for end in ends], fill=255, width=max(1, round(side * 0.11)))


def _stripes(pen: ImageDraw.ImageDraw, side: int) -> None:
    names = ("red", "yellow", "lime", "cyan", "blue", "magenta", "white")
    for number, name in enumerate(names):
        pen.rectangle((number * side / len(names), 0, (number + 1) * side / len(names), side), fill=name)


def _landscape(pen: ImageDraw.ImageDraw, side: int) -> None:
    for row in range(side):
        share = row / side
        pen.line((0, row, side, row), fill=(round(70 + 180 * share), round(140 + 70 * share), 235))
    pen.ellipse((side * 0.64, side * 0.1, side * 0.86, side * 0.32), fill=(255, 214, 64))
    pen.polygon([(0, side * 0.66), (side * 0.36, side * 0.3), (side * 0.74, side * 0.7)], fill=(112, 98, 140))
    pen.polygon([(side * 0.25, side * 0.41), (side * 0.36, side * 0.3), (side * 0.47, side * 0.41)], fill="white")
    pen.ellipse((-side * 0.3, side * 0.56, side * 1.1, side * 1.6), fill=(74, 146, 66))
    pen.rectangle((side * 0.56, side * 0.62, side * 0.78, side * 0.82), fill=(238, 226, 204))
    pen.polygon([(side * 0.53, side * 0.63), (side * 0.67, side * 0.5), (side * 0.81, side * 0.63)], fill=(190, 52, 40))
    pen.rectangle((side * 0.64, side * 0.7, side * 0.71, side * 0.82), fill=(96, 58, 30))


def _flower(pen: ImageDraw.ImageDraw, side: int) -> None:
    pen.rectangle((0, 0, side, side), fill=(24, 56, 40))
    pen.line([(side / 2, side / 2), (side * 0.54, side)], fill=(92, 168, 72), width=max(1, round(side * 0.05)))
    for petal in range(8):
        x, y = (0.5 + 0.24 * way(petal * pi / 4) for way in (cos, sin))
        box = (side * (x - 0.14), side * (y - 0.14), side * (x + 0.14), side * (y + 0.14))
        pen.ellipse(box, fill=(230, 230, 250) if petal % 2 else (214, 92, 168))
    pen.ellipse((side * 0.36, side * 0.36, side * 0.64, side * 0.64), fill=(246, 190, 44))


_GREY = {"Edges": _edges, "Circle": _circle, "Letter": _letter, "Checkerboard": _checkerboard, "Gradient": _gradient}
_COLOURED = {"Landscape": _landscape, "Flower": _flower, "Colour stripes": _stripes}
DRAWN: dict[str, Callable[[int], Picture]] = {
    name: partial(_drawn, name, mode, draw)
    for mode, drawings in (("L", _GREY), ("RGB", _COLOURED))
    for name, draw in drawings.items()
}
"""Pictures by name, grey ones first, each a function of its side in pixels: `DRAWN["Circle"](28)` is 28 x 28."""
