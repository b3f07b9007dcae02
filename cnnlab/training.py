"""Training that tells what happens. Knows nothing of where it runs: it calls `emit(event)` and asks `should_stop()`.

One loop over batches instead of `keras.Model.fit`, for three reasons: an event carries its batch's own loss (Keras's
callbacks give the mean since the epoch began), a run can be entered again at any batch, and the batch order,
`numpy.random.default_rng((seed, epoch)).permutation(n)`, can be repeated by anyone. Imports TensorFlow.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np

from cnnlab import mnist, models
from cnnlab.events import BatchEnd, Checkpoint, EpochEnd, Event, Failed, Finished, RunStarted, Start, WeightsSnapshot
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS

NUM_SNAPSHOTS = 20
CHECKPOINT_SECONDS = 15.0
EVALUATION_BATCH_SIZE = 500

Emit = Callable[[Event], None]


def train(
    experiment: Experiment,
    emit: Emit,
    should_stop: Callable[[], bool],
    checkpoint: Checkpoint | None = None,
    start: Start | None = None,
) -> None:
    """Train on MNIST and report every batch, epoch, snapshot and checkpoint, and at the end the test result.

    Args:
        experiment: what to train, on what, how, and from which seed.
        emit: called with each event, in order, in this thread.
        should_stop: asked before every batch; True ends the run early and keeps the network so far.
        checkpoint: go on from here instead of from new weights; on the same machine the result is the same bit for bit.
        start: begin from these weights (fine-tuning). Its digits, as often as need be, take the place of the first half
            of the images, so that the network sees the other half and does not forget.

    Emits Failed instead of Finished when the loss is no longer a number. Other errors are raised.
    """
    _Run(experiment, emit, should_stop, checkpoint, start).go()


def warm_up() -> None:
    """Make TensorFlow do each kind of work once, so that the first run does not wait for it."""
    model = models.build(PRESETS["Tiny"])
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
        should_stop: Callable[[], bool],
        checkpoint: Checkpoint | None,
        start: Start | None,
    ) -> None:
        self.experiment, self.emit, self.should_stop = experiment, emit, should_stop
        data = mnist.load()
        num_validation = experiment.data.validation_size
        split = len(data.train.images) - num_validation
        self.images = data.train.images[: experiment.data.num_train]
        labels = data.train.labels[: experiment.data.num_train]
        if start and len(start.labels):
            own = np.arange(len(labels) // 2) % len(start.labels)
            self.images = np.concatenate([start.images[own, ..., np.newaxis], self.images[len(own) :]])
            labels = np.concatenate([start.labels[own], labels[len(own) :]])
        self.targets = mnist.one_hot(labels)
        self.validation_images = self._prepare(data.train.images[split:])
        self.validation_targets = mnist.one_hot(data.train.labels[split:])
        self.test = data.test

        self.model = models.build(experiment)
        self.step, self.epoch = 0, _Epoch()
        if start:
            models.set_weights(self.model, start.weights)
        if checkpoint:
            self._restore(checkpoint)
        interval = max(1, round(experiment.num_steps / NUM_SNAPSHOTS))
        self.snapshot_steps = {*range(0, experiment.num_steps, interval), experiment.num_steps}

    def go(self) -> None:
        """Run to the end, or until stopped."""
        experiment = self.experiment
        self.emit(
            RunStarted(
                self.step,
                len(self.images),
                len(self.validation_images),
                experiment.batches_per_epoch,
                experiment.training.epochs,
            )
        )
        if self.step == 0:
            self.emit(WeightsSnapshot(0, models.weights_of(self.model)))
        self.started, self.first_step = time.monotonic(), self.step
        self.last_checkpoint = self.last_batch = self.started
        self.images_per_second = 0.0
        while self.epoch.index < experiment.training.epochs:
            for batch in self._batches():
                if self.should_stop():
                    self._finish(stopped=True)
                    return
                if not self._train_on(batch):
                    return
            self._end_epoch()
        self._finish(stopped=False)

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
            self.emit(WeightsSnapshot(self.step, models.weights_of(self.model)))
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
        elapsed = time.monotonic() - self.started
        steps_left = self.experiment.num_steps - self.step
        seconds_left = elapsed / max(1, self.step - self.first_step) * steps_left
        self.emit(
            EpochEnd(
                self.step,
                epoch.index,
                epoch.loss_sum / num_images,
                epoch.accuracy_sum / num_images,
                val_loss,
                val_accuracy,
                seconds_left,
            )
        )
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
            )
        )

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.step = checkpoint.step
        self.epoch = _Epoch(checkpoint.epoch, checkpoint.batch, checkpoint.loss_sum, checkpoint.accuracy_sum)
        for variable, value in zip(self.model.variables, checkpoint.variables, strict=True):
            variable.assign(value)
        for variable, value in zip(self.model.optimizer.variables, checkpoint.optimizer_variables, strict=True):
            variable.assign(value)

    def _finish(self, *, stopped: bool) -> None:
        """The one look at the test images."""
        images = self._prepare(self.test.images)
        probabilities = self.model.predict(images, batch_size=EVALUATION_BATCH_SIZE, verbose=0)
        loss = keras.losses.get(self.experiment.training.loss)
        weights = models.weights_of(self.model)
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
                models.to_bytes(self.model),
            )
        )

    def _prepare(self, images: np.ndarray) -> np.ndarray:
        return self.experiment.data.prepare(mnist.normalise(images))


def _not_a_number(step: int, experiment: Experiment) -> str:
    advice = [] if experiment.data.normalise else ["normalise the pixels"]
    advice.append(f"lower the learning rate (it is {experiment.training.learning_rate:g})")
    return f"The loss is no longer a number after update {step:,}: the weights grew too large. Try to " + " or ".join(
        advice
    )
