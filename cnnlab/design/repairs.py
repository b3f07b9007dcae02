"""Drafts that are not networks yet, mended: what would fit instead of the first layer that does not.

A repair is proposed only when it helps: `check` finds no problem any more, or one that is nearer to the end.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cnnlab.limits import LIMITS, NUM_CLASSES
from cnnlab.nn.architecture import COSTS, Check, check
from cnnlab.nn.layers import (
    HEAD,
    INPUT_SHAPE,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Pooling2D,
    Shape,
    is_head,
)

Layers = tuple[Layer, ...]
Way = Sequence[tuple[str, Callable[[], Layers]]]
"""One way to mend a draft, in variants, the gentlest first: labels, and what makes the layers."""


@dataclass(frozen=True)
class Repair:
    """One way to mend a draft: what is done, in a few words, and the layers that it leads to."""

    label: str
    layers: Layers


def repairs(layers: Sequence[Layer], input_shape: Shape = INPUT_SHAPE) -> tuple[Repair, ...]:
    """Return repairs of a draft's first problem, the gentlest first."""
    draft = tuple(layers)
    found = check(draft, input_shape)
    if found.problem is None:
        return ()
    before = _badness(draft, found)
    chosen = []
    for way in _ways(draft, found, input_shape):
        helpful = [(bad, repair) for bad, repair in _made(way, input_shape) if bad < before]
        chosen += [repair for bad, repair in helpful if bad == 0][:1] or [repair for _, repair in helpful[:1]]
    return tuple(chosen)


def _made(way: Way, input_shape: Shape) -> Iterator[tuple[float, Repair]]:
    """The repairs of one way that have all settings within their limits, each with how bad its draft is."""
    for label, make in way:
        with suppress(ValueError):
            layers = make()
            yield _badness(layers, check(layers, input_shape)), Repair(label, layers)


def _badness(layers: Layers, found: Check) -> float:
    """How far a draft is from a network, 0 for one: by what `check` found, which it looks for in this order."""
    if found.problem is None:
        return 0
    if len(found.summaries) < len(layers):
        return 4 + len(layers) - len(found.summaries)
    if found.problem.layer_index is None:
        return 3 + len(layers) / 100
    if not is_head(layers[-1]):
        return 2
    totals = {limit: sum(getattr(summary, what) for summary in found.summaries) for limit, what in COSTS.items()}
    return 1 + sum(max(0, 1 - LIMITS[limit][1] / total) for limit, total in totals.items() if total) / 2


def _ways(draft: Layers, found: Check, input_shape: Shape) -> Iterator[Way]:
    """What might help, by the kind of problem."""
    index = found.problem.layer_index if found.problem else None
    if index is None:
        yield from _all(draft)
        return
    layer, before, after = draft[index], draft[:index], draft[index + 1 :]

    def instead(*layers: Layer) -> Layers:
        return (*before, *layers, *after)

    if index < len(found.summaries):  # it fits its neighbours; the whole does not
        if not after:
            yield from _last(layer, instead)
        yield from _costly(draft, index, instead)
    else:
        shape = found.summaries[-1].output_shape if found.summaries else input_shape
        yield from _misfit(layer, shape, instead)
        if len(shape) == 1:
            yield from _earlier(draft, index, found)
    if after or not is_head(layer):
        yield [("Remove it", instead)]


def _all(draft: Layers) -> Iterator[Way]:
    """For a draft without layers, or with too many."""
    if not draft:
        yield [("Begin with Flatten and Dense", lambda: (Flatten(), HEAD))]
        return
    yield [
        (f"Remove layer {number}, {type(layer).__name__}", partial(tuple, [*draft[: number - 1], *draft[number:]]))
        for number, layer in enumerate(draft, 1)
    ]


def _misfit(layer: Layer, shape: Shape, instead: Callable[..., Layers]) -> Iterator[Way]:
    """For a layer that what comes in, of `shape`, does not suit."""
    if isinstance(layer, Dense):
        yield [("Flatten before it", lambda: instead(Flatten(), layer))]
        yield [("GlobalAveragePooling2D before it", lambda: instead(GlobalAveragePooling2D(), layer))]
    side = min(shape[:2])
    if isinstance(layer, Conv2D):
        size = (side - 1) // layer.dilation_rate + 1
        yield [(f"Kernel {size} x {size}", lambda: instead(replace(layer, kernel_size=size)))]
    elif isinstance(layer, Pooling2D):
        yield [(f"Pool {side} x {side}", lambda: instead(replace(layer, pool_size=side)))]
    if isinstance(layer, Conv2D | Pooling2D):
        yield [('padding="same"', lambda: instead(replace(layer, padding="same")))]


def _earlier(draft: Layers, index: int, found: Check) -> Iterator[Way]:
    """For a layer that needs a map and stands after the one that made a vector of it."""
    flat = next(number for number, summary in enumerate(found.summaries) if len(summary.output_shape) == 1)
    moved = (*draft[:flat], draft[index], *draft[flat:index], *draft[index + 1 :])
    yield [(f"Move it before {type(draft[flat]).__name__}", lambda: moved)]


def _last(layer: Layer, instead: Callable[..., Layers]) -> Iterator[Way]:
    """For a last layer that does not give ten probabilities."""
    head = f'Dense({NUM_CLASSES}, "softmax")'
    if isinstance(layer, Dense):
        mended = replace(layer, units=HEAD.units, activation=HEAD.activation)
        yield [(f"Make it {head}", lambda: instead(mended))]
    flat = instead(layer, Flatten(), HEAD)
    yield [(f"Add {head}", lambda: instead(layer, HEAD)), (f"Add Flatten and {head}", lambda: flat)]


def _costly(draft: Layers, index: int, instead: Callable[..., Layers]) -> Iterator[Way]:
    """For the layer that most of too many parameters or multiply-adds belong to."""
    layer, pool = draft[index], MaxPooling2D()
    yield [("MaxPooling2D before it", lambda: instead(pool, layer))]
    flat = next((number for number in range(index) if isinstance(draft[number], Flatten)), None)
    if flat is not None:
        pooled = (*draft[:flat], pool, *draft[flat:])
        yield [("MaxPooling2D before Flatten", lambda: pooled)]
    name = "filters" if isinstance(layer, Conv2D) else "units"
    halves = (getattr(layer, name, 1) >> times for times in range(1, int(LIMITS[name][1]).bit_length()))
    yield [
        (f"Only {number} {name}", partial(_changed, layer, instead, **{name: number})) for number in halves if number
    ]


def _changed(layer: Layer, instead: Callable[..., Layers], **settings: Any) -> Layers:  # noqa: ANN401
    return instead(replace(layer, **settings))
