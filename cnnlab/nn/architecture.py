"""A network as a value: layers in a row that fit each other, with their shapes, parameters and multiply-adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from cnnlab.limits import LIMITS, NUM_CLASSES
from cnnlab.nn.layers import INPUT_SHAPE, Dense, Layer, LayerWithKernel, Shape, is_head
from cnnlab.nn.receptive_field import Box, ReceptiveField

BYTES_PER_VALUE = 4
COSTS = {"parameters": "num_parameters", "multiply_adds": "multiply_adds"}
"""Limits on the whole network, and what of a LayerSummary adds up to it."""


@dataclass(frozen=True)
class LayerSummary:
    """One layer of a network, with what it does to one image. `rows` and `columns`: what its values see."""

    layer: Layer
    input_shape: Shape
    output_shape: Shape
    num_trainable: int
    num_other: int
    arithmetic: str
    multiply_adds: int
    rows: ReceptiveField
    columns: ReceptiveField

    @property
    def receptive_field(self) -> int:
        """Side, in pixels, of the square that one output value can see, at most the picture."""
        return max(min(field.size, field.far) for field in (self.rows, self.columns))

    def seen(self, position: tuple[int, ...]) -> Box:
        """The pixels that the output value at (row, column, channel) or (unit,) is made from."""
        row, column = position[:2] if len(position) > 1 else self._cell(position[0])
        return Box(*self.rows.seen(row, row), *self.columns.seen(column, column))

    def _cell(self, unit: int) -> tuple[int, int]:
        """Where a vector's value stood in the map before Flatten, which keeps channels innermost."""
        num_cells = self.rows.count * self.columns.count
        return divmod(unit * num_cells // self.output_shape[0], self.columns.count)

    @property
    def num_parameters(self) -> int:
        """Trained and other parameters together."""
        return self.num_trainable + self.num_other

    @property
    def memory(self) -> int:
        """Bytes of the layer's output for one image."""
        return prod(self.output_shape) * BYTES_PER_VALUE


@dataclass(frozen=True)
class Problem:
    """Why a draft is not a network yet: the first layer that does not fit (None: the whole draft) and what would."""

    layer_index: int | None
    message: str


@dataclass(frozen=True)
class Check:
    """What can be said of a draft: the layers up to the first one that does not fit, and the problem, if any."""

    summaries: tuple[LayerSummary, ...]
    problem: Problem | None


def check(layers: Sequence[Layer], input_shape: Shape = INPUT_SHAPE) -> Check:
    """Follow one image through a draft, as far as it goes, without raising."""
    summaries: list[LayerSummary] = []
    shape, rows, columns = input_shape, *map(ReceptiveField.of_pixels, (*input_shape[:-1], 1, 1)[:2])  # a vector: 1 x 1
    for index, layer in enumerate(layers):
        try:
            output_shape = layer.output_shape(shape)
        except ValueError as error:
            return Check(tuple(summaries), Problem(index, f"Layer {index + 1}, {error}."))
        rows, columns = rows.after(layer), columns.after(layer)
        num_weights, num_state = (
            sum(map(prod, shapes.values())) for shapes in (layer.weight_shapes(shape), layer.state_shapes(shape))
        )
        summaries.append(
            LayerSummary(
                layer,
                shape,
                output_shape,
                num_weights if layer.learns else 0,
                num_state if layer.learns else num_state + num_weights,
                layer.arithmetic(shape),
                layer.multiply_adds(shape),
                rows,
                columns,
            )
        )
        shape = output_shape
    return Check(tuple(summaries), _problem_of_the_whole(summaries))


def _problem_of_the_whole(summaries: list[LayerSummary]) -> Problem | None:
    """What is wrong with a draft whose layers all fit each other."""
    if not summaries:
        return Problem(None, "There are no layers yet: add some, or choose a preset.")
    low, high = LIMITS["layers"]
    if len(summaries) > high:
        return Problem(None, f"A network here has from {low} to {high} layers. Received: {len(summaries)} layers.")
    last = summaries[-1].layer
    if not is_head(last):
        return Problem(
            len(summaries) - 1,
            f"Layer {len(summaries)}, {type(last).__name__}: the last layer must be Dense({NUM_CLASSES}, "
            'activation="softmax"), one probability for each digit. '
            + ("Change its units and activation." if isinstance(last, Dense) else "Add it at the end."),
        )
    for name, what in COSTS.items():
        costs = [getattr(summary, what) for summary in summaries]
        largest = max(range(len(costs)), key=costs.__getitem__)
        if sum(costs) > LIMITS[name][1]:
            return Problem(
                largest,
                f"Layer {largest + 1}, {type(summaries[largest].layer).__name__}: the network has "
                f"{sum(costs):,} {name.replace('_', '-')} and this layer most of them ({costs[largest]:,}); "
                f"at most {LIMITS[name][1]:,} are allowed. Use fewer filters or units, or pool before it.",
            )
    return None


@dataclass(frozen=True)
class Architecture:
    """A linear stack of layers that fit each other and end in ten probabilities.

    Raises ValueError when a layer does not fit; the message names its position (counted from 1) and what would fit.

    Example:
        >>> Architecture((Flatten(), Dense(10, activation="softmax"))).num_parameters
        7850
    """

    layers: tuple[Layer, ...]
    input_shape: Shape = INPUT_SHAPE

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        problem = check(self.layers, self.input_shape).problem
        if problem:
            raise ValueError(problem.message)

    @cached_property
    def summaries(self) -> tuple[LayerSummary, ...]:
        """Shapes and costs, layer by layer."""
        return check(self.layers, self.input_shape).summaries

    @property
    def with_kernels(self) -> tuple[int, ...]:
        """Indices of the layers that have a kernel, that is filters or units, in order."""
        return tuple(index for index, layer in enumerate(self.layers) if isinstance(layer, LayerWithKernel))

    @property
    def num_parameters(self) -> int:
        """Trained and other parameters of all layers."""
        return sum(summary.num_parameters for summary in self.summaries)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one image."""
        return sum(summary.multiply_adds for summary in self.summaries)

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        """Shapes of all weights by '<layer index>/<Keras name>', layer by layer."""
        return {
            f"{index}/{name}": shape
            for index, summary in enumerate(self.summaries)
            for name, shape in {
                **summary.layer.weight_shapes(summary.input_shape),
                **summary.layer.state_shapes(summary.input_shape),
            }.items()
        }
