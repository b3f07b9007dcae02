"""Live training curves: loss and accuracy over steps, side by side, updated in place.

Every batch is sent as long as there are few; later the least and the largest of each bucket, so that a spike is never
lost, and each bucket's mean, from which the smoothed line is drawn.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ui import colours
from ui.components import define

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]

BUCKETS = 1_000
_mount = define(__file__)


def bucket_size(num_values: int, buckets: int = BUCKETS) -> int:
    """How many values share a bucket: a power of two, so that buckets stay where they are while a run grows."""
    size = 1
    while num_values > size * buckets:
        size *= 2
    return size


def thin(step: Integers, values: Floats, buckets: int = BUCKETS) -> tuple[Integers, Floats]:
    """Keep of every bucket of neighbouring steps those where a series is least or largest, in their order.

    Args:
        step: int (n,), rising.
        values: float (n, series); NaN is neither least nor largest, and kept where a bucket has nothing else.
        buckets: the largest number of buckets; at most `2 * series * buckets` values are kept.

    Returns:
        The kept steps and their values, unchanged: (m,) and (m, series).
    """
    size = bucket_size(len(step), buckets)
    if size == 1:
        return step, values
    padded = np.pad(values, ((0, -len(values) % size), (0, 0)), constant_values=np.nan).reshape(
        -1, size, values.shape[1]
    )
    least, largest = (np.where(np.isnan(padded), end, padded) for end in (np.inf, -np.inf))
    found = np.stack([least.argmin(axis=1), largest.argmax(axis=1)]) + size * np.arange(len(padded))[:, np.newaxis]
    index = np.unique(found)
    return step[index], values[index]


def means(step: Integers, values: Floats, buckets: int = BUCKETS) -> tuple[Floats, Floats]:
    """The mean step and the mean values of each bucket of `thin`: (m,) and (m, series); NaN stays NaN."""
    starts = np.arange(0, len(step), bucket_size(len(step), buckets))
    counts = np.diff(starts, append=len(step))
    return np.add.reduceat(step, starts) / counts, np.add.reduceat(values, starts, axis=0) / counts[:, np.newaxis]


def curves(
    step: Integers,
    loss: Floats,
    accuracy: Floats,
    epoch_step: Integers,
    epoch_loss: Floats,
    epoch_accuracy: Floats,
    val_loss: Floats,
    val_accuracy: Floats,
    total_steps: int,
    batches_per_epoch: int,
    *,
    key: str,
    height: int = 260,
    run_id: str | None = None,
    marks: Sequence[tuple[int, str]] = (),
) -> None:
    """Draw the curves of one run; call it again with more data and the same key to let them grow.

    Args:
        step: int (n,), rising from 1: the number of updates done when each batch was measured.
        loss: float (n,), each batch's own loss; NaN and infinities are shown as gaps.
        accuracy: float (n,) in [0, 1], each batch's own accuracy.
        epoch_step: int (e,), the step at which each epoch ended.
        epoch_loss: float (e,), the epoch's mean over its batches.
        epoch_accuracy: float (e,) in [0, 1], the same.
        val_loss: float (e,), NaN where there is no validation, or (0,).
        val_accuracy: float (e,) in [0, 1], the same.
        total_steps: number of updates planned for the run.
        batches_per_epoch: number of updates an epoch.
        key: the component's identity; use another one for another run to start with a fresh zoom.
        height: height of each chart in pixels.
        run_id: the run whose timeline the charts follow: see `ui.components.timeline`.
        marks: steps after which something was changed by hand, rising, and what, in a few words without markup.
    """
    batches = np.stack([loss, accuracy], axis=1).astype(np.float64)
    thin_step, thin_values = thin(step, batches)
    mean_step, mean_values = means(step, batches)
    validation = [part if len(part) else np.full(len(epoch_step), np.nan) for part in (val_loss, val_accuracy)]
    _mount(
        key=key,
        data={
            "batch": [thin_step.astype(np.float32), *thin_values.T],
            "mean": [mean_step, *mean_values.T],
            "epoch": [epoch_step.astype(np.float32), epoch_loss, epoch_accuracy, *validation],
            "bucketSize": bucket_size(len(step)),
            "totalSteps": total_steps,
            "batchesPerEpoch": batches_per_epoch,
            "height": height,
            "id": run_id,
            "marks": marks,
            "colours": {"training": colours.TRAINING, "validation": colours.VALIDATION},
        },
    )
