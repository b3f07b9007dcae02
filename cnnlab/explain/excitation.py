"""Which digits excite a unit most, and the part of the picture that it saw there: its receptive field.

After Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (arXiv:1311.2901), figure 2.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture, LayerSummary
from cnnlab.nn.weights import Weights

NUM_DIGITS = 2_000
NUM_BEST = 9


@dataclass(frozen=True, eq=False)
class Exciting:
    """For each unit or filter of a layer, the images that excite it most, the strongest first.

    `indices`: int (units, best), which images. `values`: float32 (units, best), the largest value of the unit's map
    there, before the activation. `cells`: int (units, best, 2), its row and column; 0 where the layer gives a vector.
    """

    indices: np.ndarray
    values: np.ndarray
    cells: np.ndarray


def most_exciting(
    experiment: Experiment, weights: Weights, num_digits: int = NUM_DIGITS, num_best: int = NUM_BEST
) -> dict[int, Exciting]:
    """Search the first test digits for those that excite each unit most: see `search`. Takes a second or two."""
    images = experiment.data.prepare(mnist.normalise(mnist.load().test.images[:num_digits]))
    return search(experiment.architecture, weights, images, num_best)


def search(
    architecture: Architecture, weights: Weights, images: np.ndarray, num_best: int = NUM_BEST
) -> dict[int, Exciting]:
    """Search images, float32 (n, 28, 28, 1) as the network is given them, for those that excite each unit most.

    A value before the activation is asked for: relu keeps its order, and of a class it is the logit, not the
    probability, which is 1 for many. An image counts once, where the unit's map is highest.

    Returns:
        By the layer's index, for all `architecture.with_kernels`.
    """
    highest: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {index: [] for index in architecture.with_kernels}
    for image in images:
        traces = network.trace(architecture, weights, image)
        for index, found in highest.items():
            cells = traces[index].pre_activation.reshape(-1, traces[index].output.shape[-1])  # a vector is one cell
            found.append((cells.max(axis=0), cells.argmax(axis=0)))
    shapes = [summary.output_shape for summary in architecture.summaries]
    return {index: _best(found, shapes[index][:-1], num_best) for index, found in highest.items()}


def mean_patches(summary: LayerSummary, found: Exciting, images: np.ndarray) -> np.ndarray:
    """Return the mean of what each unit of a layer saw where the images of `search` excited it most.

    float32 (units, height, width); no padding "same" may stand up to this layer, so that all patches are whole.
    """
    patches = [
        [images[index][summary.seen((*cell, 0)).part] for index, cell in zip(indices, cells, strict=True)]
        for indices, cells in zip(found.indices, found.cells, strict=True)
    ]
    return np.mean(patches, axis=1)[..., 0]


def _best(highest: list[tuple[np.ndarray, np.ndarray]], shape: tuple[int, ...], num_best: int) -> Exciting:
    """The images with the largest values, given for each the units' values and their cells in maps of `shape`."""
    values, cells = (np.stack(part) for part in zip(*highest, strict=True))
    indices = np.argsort(-values, axis=0, kind="stable")[:num_best].T
    units = np.arange(values.shape[1])[:, np.newaxis]
    rows, columns = np.unravel_index(cells[indices, units], shape or (1, 1))
    return Exciting(indices, values[indices, units], np.stack([rows, columns], axis=-1))
