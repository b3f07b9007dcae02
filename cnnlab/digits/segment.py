"""A whole number in one drawing, cut into its digits.

Ink that touches, diagonally too, is one piece. Pieces that stand above each other, such as the hat of a 5, belong to
one digit. Digits that touch are not taken apart.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits.prepare import INK, composite

OVERLAP = 0.4
"""Pieces belong together when so much of the narrower one's width stands above or below the other."""
SPECK = 0.2  # what is smaller than this part of the largest digit, in both directions, is a speck


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of a drawing: its rows and columns, and the drawing without all other ink, uint8 (h, w, 4)."""

    box: tuple[slice, slice]
    rgba: np.ndarray


def split(rgba: np.ndarray) -> tuple[Digit, ...]:
    """Cut a drawing, uint8 (height, width, 4), into digits from left to right; none when nothing is drawn."""
    from scipy import ndimage  # noqa: PLC0415 - it takes half a second to load

    pieces, _ = ndimage.label(composite(rgba) >= INK, np.ones((3, 3)))
    groups = _digit_of_each([columns for _, columns in ndimage.find_objects(pieces)])[pieces]
    boxes = ndimage.find_objects(groups)
    sizes = [max(part.stop - part.start for part in box) for box in boxes]
    found = sorted(range(len(boxes)), key=lambda index: boxes[index][1].start)
    return tuple(
        Digit(boxes[index], rgba * (groups == index + 1)[..., np.newaxis])
        for index in found
        if sizes[index] >= SPECK * max(sizes)
    )


def _digit_of_each(pieces: list[slice]) -> np.ndarray:
    """Join pieces, given by their columns, that stand above each other, until nothing more does.

    int (1 + pieces,): the number of each one's digit, from 1, with 0 for the paper first.
    """
    digits: list[tuple[int, int, list[int]]] = []  # left, right, numbers of their pieces
    for number, columns in enumerate(pieces, 1):
        left, right, numbers = columns.start, columns.stop, [number]
        while mates := [one for one in digits if _stand_above_each_other(left, right, *one[:2])]:
            digits.remove(mates[0])
            left, right, numbers = min(left, mates[0][0]), max(right, mates[0][1]), numbers + mates[0][2]
        digits.append((left, right, numbers))
    found = np.zeros(1 + len(pieces), int)
    for digit, (*_, numbers) in enumerate(digits, 1):
        found[numbers] = digit
    return found


def _stand_above_each_other(left: int, right: int, other_left: int, other_right: int) -> bool:
    shared = min(right, other_right) - max(left, other_left)
    return shared >= OVERLAP * min(right - left, other_right - other_left)
