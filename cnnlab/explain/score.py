"""A number that a network makes of a picture, and how fast it changes with each pixel: what every explanation asks for.

Classes are explained by their logits, not their probabilities: where softmax says 99.9 %, its slope is next to nothing.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from cnnlab.experiment import Experiment, pixel_order
from cnnlab.explain import attribution
from cnnlab.limits import NUM_CLASSES
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.network import LayerTrace
from cnnlab.nn.weights import Weights


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that reads pictures, float32 (28, 28) in [0, 1].

    It gets them multiplied by `scale` and, with `is_permuted`, in the order of `experiment.pixel_order`.
    """

    architecture: Architecture
    weights: Weights
    scale: float = 1.0
    is_permuted: bool = False

    @classmethod
    def of(cls, experiment: Experiment, weights: Weights) -> Self:
        """Read as an experiment's network was trained to."""
        data = experiment.data
        return cls(experiment.architecture, weights, 1.0 if data.normalise else 255.0, data.permute_pixels)

    def trace(self, image: np.ndarray) -> tuple[LayerTrace, ...]:
        """Every layer's values for a picture."""
        return network.trace(self.architecture, self.weights, self.prepare(image))

    def logits(self, image: np.ndarray) -> np.ndarray:
        """The ten numbers before softmax: float32 (10,)."""
        return self.trace(image)[-1].pre_activation

    def slope(self, image: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """The gradient of the logits' sum, weighted by `direction`: float32 (28, 28)."""
        return Score(self, direction).gradient(image)[1]

    def prepare(self, image: np.ndarray) -> np.ndarray:
        """What the network is given: float32 (28, 28, 1)."""
        pixels = image.ravel()[pixel_order(image.size)] if self.is_permuted else image
        return pixels.reshape(*image.shape, 1) * np.float32(self.scale)

    def in_place(self, slopes: np.ndarray) -> np.ndarray:
        """The slopes of what the network is given, float32 (28, 28, 1), as those of the picture's own pixels."""
        found = slopes[..., 0] * np.float32(self.scale)
        if self.is_permuted:
            ordered, found = found, np.empty_like(found)
            found.ravel()[pixel_order(found.size)] = ordered.ravel()
        return found


@dataclass(frozen=True, eq=False)
class Score:
    """A weighted sum of one layer's values, by default of the last one's.

    `direction`: float32, the sum's weights, of the layer's output shape. `of_output`: the values are those after the
    activation; otherwise those before it, which for the last layer are the logits.
    """

    reader: Reader
    direction: np.ndarray
    layer_index: int = -1
    of_output: bool = False

    def value(self, image: np.ndarray) -> float:
        """Score a picture, float32 (28, 28) in [0, 1]."""
        return self._sum(self.reader.trace(image))

    def gradient(self, image: np.ndarray) -> tuple[float, np.ndarray]:
        """Score a picture, float32 (28, 28) in [0, 1], and give the slope of each pixel: float32 (28, 28)."""
        traces, slopes = self.back(image)
        return self._sum(traces), self.reader.in_place(slopes[0])

    def at_layer(self, image: np.ndarray, layer_index: int) -> tuple[np.ndarray, np.ndarray]:
        """Give an earlier layer's output for a picture, and the slope of each of its values, of the same shape."""
        traces, slopes = self.back(image)
        return traces[layer_index].output, slopes[layer_index + 1]

    def grad_cam(self, image: np.ndarray, layer_index: int) -> tuple[np.ndarray, np.ndarray]:
        """Grad-CAM at a convolution layer: float32 (28, 28), laid over the picture, and the layer's own grid."""
        grid = attribution.grad_cam(*self.at_layer(image, layer_index))
        rows = self.reader.architecture.summaries[layer_index].rows
        return attribution.spread(grid, rows.centre, rows.step, len(image)), grid

    def weight_gradients(self, image: np.ndarray) -> Weights:
        """How fast a score of the last layer changes with each kernel and bias: as `network.weight_gradients`."""
        traces, slopes = self.back(image)
        reader = self.reader
        return network.weight_gradients(reader.architecture, reader.prepare(image), traces, slopes, self.direction)

    def back(self, image: np.ndarray) -> tuple[tuple[LayerTrace, ...], tuple[np.ndarray, ...]]:
        """Every layer's values for a picture, and the slopes of what comes into each layer: see `network.backward`."""
        reader, prepared, traces = self.reader, self.reader.prepare(image), self.reader.trace(image)
        given = (reader.architecture, reader.weights, prepared, traces, self.direction, self.layer_index)
        return traces, network.backward(*given, of_output=self.of_output)

    def _sum(self, traces: tuple[LayerTrace, ...]) -> float:
        layer = traces[self.layer_index]
        values = layer.output if self.of_output else layer.pre_activation
        return float((values * self.direction).sum(dtype=np.float64))


def class_direction(digit: int, against: int | None = None) -> np.ndarray:
    """Weights of the ten logits: that of `digit` or, with `against`, how far it lies above the other's."""
    direction = np.zeros(NUM_CLASSES, np.float32)
    direction[digit] = 1
    if against is not None:
        direction[against] -= 1
    return direction


def unit_direction(shape: tuple[int, ...], unit_index: int) -> np.ndarray:
    """Weights of a layer's values (of `shape`): one unit of a vector, or the mean of one map."""
    direction = np.zeros(shape, np.float32)
    direction[..., unit_index] = 1 / np.prod(shape[:-1])
    return direction
