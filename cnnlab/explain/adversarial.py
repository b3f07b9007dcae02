"""The smallest change that fools a network: a little at every pixel, or a lot at few of them.

The network comes in as two functions: `logits(image)` gives the ten numbers before softmax, and
`slope(image, direction)` the gradient of their sum, weighted by `direction`. Images are float32 in [0, 1] and stay so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnnlab.explain.score import class_direction

Array = np.ndarray
Logits = Callable[[Array], Array]
Slope = Callable[[Array, Array], Array]

STEP = 0.01
MAX_STEPS = 100
MAX_PIXELS = 60
CANDIDATES = 12  # so many of the most promising pixels are tried out before one is changed


@dataclass(frozen=True, eq=False)
class Attempt:
    """A picture, float32 (h, w) in [0, 1], on its way to being misread: what it is read as, and if that was wanted."""

    image: Array
    read: int
    is_there: bool

    def distance(self, original: Array) -> tuple[float, int]:
        """The largest change of a pixel, and the number of pixels changed."""
        difference = np.abs(self.image - original)
        return float(difference.max()), int((difference > 0).sum())


def _attempt(logits: Logits, image: Array, read: int, target: int | None) -> tuple[Attempt, int]:
    """Read a picture, and tell which digit to go for: the target, or the one that is nearest."""
    found = logits(image)
    now = int(found.argmax())
    others = np.where(np.arange(len(found)) == read, -np.inf, found)
    nearest = int(others.argmax()) if target is None else target
    return Attempt(image, now, now != read if target is None else now == target), nearest


def every_pixel_a_little(
    logits: Logits, slope: Slope, image: Array, target: int | None = None, step: float = STEP
) -> Iterator[Attempt]:
    """Move every pixel by `step` in the direction that helps, again and again (Goodfellow et al., arXiv:1412.6572).

    Steps that follow each other find smaller changes than a single one (Kurakin et al., arXiv:1607.02533). Yields the
    picture as it is, then after each step, until it is read as `target` (None: as anything else), at most MAX_STEPS.
    """
    read = int(logits(image).argmax())
    attempt, goal = _attempt(logits, image, read, target)
    yield attempt
    for _ in range(MAX_STEPS):
        if attempt.is_there:
            return
        way = np.sign(slope(attempt.image, class_direction(goal, read)))
        moved = np.clip(attempt.image + np.float32(step) * way, 0, 1)
        attempt, goal = _attempt(logits, moved, read, target)
        yield attempt


def few_pixels_a_lot(logits: Logits, slope: Slope, image: Array, target: int | None = None) -> Iterator[Attempt]:
    """Turn one pixel after another white or black, each time the one that helps most (after arXiv:1511.07528).

    The slope tells which pixels are promising, and the best of them is found by trying. Yields the picture as it is,
    then after each pixel, until it is read as `target` (None: as anything else), at most MAX_PIXELS.
    """
    read = int(logits(image).argmax())
    attempt, goal = _attempt(logits, image, read, target)
    yield attempt
    untouched = np.ones(image.shape, bool)
    for _ in range(MAX_PIXELS):
        if attempt.is_there:
            return
        direction = class_direction(goal, read)
        slopes = slope(attempt.image, direction)
        flipped = (slopes > 0).astype(np.float32)
        gains = np.where(untouched, slopes * (flipped - attempt.image), -np.inf)
        tried = []
        for index in np.argsort(-gains, axis=None)[:CANDIDATES]:
            candidate = attempt.image.copy()
            candidate.flat[index] = flipped.flat[index]
            tried.append((float(logits(candidate) @ direction), int(index), candidate))
        _, index, best = max(tried, key=lambda one: one[:2])
        untouched.flat[index] = False
        attempt, goal = _attempt(logits, best, read, target)
        yield attempt
