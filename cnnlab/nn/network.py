"""A network in NumPy: an architecture and its weights, applied to one image, with every layer's values kept.

Forwards it gives what every layer makes of the image; backwards, how fast a score changes with every layer's values.
This is what the pages show. It calls the very operations that the pages explain, and a test holds it equal to Keras.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.nn import gradients as back
from cnnlab.nn import operations as ops
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import (
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
)
from cnnlab.nn.weights import Weights


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
        before = _apply(layer, _of_layer(weights, index), values)
        activation = ops.ACTIVATIONS[getattr(layer, "activation", "linear")]
        values = activation(before)
        traces.append(LayerTrace(before, values))
    return tuple(traces)


def forward(architecture: Architecture, weights: Weights, image: np.ndarray) -> tuple[np.ndarray, ...]:
    """One output a layer, in order; the last are the ten probabilities. See `trace`."""
    return tuple(layer.output for layer in trace(architecture, weights, image))


def _of_layer(weights: Weights, index: int) -> Weights:
    """One layer's weights, by their Keras names."""
    return {key.split("/")[1]: value for key, value in weights.items() if key.split("/")[0] == str(index)}


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


def backward(
    architecture: Architecture,
    weights: Weights,
    image: np.ndarray,
    traces: tuple[LayerTrace, ...],
    gradient: np.ndarray,
    layer_index: int = -1,
    *,
    of_output: bool = False,
) -> tuple[np.ndarray, ...]:
    """Send a score's gradient from one layer back to the pixels.

    Args:
        architecture: the network.
        weights: by '<layer index>/<Keras name>', float32.
        image: float32 (28, 28, 1), as it was given to `trace`.
        traces: what `trace` returned for it.
        gradient: float32, the score's gradient with respect to that layer's values before the activation, and of their
            shape. For the logit of a class: 1 for this class and 0 for the others.
        layer_index: the layer at which the score is read; by default the last.
        of_output: `gradient` is with respect to the layer's output, after the activation.

    Returns:
        For each layer up to that one, in order, the gradient with respect to what comes into it, float32: the first is
        that of the image, the one at `index + 1` that of the output of layer `index`.

    Raises:
        ValueError: when the gradient is not of the layer's shape.
    """
    layer_index %= len(traces)
    expected = traces[layer_index].output.shape
    if gradient.shape != expected:
        raise ValueError(f"`gradient` must be of the layer's shape {expected}. Received: shape {gradient.shape}")
    found: list[np.ndarray] = []
    for index in range(layer_index, -1, -1):
        layer = architecture.layers[index]
        if index < layer_index or of_output:
            gradient = back.ACTIVATIONS[getattr(layer, "activation", "linear")](gradient, traces[index].output)
        values = traces[index - 1].output if index else image
        gradient = _back(layer, _of_layer(weights, index), values, gradient)
        found.append(gradient)
    return tuple(reversed(found))


def _back(layer: Layer, own: Weights, values: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """One layer without its activation: from the gradient of its output to that of `values`, its input."""
    shape = values.shape
    match layer:
        case Conv2D():
            return back.conv2d(gradient, shape, own["kernel"], layer.strides, layer.padding, layer.dilation_rate)
        case Dense():
            return back.dense(gradient, own["kernel"])
        case MaxPooling2D():
            return back.max_pooling2d(gradient, values, layer.pool_size, layer.strides, layer.padding)
        case AveragePooling2D():
            return back.average_pooling2d(gradient, shape, layer.pool_size, layer.strides, layer.padding)
        case GlobalAveragePooling2D():
            return back.global_average_pooling2d(gradient, shape)
        case BatchNormalization():
            return back.batch_normalization(gradient, own["gamma"], own["moving_variance"])
        case Flatten():
            return back.flatten(gradient, shape)
        case _:
            return gradient


def weight_gradients(
    architecture: Architecture,
    image: np.ndarray,
    traces: tuple[LayerTrace, ...],
    gradients: tuple[np.ndarray, ...],
    gradient: np.ndarray,
) -> Weights:
    """Tell how fast a score of the last layer changes with each kernel and bias, for one image.

    Args:
        architecture: the network.
        image: float32 (28, 28, 1), as it was given to `trace`.
        traces: what `trace` returned for it.
        gradients: what `backward` returned for it.
        gradient: what `backward` was given: the score's gradient with respect to the last layer's pre-activation.

    Returns:
        float32 of the weights' shapes, by '<layer index>/kernel' and '<layer index>/bias'.
    """
    found: Weights = {}
    for index, layer in enumerate(architecture.layers):
        values, before = (traces[index - 1].output if index else image), gradient
        if index + 1 < len(gradients):
            activation = back.ACTIVATIONS[getattr(layer, "activation", "linear")]
            before = activation(gradients[index + 1], traces[index].output)
        match layer:
            case Conv2D():
                kernel, bias = back.conv2d_weights(
                    before, values, layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate
                )
            case Dense():
                kernel, bias = back.dense_weights(before, values)
            case _:
                continue
        found |= {f"{index}/kernel": kernel} | ({f"{index}/bias": bias} if layer.use_bias else {})
    return found


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
