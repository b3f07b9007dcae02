"""A network in NumPy: an architecture and its weights, applied to one image, with every layer's values kept.

This is what the pages show. It calls the very operations that the pages explain, and a test holds it equal to Keras.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab import operations as ops
from cnnlab.architecture import (
    Architecture,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
)
from cnnlab.events import Weights


@dataclass(frozen=True)
class LayerTrace:
    """What one layer made of its input: float32, before and after the activation (the same without one)."""

    pre_activation: np.ndarray
    output: np.ndarray


def trace(architecture: Architecture, weights: Weights, image: np.ndarray) -> tuple[LayerTrace, ...]:
    """Send one image through the network and keep everything.

    Args:
        architecture: the network.
        weights: by '<layer index>/<Keras name>', float32.
        image: float32 (28, 28, 1), as the network was trained to see it.

    Returns:
        One LayerTrace a layer, in order. The last one's `pre_activation` are the logits, its `output` the
        probabilities, both (10,).

    Raises:
        ValueError: when the image or the weights are not of the architecture's shapes.
    """
    if image.shape != architecture.input_shape or image.dtype != np.float32:
        raise ValueError(f"`image` must be float32 {architecture.input_shape}. Received: {image.dtype} {image.shape}")
    check_weights(architecture, weights)
    traces: list[LayerTrace] = []
    values = image
    for index, layer in enumerate(architecture.layers):
        own = {key.split("/")[1]: value for key, value in weights.items() if key.split("/")[0] == str(index)}
        before = _apply(layer, own, values)
        activation = ops.ACTIVATIONS[getattr(layer, "activation", "linear")]
        values = activation(before)
        traces.append(LayerTrace(before, values))
    return tuple(traces)


def forward(architecture: Architecture, weights: Weights, image: np.ndarray) -> tuple[np.ndarray, ...]:
    """One output a layer, in order; the last are the ten probabilities. See `trace`."""
    return tuple(layer.output for layer in trace(architecture, weights, image))


def _apply(layer: Layer, own: Weights, values: np.ndarray) -> np.ndarray:
    """One layer without its activation. Dropout does nothing outside training."""
    match layer:
        case Conv2D():
            bias = own.get("bias", np.zeros(layer.filters, np.float32))
            return ops.conv2d(values, own["kernel"], bias, layer.strides, layer.padding, layer.dilation_rate)
        case Dense():
            return ops.dense(values, own["kernel"], own.get("bias", np.zeros(layer.units, np.float32)))
        case MaxPooling2D():
            return ops.max_pooling2d(values, layer.pool_size, layer.strides, layer.padding)
        case AveragePooling2D():
            return ops.average_pooling2d(values, layer.pool_size, layer.strides, layer.padding)
        case GlobalAveragePooling2D():
            return ops.global_average_pooling2d(values)
        case BatchNormalization():
            return ops.batch_normalization(
                values, own["gamma"], own["beta"], own["moving_mean"], own["moving_variance"]
            )
        case Flatten():
            return ops.flatten(values)
        case _:
            return values


def check_weights(architecture: Architecture, weights: Weights) -> None:
    """Raise a ValueError unless the weights have the architecture's names and shapes."""
    expected = architecture.weight_shapes
    received = {key: value.shape for key, value in weights.items()}
    if received != expected:
        wrong = sorted(key for key in expected.keys() | received.keys() if expected.get(key) != received.get(key))
        raise ValueError(
            f"`weights` do not belong to this architecture. Differing: {', '.join(wrong)}; "
            f"expected: {expected.get(wrong[0])}, received: {received.get(wrong[0])}"
        )
