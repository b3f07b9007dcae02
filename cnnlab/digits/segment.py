"""A whole number in one drawing, cut into its digits.

Ink that touches is one piece (pieces are found row by row: runs of ink that meet, diagonally too, are joined). Pieces
that stand above each other, such as the hat of a 5, belong to one digit. Digits that touch are not taken apart.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.digits.prepare import INK, composite

OVERLAP = 0.4
"""Pieces belong together when so much of the narrower one's width stands above or below the other."""
SPECK = 0.2
"""What is smaller than this part of the largest digit, in both directions, is a speck."""


@dataclass(frozen=True, eq=False)
class Digit:
    """One digit of a drawing: its rows and columns, and the drawing without all other ink, uint8 (h, w, 4)."""

    box: tuple[slice, slice]
    rgba: np.ndarray


def split(rgba: np.ndarray) -> tuple[Digit, ...]:
    """Cut a drawing, uint8 (height, width, 4), into digits from left to right; none when nothing is drawn."""
    pieces = label_pieces(composite(rgba) >= INK)
    groups = _join([_Extent.of(pieces == number, number) for number in range(1, pieces.max(initial=0) + 1)])
    largest = max((group.size for group in groups), default=0)
    digits = []
    for group in sorted((group for group in groups if group.size >= SPECK * largest), key=lambda group: group.left):
        mine = np.isin(pieces, group.numbers)
        digits.append(
            Digit((slice(group.top, group.bottom), slice(group.left, group.right)), rgba * mine[..., np.newaxis])
        )
    return tuple(digits)


def label_pieces(ink: np.ndarray) -> np.ndarray:
    """Number the pieces of ink that touch, diagonally too: bool (h, w) -> int (h, w), 0 where there is none."""
    labels = np.zeros(ink.shape, np.int64)
    parent = [0]

    def root(number: int) -> int:
        while parent[number] != number:
            number = parent[number]
        return number

    above: list[tuple[int, int, int]] = []
    for row, edges in enumerate(np.diff(ink.astype(np.int8), prepend=0, append=0)):
        runs: list[tuple[int, int, int]] = []
        starts, stops = np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist()
        for start, stop in zip(starts, stops, strict=True):
            met = {root(number) for first, last, number in above if first <= stop and last >= start}
            number = min(met, default=len(parent))
            parent.extend([number] if not met else [])
            for other in met:
                parent[other] = number
            labels[row, start:stop] = number
            runs.append((start, stop, number))
        above = runs
    roots = np.array([root(number) for number in range(len(parent))])
    return np.unique(roots, return_inverse=True)[1][labels]


@dataclass(frozen=True)
class _Extent:
    """Where some pieces are: rows `top` to `bottom`, columns `left` to `right`, and their numbers."""

    top: int
    bottom: int
    left: int
    right: int
    numbers: tuple[int, ...]

    @property
    def size(self) -> int:
        return max(self.bottom - self.top, self.right - self.left)

    @classmethod
    def of(cls, mask: np.ndarray, number: int) -> "_Extent":
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        return cls(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1, (number,))

    def belongs_to(self, other: "_Extent") -> bool:
        shared = min(self.right, other.right) - max(self.left, other.left)
        return shared >= OVERLAP * min(self.right - self.left, other.right - other.left)

    def joined(self, other: "_Extent") -> "_Extent":
        return _Extent(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
            self.numbers + other.numbers,
        )


def _join(extents: list[_Extent]) -> list[_Extent]:
    """Join what stands above each other, until nothing more does."""
    groups: list[_Extent] = []
    for extent in extents:
        joined = extent
        while mates := [group for group in groups if joined.belongs_to(group)]:
            groups.remove(mates[0])
            joined = joined.joined(mates[0])
        groups.append(joined)
    return groups
