"""A network in NumPy: an architecture and its weights, applied to one image, with every layer's values kept.

Forwards it gives what every layer makes of the image; backwards, how fast a score changes with every layer's values.
This is what the pages show. It calls the very operations that the pages explain, and a test holds it equal to Keras.
"""

from collections.abc import Mapping
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
    """Send one image through the network and keep everything: one LayerTrace a layer, in order.

    `image`: float32 (28, 28, 1), as the network was trained to see it. The last layer's `pre_activation` are the
    logits, its `output` the probabilities, both (10,). Raises ValueError when image or weights are not of the
    architecture's shapes.
    """
    if image.shape != architecture.input_shape or image.dtype != np.float32:
        raise ValueError(f"`image` must be float32 {architecture.input_shape}. Received: {image.dtype} {image.shape}")
    weights.check(architecture)
    traces: list[LayerTrace] = []
    values = image
    for index, layer in enumerate(architecture.layers):
        before = _apply(layer, weights.of_layer(index), values)
        activation = ops.ACTIVATIONS[getattr(layer, "activation", "linear")]
        values = activation(before)
        traces.append(LayerTrace(before, values))
    return tuple(traces)


def forward(architecture: Architecture, weights: Weights, image: np.ndarray) -> tuple[np.ndarray, ...]:
    """One output a layer, in order; the last are the ten probabilities. See `trace`."""
    return tuple(layer.output for layer in trace(architecture, weights, image))


def _apply(layer: Layer, own: Mapping[str, np.ndarray], values: np.ndarray) -> np.ndarray:
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
    """Send a score's gradient from one layer, by default the last, back to the pixels.

    `image`, float32 (28, 28, 1), is what `trace` was given, and `traces` what it returned. `gradient`: float32, with
    respect to that layer's values before the activation (`of_output`: after it), of their shape. For the logit of a
    class: 1 for this class and 0 for the others.

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
        gradient = _back(layer, weights.of_layer(index), values, gradient)
        found.append(gradient)
    return tuple(reversed(found))


def _back(layer: Layer, own: Mapping[str, np.ndarray], values: np.ndarray, gradient: np.ndarray) -> np.ndarray:
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
            return gradient.reshape(shape)
        case _:
            return gradient


def weight_gradients(
    architecture: Architecture,
    image: np.ndarray,
    traces: tuple[LayerTrace, ...],
    gradients: tuple[np.ndarray, ...],
    gradient: np.ndarray,
) -> Weights:
    """Tell how fast a score of the last layer changes with each kernel and bias, for one image; all are float32.

    `image` and `gradient` are what `trace` and `backward` were given, `traces` and `gradients` what they returned.
    """
    found = Weights()
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
