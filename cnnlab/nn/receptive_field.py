"""What part of the picture a value of a network is made from.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks" (Distill, 2019), here cut at the
picture's edges.
"""

from dataclasses import dataclass

from cnnlab.nn.layers import Dense, GlobalAveragePooling2D, Layer
from cnnlab.nn.operations import pad_widths, window_count


@dataclass(frozen=True)
class Box:
    """Rows `top` to `bottom` and columns `left` to `right` of a picture, the last ones not included."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def part(self) -> tuple[slice, slice]:
        """For indexing: `image[box.part]`."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


@dataclass(frozen=True)
class ReceptiveField:
    """What each of the `count` values along one side of a map sees of the picture's side.

    Value `i` sees the `size` pixels from `start + i * step` on, but none before `near`, and none from `far` on.
    """

    count: int
    far: int
    near: int = 0
    start: int = 0
    size: int = 1
    step: int = 1

    @classmethod
    def of_pixels(cls, count: int) -> "ReceptiveField":
        """Each pixel sees itself."""
        return cls(count, count)

    def seen(self, first: int, last: int) -> tuple[int, int]:
        """The pixels, first and end, that the values from `first` to `last` see together."""
        return max(self.start + first * self.step, self.near), min(self.start + last * self.step + self.size, self.far)

    def after(self, layer: Layer) -> "ReceptiveField":
        """The same for the output of a layer. Dense and global pooling make one of all values; Flatten keeps them."""
        near, far = self.seen(0, self.count - 1)
        if isinstance(layer, Dense | GlobalAveragePooling2D):
            return ReceptiveField(1, far, near, near, far - near)
        window, strides = layer.window()
        padding = getattr(layer, "padding", "valid")
        start = self.start - pad_widths(self.count, window, strides, padding)[0] * self.step
        count, size = window_count(self.count, window, strides, padding), self.size + (window - 1) * self.step
        return ReceptiveField(count, far, near, start, size, self.step * strides)

    @property
    def centre(self) -> float:
        """The middle of what the first value sees, were there no edge."""
        return self.start + (self.size - 1) / 2
