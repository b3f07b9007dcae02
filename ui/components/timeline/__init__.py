"""The time machine: one slider over the stages of a run, which everything else on the page that shows the run follows.

It is moved, played and read in the browser; the components that follow it are made with `stages.js`, too.
"""

from collections.abc import Sequence

from ui.components import component


@component(__file__)
def timeline(
    run_id: str, steps: Sequence[int], labels: Sequence[str], *, key: str, batches_per_epoch: int, is_live: bool
) -> None:
    """Show the slider. It stands at the newest stage, and goes on with it, until it is moved.

    Args:
        run_id: whose stages they are.
        steps: the updates done at each stage, rising; at least one.
        labels: each stage in words: "Epoch 2, batch 40".
        batches_per_epoch: for the marks at the ends of epochs.
        is_live: whether there will be more stages.
    """
