"""A window slides over a picture: hover a cell of the map, and see where it looks and how its value came about.

For convolution, pooling and receptive fields: the pointer or the arrow keys choose a cell of the output, play moves it
by itself, and a resting pointer pauses it. `nn.operations` computes what is shown; JavaScript only cuts out the window
and multiplies pairs of numbers for display.
"""

from typing import Any

import numpy as np

from cnnlab.nn import operations as ops
from ui.components import define, scale_of

_mount = define(__file__)

Array = np.ndarray

WIDEST = 560
"""Pixels: the picture and its map side by side; three planes or two maps take all the width there is."""
COLOUR_PLANES = {"Red": (255, 60, 60), "Green": (60, 220, 60), "Blue": (90, 120, 255)}
"""Brightest colours of the planes of an RGB picture: light enough to be seen, also in the dark theme."""
GREY = {"kind": "ink", "limit": 1.0}


def convolution_window(
    image: Array,
    kernel: Array,
    bias: Array,
    *,
    key: str,
    strides: int = 1,
    padding: str = "valid",
    dilation_rate: int = 1,
    activation: str = "linear",
    describe: str = "A filter slides over the picture.",
) -> None:
    """Show one filter of Conv2D at work.

    Args:
        image: float32 (height, width, channels) in [0, 1], one channel or three (RGB).
        kernel: float32 (kernel_size, kernel_size, channels, 1), square.
        bias: float32 (1,).
        key: the component's identity; the chosen cell stays as long as the map keeps its size.
        strides: how far the window moves from one cell to the next.
        padding: "valid" or "same", as in Keras.
        dilation_rate: 1, or the distance of the kernel's cells.
        activation: a key of `operations.ACTIVATIONS` that acts on each value by itself.
        describe: one sentence for those who hear the page.
    """
    side, channels = kernel.shape[0], image.shape[2]
    reach = (side - 1) * dilation_rate + 1
    settings: dict[str, Any] = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    before = ops.conv2d(image, kernel, bias, **settings)[..., 0]
    none = np.zeros(1, np.float32)
    sums = [
        ops.conv2d(image[..., plane, np.newaxis], kernel[:, :, plane, np.newaxis], none, **settings)[..., 0]
        for plane in range(channels)
    ]
    after = ops.ACTIVATIONS[activation](before)
    border = [ops.pad_widths(size, reach, strides, padding) for size in image.shape[:2]]
    _show(
        ops.pad(image, (reach, reach), strides, padding),
        {"Map": after},
        key=key,
        mode="convolution",
        describe=describe,
        side=side,
        strides=strides,
        dilation=dilation_rate,
        border=[border[0][0], border[1][0], border[0][1], border[1][1]],
        start=int(np.abs(before).argmax()),
        scale=scale_of(before) if before.min() < 0 else scale_of(before, "ink", max(1.0, float(before.max()))),
        widest=WIDEST if channels == 1 else 2 * WIDEST,
        kernel=kernel[..., 0],
        before=before,
        sums=np.stack(sums, axis=-1),
        bias=float(bias[0]),
        activation=activation,
        weights=scale_of(kernel, "diverging"),
        products=scale_of(np.abs(kernel).max() * image, "diverging"),
    )


def pooling_window(
    image: Array,
    *,
    key: str,
    pool_size: int = 2,
    strides: int | None = None,
    describe: str = "Maximum and average pooling side by side.",
) -> None:
    """Show maximum and average pooling of one picture, on one gesture.

    Args:
        image: float32 (height, width), about [0, 1]: noise may lie outside.
        pool_size: side of the window.
        strides: how far it moves; None means `pool_size`.
        describe: one sentence for those who hear the page.
    """
    values, strides = image[..., np.newaxis], strides or pool_size
    largest = ops.max_pooling2d(values, pool_size, strides)[..., 0]
    mean = ops.average_pooling2d(values, pool_size, strides)[..., 0]
    places = [(row, column) for row in range(largest.shape[0]) for column in range(largest.shape[1])]
    cells = [ops.max_pooling2d_at(values, row, column, 0, pool_size, strides) for row, column in places]
    winners = [cell.winner[0] * pool_size + cell.winner[1] for cell in cells if cell.winner]
    _show(
        values,
        {"Max pooling": largest, "Average pooling": mean},
        key=key,
        mode="pooling",
        describe=describe,
        side=pool_size,
        strides=strides,
        start=int((largest - mean).argmax()),
        scale=GREY,
        widest=2 * WIDEST,
        winners=np.array(winners, np.float32),
    )


def field_window(
    image: Array,
    output: Array,
    *,
    key: str,
    receptive_field: int,
    strides: int,
    title: str = "Map",
    describe: str = "What one cell of a deep layer's map can see.",
) -> None:
    """Show which part of the picture a cell of a deep layer's map can see.

    Args:
        image: float32 (height, width) in [0, 1].
        output: float32 (rows, columns), not negative: one map of the layer.
        receptive_field: side of the square that one cell sees, in pixels.
        strides: by how many pixels the square moves from one cell to the next.
        title: name of the map.
        describe: one sentence for those who hear the page.
    """
    _show(
        image[..., np.newaxis],
        {title: output},
        key=key,
        mode="field",
        describe=describe,
        side=receptive_field,
        strides=strides,
        start=int(output.argmax()),
        scale=scale_of(output, "sequential"),
        widest=WIDEST,
    )


def _show(padded: Array, outputs: dict[str, Array], *, key: str, scale: dict[str, Any], **data: Any) -> None:
    """Mount the component: `padded` is (height, width, channels), each output (rows, columns)."""
    planes: dict[str, dict[str, Any]] = {"Picture": GREY}
    if padded.shape[2] == len(COLOUR_PLANES):
        planes = {name: {"colour": colour, "limit": 1.0} for name, colour in COLOUR_PLANES.items()}
    rows, columns = next(iter(outputs.values())).shape
    _mount(
        key=key,
        data={
            "border": [0, 0, 0, 0],
            "dilation": 1,
            **data,
            "inputs": list(np.moveaxis(padded, 2, 0).astype(np.float32)),
            "inputRows": padded.shape[0],
            "inputColumns": padded.shape[1],
            "planes": [{"title": title, "scale": plane} for title, plane in planes.items()],
            "outputs": [{"title": title, "values": output, "scale": scale} for title, output in outputs.items()],
            "rows": rows,
            "columns": columns,
        },
    )
