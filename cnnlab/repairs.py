"""Drafts that are not networks yet, mended: what would fit instead of the first layer that does not.

A repair is proposed only when it helps: `check` finds no problem any more, or one that is nearer to the end.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cnnlab.architecture import (
    COSTS,
    NUM_CLASSES,
    Check,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Layer,
    MaxPooling2D,
    Pooling2D,
    Shape,
    check,
    is_head,
)
from cnnlab.limits import LIMITS

HEAD = Dense(NUM_CLASSES, activation="softmax")
Layers = tuple[Layer, ...]


@dataclass(frozen=True)
class Repair:
    """One way to mend a draft: what is done, in a few words, and the layers that it leads to."""

    label: str
    layers: Layers


def repairs(layers: Sequence[Layer], input_shape: Shape = (28, 28, 1)) -> tuple[Repair, ...]:
    """Return the ways to mend the first problem of a draft, the gentlest first and one of each kind."""
    draft = tuple(layers)
    found = check(draft, input_shape)
    if found.problem is None:
        return ()
    before = _badness(draft, found)
    best: dict[str, tuple[float, Repair]] = {}
    for label, make in _candidates(draft, found, input_shape):
        kind = label.split()[0]
        with suppress(ValueError):  # a setting out of its limits
            after = _badness(make(), check(make(), input_shape))
            is_first = kind not in best or (after == 0 < best[kind][0])
            if after < before and is_first:
                best[kind] = after, Repair(label, make())
    return tuple(repair for _, repair in best.values())


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


def _candidates(draft: Layers, found: Check, input_shape: Shape) -> Iterator[tuple[str, Callable[[], Layers]]]:
    """What might help, by the kind of problem."""
    problem = found.problem
    index = problem.layer_index if problem else None
    if index is None:
        too_many = len(draft) > LIMITS["layers"][1]
        if too_many:
            yield "Keep the first layers and the last", lambda: (*draft[: int(LIMITS["layers"][1]) - 1], draft[-1])
        else:
            yield "Begin with Flatten and Dense", lambda: (Flatten(), HEAD)
        return
    layer, before, after = draft[index], draft[:index], draft[index + 1 :]

    def instead(*layers: Layer) -> Layers:
        return (*before, *layers, *after)

    if index < len(found.summaries):  # it fits its neighbours; the whole does not
        yield from _whole(layer, instead, is_last=not after)
    else:
        shape = found.summaries[-1].output_shape if found.summaries else input_shape
        yield from _misfit(layer, shape, instead)
        if len(shape) == 1:
            yield from _earlier(draft, index, found)
    if after or not is_head(layer):
        yield "Remove it", instead


def _misfit(layer: Layer, shape: Shape, instead: Callable[..., Layers]) -> Iterator[tuple[str, Callable[[], Layers]]]:
    """For a layer that what comes in, of `shape`, does not suit."""
    if isinstance(layer, Dense):
        yield "Flatten before it", lambda: instead(Flatten(), layer)
        yield "GlobalAveragePooling2D before it", lambda: instead(GlobalAveragePooling2D(), layer)
    side = min(shape[:2])
    if isinstance(layer, Conv2D):
        size = (side - 1) // layer.dilation_rate + 1
        yield f"Kernel {size} x {size}", lambda: instead(replace(layer, kernel_size=size))
        yield 'padding="same"', lambda: instead(replace(layer, padding="same"))
    elif isinstance(layer, Pooling2D):
        yield f"Pool {side} x {side}", lambda: instead(replace(layer, pool_size=side))
        yield 'padding="same"', lambda: instead(replace(layer, padding="same"))


def _earlier(draft: Layers, index: int, found: Check) -> Iterator[tuple[str, Callable[[], Layers]]]:
    """For a layer that needs a map and stands after the one that made a vector of it."""
    flat = next(number for number, summary in enumerate(found.summaries) if len(summary.output_shape) == 1)
    moved = (*draft[:flat], draft[index], *draft[flat:index], *draft[index + 1 :])
    yield f"Move it before {type(draft[flat]).__name__}", lambda: moved


def _whole(
    layer: Layer, instead: Callable[..., Layers], *, is_last: bool
) -> Iterator[tuple[str, Callable[[], Layers]]]:
    """For a last layer that does not give ten probabilities, or a layer that costs too much."""
    if is_last and isinstance(layer, Dense):
        yield (
            f'Make it Dense({NUM_CLASSES}, "softmax")',
            lambda: instead(replace(layer, units=NUM_CLASSES, activation="softmax")),
        )
    if is_last:
        yield f'Add Dense({NUM_CLASSES}, "softmax")', lambda: instead(layer, HEAD)
        yield f'Add Flatten and Dense({NUM_CLASSES}, "softmax")', lambda: instead(layer, Flatten(), HEAD)
    yield "MaxPooling2D before it", lambda: instead(MaxPooling2D(), layer)
    name = "filters" if isinstance(layer, Conv2D) else "units"
    number = getattr(layer, name, 1)
    while number > 1:
        number //= 2
        yield f"Only {number} {name}", partial(_changed, layer, instead, **{name: number})


def _changed(layer: Layer, instead: Callable[..., Layers], **settings: Any) -> Layers:  # noqa: ANN401
    return instead(replace(layer, **settings))
