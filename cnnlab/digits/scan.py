"""From a picture of ink on paper to light ink on black, as the drawing canvas gives it.

What a camera sees of a sheet is its ink times its light, and noise. The paper is what is left when all that is narrower
than a line can be is taken away (a morphological opening: Serra, "Image Analysis and Mathematical Morphology", 1982);
divided by it, shadows go. Lines that run straight across the whole sheet are ruled, not drawn. Ink is what then lies
above the threshold that best parts two groups of values (N. Otsu, "A Threshold Selection Method from Gray-Level
Histograms", 1979), or above the noise where that is higher, and is no speck; edges keep their greys.
"""

import numpy as np
from PIL import Image

LIGHT = 128  # grey from which paper is light, that is ink is dark
SIDE = 320  # longer side in pixels to which a larger picture is brought
WIDEST = 0.2  # of the longer side: what is narrower is ink, what is wider is paper in another light
FAINT = 0.12  # least darkness of ink, from 0 (paper) to 1
NOISE = 5  # standard deviations of noise that are no ink
SLOPES = np.tan(np.radians(np.arange(-8, 8.1, 0.5)))  # of ruled lines
RULED = 25  # percentile of darkness along a line: three quarters of a ruled one can be seen beside the digit
SPECK = 0.2  # what is smaller than this part of the largest piece, in both directions, is a speck
SMALLEST = 0.04  # what is smaller than this part of the picture's longer side is one too


def is_light(grey: np.ndarray) -> bool:
    """Whether a picture, uint8 (height, width), shows dark ink on light paper: paper is what most of its rim is."""
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool(np.median(rim) >= LIGHT)


def to_ink(grey: np.ndarray) -> np.ndarray:
    """Bring ink on paper to light ink on black: uint8 (height, width) -> uint8, the longer side at most 320 pixels.

    A picture without any ink becomes black.
    """
    from scipy import ndimage  # noqa: PLC0415 - it takes half a second to load

    light = 255 - grey if is_light(grey) else grey
    scale = min(1, SIDE / max(grey.shape))
    width, height = (max(1, round(side * scale)) for side in light.shape[::-1])
    small = np.asarray(Image.fromarray(light).resize((width, height), Image.Resampling.BOX), np.float32)
    smooth = ndimage.gaussian_filter(small, 0.8)
    wide = round(WIDEST * max(small.shape)) + 1
    paper = ndimage.gaussian_filter(ndimage.grey_opening(ndimage.gaussian_filter(small, 2), wide, mode="nearest"), 3)
    ink = np.clip((smooth - paper) / np.maximum(255 - paper, 1), 0, 1)
    ink = np.where(ink > 1.3 * np.maximum(_ruled(ink), _ruled(ink.T).T), ink, 0)
    noise = 1.5 * np.median(np.abs(ink - np.median(ink)))
    threshold = max(otsu(ink), FAINT, np.median(ink) + NOISE * noise)
    pieces, _ = ndimage.label(ink >= threshold, np.ones((3, 3)))
    sizes = np.array([max(part.stop - part.start for part in box) for box in ndimage.find_objects(pieces)])
    kept = np.isin(pieces, 1 + np.flatnonzero(sizes >= max(SPECK * sizes.max(initial=0), SMALLEST * max(small.shape))))
    if not kept.any():
        return np.zeros((height, width), np.uint8)
    full = float(np.median(ink[kept]))
    greys = np.clip((ink - threshold / 2) / (full - threshold / 2), 0, 1)
    return np.round(greys * ndimage.binary_dilation(kept, np.ones((5, 5))) * 255).astype(np.uint8)


def otsu(values: np.ndarray) -> float:
    """The value that parts numbers into two groups with means as far apart as can be, each counted by its size."""
    counts, edges = np.histogram(values, 64)
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts)[:-1], counts.sum()
    sum_below, sum_all = np.cumsum(counts * middles)[:-1], (counts * middles).sum()
    above = np.maximum(total - below, 1)
    between = below * above * (sum_below / np.maximum(below, 1) - (sum_all - sum_below) / above) ** 2
    return float(edges[1 + np.argmax(between)])


def _ruled(ink: np.ndarray) -> np.ndarray:
    """How dark the nearly level lines that cross a whole picture are at each pixel: float32 (height, width)."""
    from scipy import ndimage  # noqa: PLC0415 - it takes half a second to load

    rows, columns = (np.arange(side) for side in ink.shape)
    slopes = [np.round((columns - len(columns) / 2) * slope).astype(int) for slope in SLOPES]
    aligned = [ink[np.clip(rows[:, np.newaxis] + slope, 0, len(rows) - 1), columns] for slope in slopes]
    profiles = [np.percentile(picture[:, ::3], RULED, axis=1) for picture in aligned]
    best = int(np.argmax([(profile**2).sum() for profile in profiles]))
    wide = ndimage.maximum_filter1d(profiles[best], 3)
    return wide[np.clip(rows[:, np.newaxis] - slopes[best], 0, len(rows) - 1)]
