"""Why this answer: how much each pixel has to do with a score. Arrays in, arrays out.

The network comes in as a function: `value(image)` is the score, `gradient(image)` the score and its slope for each
pixel (see `score.Score`). Images are float32 in [0, 1], and what comes out has their shape, signed: above zero
speaks for the score, below against it. No method divides by what may be zero, so a blank picture and a dead network
give zeros.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnlab.nn.weights import Weights

Array = np.ndarray
Value = Callable[[Array], float]
Gradient = Callable[[Array], tuple[float, Array]]

SAMPLES, NOISE = 25, 0.15
STEPS, MAX_STEPS = 128, 1024
PATCH, STRIDE = 4, 2
TOLERANCE = 0.01
"""How far the sum of integrated gradients may lie from the score's difference, as a share of it (at least of 1)."""


def saliency(gradient: Gradient, image: Array) -> Array:
    """Slope: how much the score grows when this pixel gets a little brighter (Simonyan et al., arXiv:1312.6034)."""
    return gradient(image)[1]


def smooth_grad(
    gradient: Gradient, image: Array, num_samples: int = SAMPLES, noise: float = NOISE, seed: int = 0
) -> Array:
    """Mean slope over noisy copies of the picture (Smilkov et al., arXiv:1706.03825).

    `noise` is the standard deviation, as a share of the range from black to white.
    """
    rng = np.random.default_rng(seed)
    copies = image + rng.normal(0, noise, (num_samples, *image.shape)).astype(np.float32)
    return np.mean([gradient(copy)[1] for copy in copies], axis=0)


def gradient_times_input(gradient: Gradient, image: Array) -> Array:
    """Slope times pixel: what the ink that is there adds, if the network were a straight line (arXiv:1605.01713)."""
    return gradient(image)[1] * image


@dataclass(frozen=True, eq=False)
class Integrated:
    """Integrated gradients, and the check that they leave nothing out.

    `pixels` sum up to `total`, which should be `difference`: the picture's score above that of black paper. `steps`:
    into how many parts the way between them was cut.
    """

    pixels: Array
    difference: float
    steps: int

    @property
    def total(self) -> float:
        """The sum over all pixels."""
        return float(self.pixels.sum(dtype=np.float64))

    @property
    def is_complete(self) -> bool:
        """Whether the sum is the difference, within TOLERANCE."""
        return abs(self.total - self.difference) <= TOLERANCE * max(1, abs(self.difference))


def integrated_gradients(
    gradient: Gradient, image: Array, steps: int = STEPS, max_steps: int = MAX_STEPS
) -> Integrated:
    """Add up the slopes on the way from black paper to the picture (Sundararajan et al., arXiv:1703.01365).

    The way is cut into `steps` parts; each is measured in its middle. A network of relus is full of kinks: while the
    sum is not complete, the parts are halved, down to `max_steps` of them.
    """
    difference = gradient(image)[0] - gradient(np.zeros_like(image))[0]
    while True:
        shares = (np.arange(steps, dtype=np.float32) + np.float32(0.5)) / np.float32(steps)
        slopes = np.mean([gradient(share * image)[1] for share in shares], axis=0)
        found = Integrated(slopes * image, difference, steps)
        if found.is_complete or 2 * steps > max_steps:
            return found
        steps *= 2


def grad_cam(maps: Array, gradients: Array) -> Array:
    """Where a convolution layer saw what speaks for the score (Selvaraju et al., arXiv:1610.02391).

    Each map of its output is weighted by the mean of its gradient, and what is left above zero of their sum is kept:
    twice float32 (h, w, filters) -> float32 (h, w).
    """
    return np.maximum(maps @ gradients.mean(axis=(0, 1)), 0)


def spread(grid: Array, start: float, step: float, side: int) -> Array:
    """Lay a coarse grid over the picture where it looks, smoothly: float32 (h, w) -> (side, side).

    `start`: the pixel in the middle of what its first value sees; `step`: pixels from one value to the next.
    """
    found = np.pad(grid, 1)  # beyond its border it fades to nothing
    for axis in (0, 1):
        places = start + step * np.arange(-1, grid.shape[axis] + 1)
        found = np.apply_along_axis(lambda line, at=places: np.interp(np.arange(side), at, line), axis, found)
    return found.astype(np.float32)


def occlusion(value: Value, image: Array, patch: int = PATCH, stride: int = STRIDE) -> Array:
    """Cover a square with black paper, here and there, and see how far the score falls (arXiv:1311.2901).

    Each pixel gets the mean fall over all squares that covered it.
    """
    height, width = image.shape
    if not 1 <= patch <= min(height, width) or not 1 <= stride <= patch:
        raise ValueError(
            "`patch` must be at least 1 and fit on the picture, and `stride` at most the patch. "
            f"Received: patch={patch}, stride={stride}"
        )
    full, falls, times = value(image), np.zeros(image.shape), np.zeros(image.shape)
    for top in _starts(height, patch, stride):
        for left in _starts(width, patch, stride):
            square = np.s_[top : top + patch, left : left + patch]
            times[square] += 1
            if image[square].any():  # black on black changes nothing
                covered = image.copy()
                covered[square] = 0
                falls[square] += full - value(covered)
    return (falls / times).astype(np.float32)


def _starts(size: int, patch: int, stride: int) -> list[int]:
    """Where squares begin along a side; the last one ends at the border."""
    return [*range(0, size - patch, stride), size - patch]


def shuffled(weights: Weights, seed: int = 0) -> Weights:
    """Forget what was learned: each layer's numbers, in random order.

    An explanation that looks the same with such weights does not explain what the network has learned (Adebayo et al.,
    "Sanity Checks for Saliency Maps", arXiv:1810.03292).
    """
    rng = np.random.default_rng(seed)
    return Weights((key, rng.permutation(value.ravel()).reshape(value.shape)) for key, value in weights.items())


def rank_correlation(one: Array, other: Array) -> float:
    """How alike two pictures order their pixels: 1 alike, 0 no relation, -1 reversed (Spearman, 1904).

    A picture of one value has no order: 0.
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - it takes a second to load

    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
