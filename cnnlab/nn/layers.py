"""The layers of a network as values: each with its shape arithmetic, its weights and its costs.

Layer names, parameter names, their order and defaults are those of Keras. Shapes are channels last and without the
batch: a map is `(height, width, channels)`, a vector `(units,)`. Shape arithmetic after Dumoulin and Visin, "A guide to
convolution arithmetic for deep learning" (arXiv:1603.07285).
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnlab.limits import NUM_CLASSES, SIDE, changed_fields, check_fields
from cnnlab.nn.operations import ACTIVATIONS, window_count

Shape = tuple[int, ...]

PADDINGS = ("valid", "same")
INITIALIZERS = ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "random_normal", "zeros")
"""Of a kernel's first numbers, by Keras's names."""
SOBEL = "sobel"  # for convolutions: the first numbers are those of `sobel`, filters that find edges
SOBEL_SIZE = 3
INPUT_SHAPE: Shape = (SIDE, SIDE, 1)  # of one image


def dimensions(shape: Shape) -> str:
    """Write a shape as people say it: (24, 24, 32) is '24 x 24 x 32'."""
    return " x ".join(f"{size:,}" for size in shape)


@dataclass(frozen=True)
class Layer:
    """What every layer can tell, given the shape that comes in. The defaults are those of a layer without weights."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Shape after this layer. Raises ValueError when it does not fit."""
        return input_shape

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Trained weights by Keras's names."""
        del input_shape
        return {}

    def state_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Weights that are counted along but not trained, by Keras's names."""
        del input_shape
        return {}

    @property
    def learns(self) -> bool:
        """Whether training changes its weights: Keras's `trainable`."""
        return bool(getattr(self, "trainable", True))

    def arithmetic(self, input_shape: Shape) -> str:
        """Number of parameters as a sum that can be followed: '5x5x1x32 + 32 = 832'."""
        shapes = {**self.weight_shapes(input_shape), **self.state_shapes(input_shape)}
        if not shapes:
            return "0"
        terms = " + ".join("x".join(map(str, shape)) for shape in shapes.values())
        total = sum(prod(shape) for shape in shapes.values())
        return terms if terms == str(total) else f"{terms} = {total:,}"

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications, each with its addition, for one image. Comparisons and activations are not counted."""
        del input_shape
        return 0

    def window(self) -> tuple[int, int]:
        """How far one output value sees into the layer's input along a side, and how far the next one is shifted."""
        return 1, 1

    def settings(self) -> dict[str, object]:
        """The parameters that differ from Keras's defaults, or have none, in order."""
        return changed_fields(self)

    def __str__(self) -> str:
        """The layer as it is written in Keras: Conv2D(filters=32, kernel_size=5, activation='relu')."""
        inside = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({inside})"


def _check_map(layer: Layer, input_shape: Shape) -> None:
    if len(input_shape) != 3:  # noqa: PLR2004 - height, width, channels
        raise ValueError(
            f"{type(layer).__name__} needs a map (height x width x channels), but what comes in is a vector of "
            f"{dimensions(input_shape)} numbers: move it before the Flatten, Dense or global pooling layer"
        )


def _slide(layer: "Conv2D | Pooling2D", input_shape: Shape, name: str) -> tuple[int, int]:
    """Height and width after sliding a window, or a ValueError that says what would fit."""
    _check_map(layer, input_shape)
    (height, width, _), (window, strides) = input_shape, layer.window()
    if layer.padding == "valid" and window > min(height, width):
        raise ValueError(
            f"{type(layer).__name__}: a {window} x {window} {name} does not fit on a {height} x {width} map; "
            f'use a {name} of at most {min(height, width)} x {min(height, width)}, padding="same", '
            f"or fewer layers that shrink the map before it"
        )
    return window_count(height, window, strides, layer.padding), window_count(width, window, strides, layer.padding)


class LayerWithKernel(Layer):
    """What layers with a kernel share. `l1` and `l2` are the factors of `keras.regularizers.L1L2` on it.

    With `trainable=False` it stays as it began.
    """

    use_bias: bool

    def kernel_shape(self, input_shape: Shape) -> Shape:
        """Shape of the kernel, filters or units last."""
        raise NotImplementedError

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        kernel = self.kernel_shape(input_shape)
        return {"kernel": kernel, "bias": kernel[-1:]} if self.use_bias else {"kernel": kernel}

    def multiply_adds(self, input_shape: Shape) -> int:
        return prod(self.output_shape(input_shape)[:-1]) * prod(self.kernel_shape(input_shape))


@dataclass(frozen=True)
class Conv2D(LayerWithKernel):
    """2D convolution; kernel and strides are square. `filters` kernels of `kernel_size` see all channels at once.

    With `kernel_initializer="sobel"` the kernel begins as `sobel(...)`.
    """

    filters: int
    kernel_size: int
    strides: int = 1
    padding: str = "valid"
    dilation_rate: int = 1
    activation: str = "linear"
    use_bias: bool = True
    kernel_initializer: str = "glorot_uniform"
    l1: float = 0.0
    l2: float = 0.0
    trainable: bool = True

    def __post_init__(self) -> None:
        check_fields(self, padding=PADDINGS, activation=ACTIVATIONS, kernel_initializer=(*INITIALIZERS, SOBEL))
        if self.kernel_initializer == SOBEL and self.kernel_size < SOBEL_SIZE:
            raise ValueError(
                f"`kernel_size` must be at least {SOBEL_SIZE} for Sobel's kernels. "
                f"Received: kernel_size={self.kernel_size}, kernel_initializer={SOBEL!r}"
            )
        if self.strides > 1 and self.dilation_rate > 1:
            raise ValueError(
                "`strides` and `dilation_rate` cannot both be greater than 1. "
                f"Received: strides={self.strides}, dilation_rate={self.dilation_rate}"
            )

    def window(self) -> tuple[int, int]:
        return (self.kernel_size - 1) * self.dilation_rate + 1, self.strides

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*_slide(self, input_shape, "kernel"), self.filters)

    def kernel_shape(self, input_shape: Shape) -> Shape:
        return self.kernel_size, self.kernel_size, input_shape[-1], self.filters


def sobel(kernel_size: int, channels: int, filters: int) -> np.ndarray:
    """Return edge detectors as the kernel of a Conv2D, float32 (kernel_size, kernel_size, channels, filters).

    Sobel's 3 x 3 kernel, divided by 4, looks for edges from the left, the right, the top and the bottom, by turns; in
    a larger kernel it stands in the middle, among zeros. Every channel has the same plane, divided by their number.
    """
    right = np.outer([1, 2, 1], [-1, 0, 1]) / 4
    directions = np.stack([right, -right, right.T, -right.T], axis=-1)[..., np.arange(filters) % 4]
    kernel = np.zeros((kernel_size, kernel_size, channels, filters), np.float32)
    start = (kernel_size - SOBEL_SIZE) // 2
    inside = slice(start, start + SOBEL_SIZE)
    kernel[inside, inside] = directions[:, :, np.newaxis] / channels
    return kernel


@dataclass(frozen=True)
class Pooling2D(Layer):
    """What maximum and average pooling share: a square window that slides over each channel by itself."""

    pool_size: int = 2
    strides: int | None = None
    padding: str = "valid"

    def __post_init__(self) -> None:
        check_fields(self, padding=PADDINGS)

    def window(self) -> tuple[int, int]:
        return self.pool_size, self.strides or self.pool_size

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*_slide(self, input_shape, "pool"), input_shape[-1])


@dataclass(frozen=True)
class MaxPooling2D(Pooling2D):
    """The largest value of each window. `strides=None` means `pool_size`."""


@dataclass(frozen=True)
class AveragePooling2D(Pooling2D):
    """The mean of each window, padding left out. `strides=None` means `pool_size`."""


@dataclass(frozen=True)
class GlobalAveragePooling2D(Layer):
    """The mean of each channel: a map becomes a vector of `channels` numbers."""

    def output_shape(self, input_shape: Shape) -> Shape:
        _check_map(self, input_shape)
        return input_shape[-1:]


@dataclass(frozen=True)
class BatchNormalization(Layer):
    """Shift and scale each channel to mean 0 and variance 1, then by learned gamma and beta (arXiv:1502.03167)."""

    def weight_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"gamma": input_shape[-1:], "beta": input_shape[-1:]}

    def state_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"moving_mean": input_shape[-1:], "moving_variance": input_shape[-1:]}

    def multiply_adds(self, input_shape: Shape) -> int:
        return prod(input_shape)


@dataclass(frozen=True)
class Flatten(Layer):
    """All values in one row, in the order rows, columns, channels."""

    def output_shape(self, input_shape: Shape) -> Shape:
        return (prod(input_shape),)


@dataclass(frozen=True)
class Dense(LayerWithKernel):
    """`activation(dot(input, kernel) + bias)`: every unit sees every input."""

    units: int
    activation: str = "linear"
    use_bias: bool = True
    kernel_initializer: str = "glorot_uniform"
    l1: float = 0.0
    l2: float = 0.0
    trainable: bool = True

    def __post_init__(self) -> None:
        check_fields(self, activation=ACTIVATIONS, kernel_initializer=INITIALIZERS)

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise ValueError(
                f"Dense needs a vector, but what comes in is a map of {dimensions(input_shape)}: "
                "put Flatten or GlobalAveragePooling2D before it"
            )
        return (self.units,)

    def kernel_shape(self, input_shape: Shape) -> Shape:
        return input_shape[-1], self.units


@dataclass(frozen=True)
class Dropout(Layer):
    """While training, zero a fraction `rate` of the values and scale the rest by 1 / (1 - rate) (JMLR 15, 2014)."""

    rate: float

    def __post_init__(self) -> None:
        check_fields(self)


LAYERS: dict[str, type[Layer]] = {
    layer.__name__: layer
    for layer in (
        Conv2D,
        MaxPooling2D,
        AveragePooling2D,
        GlobalAveragePooling2D,
        BatchNormalization,
        Flatten,
        Dense,
        Dropout,
    )
}
"""All layer types by their Keras names, which are also their ids in URLs and files."""


HEAD = Dense(NUM_CLASSES, activation="softmax")  # the last layer: ten probabilities


def is_head(layer: Layer) -> bool:
    """Whether a layer gives ten probabilities, as the last one must."""
    return isinstance(layer, Dense) and (layer.units, layer.activation) == (HEAD.units, HEAD.activation)


def convolution_block(filters: int, kernel_size: int, activation: str = "relu") -> tuple[Layer, ...]:
    """A convolution, and the pooling that halves its maps."""
    return Conv2D(filters, kernel_size, activation=activation), MaxPooling2D(2)
