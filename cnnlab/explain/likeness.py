"""How like the digits that a network learned from a picture is: whether there is any ground for its answer.

A network has ten answers and gives one of them to everything. What it has never seen lies far from all that it learned
from, in what its layers make of it: the distance to the nearest training digit (Sun, Ming, Zhu and Li,
"Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022), over all layers that give a vector, each
brought to length 1. The limit is where 99 % of digits that it did not learn from stay below.

Tried on the starter network with 900 letters, shapes, scribbles and pairs of digits, at the same limit: the last hidden
layer alone finds fewer, and its Mahalanobis distance (Lee et al., "A Simple Unified Framework for Detecting
Out-of-Distribution Samples and Adversarial Attacks", NeurIPS 2018) half as many. No layer tells a blot from a thick 0;
how thick and in how many pieces ink may be is asked of the picture itself.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.explain.embedding import MAX_VALUES, Principal
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dropout
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights

NUM_DIGITS = 5_000  # that it learned from, at most
NUM_HELD_BACK = 2_000
NUM_DIRECTIONS = 64
PASS = 0.99
"""Share of the digits held back that count as like those that were learned from."""
RARE = 0.002
"""Share of the digits held back that may be thicker, or in more pieces, than a picture that still counts as a digit."""
INK = 0.3
"""Value, 0 to 1, from which a pixel belongs to a line."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """What a network made of digits, for others to be compared with.

    `principal`: the directions in which they differ most, `places`: float32 (n, k), where they lie along them.
    `held_back`: float32 (m,), how far digits that it did not learn from are from the nearest of these, in order.
    `most`: float32 (2,), the thickness and the number of pieces that a digit can have.
    """

    principal: Principal
    places: np.ndarray
    held_back: np.ndarray
    most: np.ndarray

    @classmethod
    def of(cls, experiment: Experiment, weights: Weights) -> Self:
        """Compare a network's first training digits with 2,000 that it did not learn from. Takes some seconds.

        Where there are fewer, because none were held back for validation, they are the last that it learned from.
        """
        images, num_train = mnist.load().train.images, experiment.data.num_train
        learned = mnist.normalise(images[: min(NUM_DIGITS, num_train)])
        first_other = min(num_train, len(images) - NUM_HELD_BACK)
        others = mnist.normalise(images[np.linspace(first_other, len(images) - 1, NUM_HELD_BACK).astype(int)])

        def values(image: np.ndarray) -> np.ndarray:
            prepared = experiment.data.prepare(image)
            return hidden(experiment.architecture, network.trace(experiment.architecture, weights, prepared))

        with threadpool_limits(1):  # one image is too little to share among threads: that took ten times longer
            first = values(learned[0])
            num_first = max(2, min(len(learned), 1_000, MAX_VALUES // len(first)))
            principal = Principal.of(np.stack([values(image) for image in learned[:num_first]]), NUM_DIRECTIONS)
            places = np.stack([principal.project(values(image)) for image in learned])
            found = cls(principal, places, np.zeros(0), np.full(2, np.inf))
            distances = np.array([found.distance(values(image)) for image in others], np.float32)
        forms = np.stack([form(image[..., 0]) for image in others])
        most = np.quantile(forms, 1 - RARE, axis=0, method="higher")
        distances[(forms > most).any(axis=1)] = np.inf
        return cls(principal, places, np.sort(distances), most)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(file) as arrays:
            principal = Principal(arrays["mean"], arrays["directions"], arrays["shares"])
            return cls(principal, arrays["places"].astype(np.float32), arrays["held_back"], arrays["most"])

    def save(self, file: Path) -> None:
        """Write it as .npz, `places` with half of their digits."""
        own = {"places": self.places.astype(np.float16), "held_back": self.held_back, "most": self.most}
        np.savez_compressed(file, allow_pickle=False, **vars(self.principal), **own)

    def rank(self, image: np.ndarray, values: np.ndarray) -> float:
        """Return the share of digits held back that are more like those that were learned from: 0 to 1.

        `image`: float32 (28, 28) in [0, 1]. `values`: what `hidden` gives for it.
        """
        if (form(image) > self.most).any():
            return 1.0
        return float(np.searchsorted(self.held_back, self.distance(values)) / len(self.held_back))

    def distance(self, values: np.ndarray) -> float:
        """How far values, float32 (units,), are from those of the nearest digit, and from all that digits differ in."""
        place = self.principal.project(values)
        beside = max(((values - self.principal.mean) ** 2).sum() - (place**2).sum(), 0)
        return float(np.sqrt(((self.places - place) ** 2).sum(axis=1).min() + beside))


def hidden(architecture: Architecture, traces: tuple[LayerTrace, ...]) -> np.ndarray:
    """What all layers that give a vector make of an image, each brought to length 1, but for the last: float32 (n,)."""
    layers = zip(architecture.layers[:-1], traces, strict=False)
    vectors = [trace.output for layer, trace in layers if trace.output.ndim == 1 and not isinstance(layer, Dropout)]
    return np.concatenate([vector / max(np.linalg.norm(vector), np.finfo(np.float32).tiny) for vector in vectors])


def form(image: np.ndarray) -> np.ndarray:
    """Half the width of an image's thickest line, in pixels, and in how many pieces its ink is: float64 (2,)."""
    from scipy import ndimage  # noqa: PLC0415 - it takes half a second to load

    ink = np.pad(image >= INK, 1)
    return np.array([ndimage.distance_transform_edt(ink).max(), ndimage.label(ink, np.ones((3, 3)))[1]])
