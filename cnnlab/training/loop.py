"""Training that tells what happens. Knows nothing of where it runs: it calls `emit(event)` and asks for its `orders()`.

One loop over batches instead of `keras.Model.fit`, for three reasons: an event carries its batch's own loss (Keras's
callbacks give the mean since the epoch began), a run can be entered again at any batch, and the batch order,
`numpy.random.default_rng((seed, epoch)).permutation(n)`, can be repeated by anyone. Imports TensorFlow.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import keras
import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models
from cnnlab.training.events import (
    NOT_A_NUMBER,
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    LearningRateSet,
    Orders,
    Paused,
    RunStarted,
    Start,
    WeightsSnapshot,
)

NUM_SNAPSHOTS = 20
FIRST_SNAPSHOTS = (1, 2, 5, 10, 20, 50, 100)
"""Updates after which much has changed already."""
CHECKPOINT_SECONDS = 15.0
PAUSE_SECONDS = 120.0
"""So long a paused run keeps its worker, so that it goes on at once."""
LOOK_SECONDS = 0.05
EVALUATION_BATCH_SIZE = 500

Emit = Callable[[Event], None]


def train(
    experiment: Experiment,
    emit: Emit,
    orders: Callable[[], Orders] = Orders,
    checkpoint: Checkpoint | None = None,
    start: Start | None = None,
) -> None:
    """Train on MNIST and report every batch, epoch, snapshot and checkpoint, and at the end the test result.

    Args:
        experiment: what to train, on what, how, and from which seed.
        emit: called with each event, in order, in this thread.
        orders: asked before every batch.
        checkpoint: go on from here instead of from new weights; on the same machine the result is the same bit for bit.
        start: begin from these weights (fine-tuning). Its digits, as often as need be, take the place of the first half
            of the images, so that the network sees the other half and does not forget.

    Emits Failed instead of Finished when the loss is no longer a number. A paused run that is not told to go on ends
    without either. Other errors are raised.
    """
    _Run(experiment, emit, orders, checkpoint, start).go()


def snapshot_steps(experiment: Experiment) -> set[int]:
    """After how many updates the weights are kept: at first often, then evenly, and at the end of each epoch."""
    in_epoch, epochs = experiment.batches_per_epoch, experiment.training.epochs
    parts = max(1, round(NUM_SNAPSHOTS / epochs))
    even = {epoch * in_epoch + part * in_epoch // parts for epoch in range(epochs) for part in range(parts)}
    first = {step for step in FIRST_SNAPSHOTS if step < in_epoch // parts}
    return {0, *first, *even, experiment.num_steps}


def warm_up() -> None:
    """Make TensorFlow do each kind of work once, so that the first run does not wait for it."""
    model = keras_models.build(PRESETS["Tiny"])
    images = np.zeros((16, *model.input_shape[1:]), np.float32)
    model.train_on_batch(images, np.eye(10, dtype=np.float32)[np.zeros(16, int)])
    model.predict(images, verbose=0)


@dataclass
class _Epoch:
    """Where in which epoch the run is, and the sums over the images seen in it."""

    index: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    accuracy_sum: float = 0.0


class _Run:
    """One run: the model and where it stands."""

    def __init__(
        self,
        experiment: Experiment,
        emit: Emit,
        orders: Callable[[], Orders],
        checkpoint: Checkpoint | None,
        start: Start | None,
    ) -> None:
        self.experiment, self.emit, self.orders = experiment, emit, orders
        data = mnist.load()
        num_validation = experiment.data.validation_size
        split = len(data.train.images) - num_validation
        self.images = data.train.images[: experiment.data.num_train]
        labels = experiment.data.labels(data.train.labels[: experiment.data.num_train], experiment.seed)
        if start and len(start.labels):
            own = np.arange(len(labels) // 2) % len(start.labels)
            self.images = np.concatenate([start.images[own, ..., np.newaxis], self.images[len(own) :]])
            labels = np.concatenate([start.labels[own], labels[len(own) :]])
        self.targets = mnist.one_hot(labels)
        self.validation_images = self._prepare(data.train.images[split:])
        self.validation_targets = mnist.one_hot(data.train.labels[split:])
        self.test = data.test

        self.model = keras_models.build(experiment)
        self.step, self.epoch = 0, _Epoch()
        self.best_loss, self.num_waited = math.inf, 0
        self.learning_rate = math.nan  # as it was set by hand
        self.set_rate = np.float32(math.nan)
        if start:
            keras_models.set_weights(self.model, start.weights)
        if checkpoint:
            self._restore(checkpoint)
        self.snapshot_steps = snapshot_steps(experiment)

    def go(self) -> None:
        """Run to the end, or until stopped."""
        self._tell_start()
        if self.step == 0:
            self.emit(WeightsSnapshot(0, keras_models.weights_of(self.model)))
        self.last_checkpoint = self.last_batch = time.monotonic()
        self.images_per_second = 0.0
        while self.epoch.index < self.experiment.training.epochs and not self._has_waited_enough():
            for batch in self._batches():
                orders = self._obey()
                if orders.should_stop:
                    self._finish(stopped=True)
                if orders.should_stop or orders.should_leave:
                    return
                if not self._train_on(batch):
                    return
            self._end_epoch()
        self._finish(stopped=False)

    def _tell_start(self) -> None:
        experiment = self.experiment
        num_train, num_validation = len(self.images), len(self.validation_images)
        epochs = experiment.training.epochs
        self.emit(RunStarted(self.step, num_train, num_validation, experiment.batches_per_epoch, epochs))

    def _obey(self) -> Orders:
        """Take the orders for the next update; as long as they are to pause, wait. Leaves only from a pause."""
        orders = self._orders()
        if not self._is_paused_by(orders):
            return replace(orders, should_leave=False)
        self._checkpoint()
        self.emit(Paused(self.step))
        since = time.monotonic()
        while self._is_paused_by(orders):
            if orders.should_leave or time.monotonic() - since > PAUSE_SECONDS:
                self._checkpoint()  # with the learning rate that was set meanwhile
                return replace(orders, should_leave=True)
            time.sleep(LOOK_SECONDS)
            orders = self._orders()
        if not orders.should_stop:
            self._tell_start()
        self.last_batch = time.monotonic()
        return replace(orders, should_leave=False)

    def _is_paused_by(self, orders: Orders) -> bool:
        return not orders.should_stop and orders.pause_at is not None and self.step >= orders.pause_at

    def _orders(self) -> Orders:
        """Ask for the orders; set the next update's learning rate, by the schedule or as it was set by hand."""
        orders = self.orders()
        if orders.learning_rate is not None and orders.learning_rate != self.learning_rate:
            self.learning_rate = orders.learning_rate
            self.emit(LearningRateSet(self.step, self.learning_rate))
        by_hand = not math.isnan(self.learning_rate)
        rate = np.float32(self.learning_rate if by_hand else self.experiment.learning_rate_at(self.step))
        if rate != self.set_rate:
            self.model.optimizer.learning_rate = self.set_rate = rate
        return orders

    def _has_waited_enough(self) -> bool:
        patience = self.experiment.training.early_stopping
        return 0 < patience <= self.num_waited

    def _batches(self) -> Iterator[np.ndarray]:
        """The image indices of each batch that is left of this epoch."""
        order = np.random.default_rng((self.experiment.seed, self.epoch.index)).permutation(len(self.images))
        size = self.experiment.training.batch_size
        for start in range(self.epoch.batch * size, len(order), size):
            yield order[start : start + size]

    def _train_on(self, batch: np.ndarray) -> bool:
        """One weight update. False when the loss is no longer a number."""
        self.model.reset_metrics()  # so that the figures are this batch's own
        figures = self.model.train_on_batch(self._prepare(self.images[batch]), self.targets[batch], return_dict=True)
        loss, accuracy = float(figures["loss"]), float(figures["accuracy"])
        self.step += 1
        if not math.isfinite(loss):
            self.emit(Failed(self.step, _not_a_number(self.step, self.experiment)))
            return False
        epoch = self.epoch
        epoch.batch += 1
        epoch.loss_sum += loss * len(batch)
        epoch.accuracy_sum += accuracy * len(batch)
        now = time.monotonic()
        speed = len(batch) / (now - self.last_batch)
        self.images_per_second += (speed - self.images_per_second) * (0.1 if self.images_per_second else 1.0)
        self.last_batch = now
        self.emit(BatchEnd(self.step, epoch.index, loss, accuracy, self.images_per_second))
        if self.step in self.snapshot_steps:
            self.emit(WeightsSnapshot(self.step, keras_models.weights_of(self.model)))
        if now - self.last_checkpoint >= CHECKPOINT_SECONDS:
            self._checkpoint()
        return True

    def _end_epoch(self) -> None:
        """Look at the validation images, report the epoch, begin the next one."""
        epoch, num_images = self.epoch, len(self.images)
        val_loss = val_accuracy = None
        if len(self.validation_images):
            figures = self.model.evaluate(
                self.validation_images,
                self.validation_targets,
                batch_size=EVALUATION_BATCH_SIZE,
                verbose=0,
                return_dict=True,
            )
            val_loss, val_accuracy = float(figures["loss"]), float(figures["accuracy"])
        watched = epoch.loss_sum / num_images if val_loss is None else val_loss
        self.num_waited = 0 if watched < self.best_loss else self.num_waited + 1
        self.best_loss = min(self.best_loss, watched)
        loss, accuracy = epoch.loss_sum / num_images, epoch.accuracy_sum / num_images
        self.emit(EpochEnd(self.step, epoch.index, loss, accuracy, val_loss, val_accuracy))
        self.epoch = _Epoch(epoch.index + 1)
        self._checkpoint()
        self.last_batch = time.monotonic()

    def _checkpoint(self) -> None:
        self.last_checkpoint = time.monotonic()
        self.emit(
            Checkpoint(
                self.step,
                self.epoch.index,
                self.epoch.batch,
                self.epoch.loss_sum,
                self.epoch.accuracy_sum,
                tuple(variable.numpy().copy() for variable in self.model.variables),
                tuple(variable.numpy().copy() for variable in self.model.optimizer.variables),
                self.best_loss,
                self.num_waited,
                self.learning_rate,
            )
        )

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.step = checkpoint.step
        self.epoch = _Epoch(checkpoint.epoch, checkpoint.batch, checkpoint.loss_sum, checkpoint.accuracy_sum)
        self.best_loss, self.num_waited = checkpoint.best_loss, checkpoint.num_waited
        self.learning_rate = checkpoint.learning_rate
        for variable, value in zip(self.model.variables, checkpoint.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self.model.optimizer.variables, checkpoint.optimizer_variables, strict=True):
            variable.assign(value)

    def _finish(self, *, stopped: bool) -> None:
        """The one look at the test images."""
        images = self._prepare(self.test.images)
        probabilities = self.model.predict(images, batch_size=EVALUATION_BATCH_SIZE, verbose=0)
        loss = keras.losses.get(self.experiment.training.loss)
        weights = keras_models.weights_of(self.model)
        if self.step not in self.snapshot_steps:
            self.emit(WeightsSnapshot(self.step, weights))
        self.emit(
            Finished(
                self.step,
                stopped,
                float(np.mean(loss(mnist.one_hot(self.test.labels), probabilities))),
                float(np.mean(probabilities.argmax(axis=1) == self.test.labels)),
                probabilities,
                weights,
                keras_models.to_bytes(self.model),
                self._why_early() if not stopped else None,
            )
        )

    def _why_early(self) -> str | None:
        """Say why the run ends before its last epoch."""
        if self.epoch.index == self.experiment.training.epochs:
            return None
        watched = "validation" if len(self.validation_images) else "training"
        times = "" if self.num_waited == 1 else f" {self.num_waited} times in a row"
        return f"Early stopping: the {watched} loss did not fall{times}."

    def _prepare(self, images: np.ndarray) -> np.ndarray:
        return self.experiment.data.prepare(mnist.normalise(images))


def _not_a_number(step: int, experiment: Experiment) -> str:
    advice = [] if experiment.data.normalise else ["normalise the pixels"]
    advice.append(f"lower the learning rate (it is {experiment.training.learning_rate:g})")
    return f"{NOT_A_NUMBER} after update {step:,}: the weights grew too large. Try to " + " or ".join(advice)
