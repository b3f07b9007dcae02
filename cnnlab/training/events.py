"""What training tells while it runs: small frozen records, in the order in which they happen; and its orders.

They stand apart from `cnnlab.training.loop` because the process that shows and stores them never imports TensorFlow.
`step` is the number of weight updates done so far, counted over the whole run: 0 before the first one.
`epoch` and `batch` count from 0.
"""

from dataclasses import dataclass
from math import inf, nan

import numpy as np

from cnnlab.nn.weights import Weights

NOT_A_NUMBER = "The loss is no longer a number"
"""How the reason of a Failed begins when that is why."""


@dataclass(frozen=True)
class RunStarted:
    """Training begins, or begins again at `step` after an interruption."""

    step: int
    num_train: int
    num_validation: int
    batches_per_epoch: int
    epochs: int


@dataclass(frozen=True)
class BatchEnd:
    """One weight update; loss and accuracy (0 to 1) are those of this batch alone, before the update.

    `images_per_second` is 0 as long as it is not known: a clock may stand still for several updates.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float
    images_per_second: float


@dataclass(frozen=True)
class EpochEnd:
    """All training images were seen once more.

    `loss` and `accuracy` are means over the epoch's batches, as Keras reports them; the `val_` figures are None
    without validation images.
    """

    step: int
    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True)
class WeightsSnapshot:
    """The network's weights after `step` updates."""

    step: int
    weights: Weights


@dataclass(frozen=True)
class Checkpoint:
    """All that training needs to go on as if it had never stopped, bit for bit on the same machine.

    `batch` is the next batch of `epoch`; the sums (over images) are those of the epoch so far. `best_loss` is the
    lowest loss of an epoch so far, `num_waited` counts the epochs since (early stopping). `learning_rate` is the one
    that was set by hand, NaN without one.
    """

    step: int
    epoch: int
    batch: int
    loss_sum: float
    accuracy_sum: float
    variables: tuple[np.ndarray, ...]
    optimizer_variables: tuple[np.ndarray, ...]
    best_loss: float = inf
    num_waited: int = 0
    learning_rate: float = nan


@dataclass(frozen=True)
class Paused:
    """Nothing more happens until the run is ordered to go on. A checkpoint of this very step came before it."""

    step: int


@dataclass(frozen=True)
class LearningRateSet:
    """From the update after `step` on, the learning rate is this one, set by hand, instead of the schedule's."""

    step: int
    learning_rate: float


@dataclass(frozen=True)
class Orders:
    """What a run is to do while it trains; the newest stand.

    should_stop: end early and keep the network so far.
    pause_at: pause as soon as so many updates are done (0: now); None: go on.
    learning_rate: set it by hand; None: leave it as it is.
    should_leave: free the worker while paused; the run can be entered again from its checkpoint.
    """

    should_stop: bool = False
    pause_at: int | None = None
    learning_rate: float | None = None
    should_leave: bool = False


@dataclass(frozen=True)
class Start:
    """Where training begins instead of from new weights, and one's own digits to learn from beside MNIST's.

    `images` are uint8 (n, 28, 28), ink towards 255, `labels` uint8 (n,) from 0 to 9; n may be 0.
    """

    weights: Weights
    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.labels)
        if self.images.shape != (n, 28, 28) or self.images.dtype != np.uint8 or self.labels.shape != (n,):
            raise ValueError(
                "`images` must be uint8 (n, 28, 28) and `labels` (n,). "
                f"Received: {self.images.dtype} {self.images.shape} and {self.labels.shape}"
            )
        if n and not (self.labels.dtype.kind in "iu" and 0 <= self.labels.min() <= self.labels.max() <= 9):  # noqa: PLR2004
            raise ValueError(f"`labels` must be whole numbers from 0 to 9. Received: {self.labels.dtype} {self.labels}")


@dataclass(frozen=True)
class Finished:
    """Training is over; the test images were used here for the first and only time.

    `probabilities` is float32 (10000, 10): the network's answer to every test image, in order.
    `model` is the content of a `.keras` file. `stopped` tells that the learner ended the run early. `reason` is a
    sentence when the run ended before its last epoch by itself.
    """

    step: int
    stopped: bool
    test_loss: float
    test_accuracy: float
    probabilities: np.ndarray
    weights: Weights
    model: bytes
    reason: str | None = None


@dataclass(frozen=True)
class Failed:
    """Training cannot go on; `reason` is a sentence for the learner."""

    step: int
    reason: str


Event = RunStarted | BatchEnd | EpochEnd | WeightsSnapshot | Checkpoint | Paused | LearningRateSet | Finished | Failed
