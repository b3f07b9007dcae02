"""Training that tells what happens. Knows nothing of where it runs: it calls `emit(event)` and asks for its `orders()`.

One loop over batches instead of `keras.Model.fit`, for three reasons: an event carries its batch's own loss (Keras's
callbacks give the mean since the epoch began), a run can be entered again at any batch, and the batch order,
`numpy.random.default_rng((seed, epoch)).permutation(n)`, can be repeated by anyone. Imports TensorFlow.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from cnnlab import mnist
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS
from cnnlab.training import events, keras_models
from cnnlab.training.events import NOT_A_NUMBER, Checkpoint, Event, Orders, Start

NUM_SNAPSHOTS = 20
FIRST_SNAPSHOTS = (1, 2, 5, 10, 20, 50, 100)
"""Updates after which much has changed already."""
CHECKPOINT_SECONDS = 15.0
PAUSE_SECONDS = 120.0
"""So long a paused run keeps its worker, so that it goes on at once."""
LOOK_SECONDS = 0.05
CALL_SECONDS, MAX_AT_ONCE = 0.05, 50
"""So long, and so many updates, TensorFlow may work at one go before orders are asked for again."""
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
        orders: asked before each batch or several, twenty times a second.
        checkpoint: go on from here instead of from new weights; on the same machine the result is the same bit for bit.
        start: begin from these weights (fine-tuning). Its digits, as often as need be, take the place of the first half
            of the images, so that the network sees the other half and does not forget.

    Emits Failed instead of Finished when the loss, a weight or an answer is no longer a number. A paused run that is
    not ordered to go on ends without either. Other errors are raised.
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
    images = np.zeros((1, 16, *model.input_shape[1:]), np.float32)
    keras_models.updates(model)(images, np.eye(10, dtype=np.float32)[np.zeros((1, 16), int)], np.zeros(1, np.float32))
    model.predict(images[0], verbose=0)


@dataclass
class _Progress:
    """How far a run is: what a Checkpoint holds beside the variables."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    accuracy_sum: float = 0.0
    best_loss: float = math.inf
    num_waited: int = 0
    learning_rate: float = math.nan


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
        train, num_train = mnist.load().train, experiment.data.num_train
        split = len(train.images) - experiment.data.validation_size
        self.images = train.images[:num_train]
        labels = experiment.data.labels(train.labels[:num_train], experiment.seed)
        if start and len(start.labels):
            own = np.arange(len(labels) // 2) % len(start.labels)
            self.images = np.concatenate([start.images[own, ..., np.newaxis], self.images[len(own) :]])
            labels = np.concatenate([start.labels[own], labels[len(own) :]])
        self.targets = mnist.one_hot(labels)
        self.validation_images = self._prepare(train.images[split:])
        self.validation_targets = mnist.one_hot(train.labels[split:])

        self.model = keras_models.build(experiment)
        self.update = keras_models.updates(self.model)
        self.at, self.num_at_once = _Progress(), 1
        if start:
            keras_models.set_weights(self.model, start.weights)
        if checkpoint:
            self._restore(checkpoint)
        self.snapshot_steps = snapshot_steps(experiment)

    def go(self) -> None:
        """Run to the end, or until stopped."""
        self._tell_start()
        if self.at.step == 0:
            self.emit(events.WeightsSnapshot(0, keras_models.weights_of(self.model)))
        self.last_checkpoint = time.monotonic()
        self.images_per_second = 0.0
        self._begin_timing()
        patience = self.experiment.training.early_stopping or math.inf
        while self.at.epoch < self.experiment.training.epochs and self.at.num_waited < patience:
            order = np.random.default_rng((self.experiment.seed, self.at.epoch)).permutation(len(self.images))
            while self.at.batch < self.experiment.batches_per_epoch:
                orders = self._obey()
                if orders.should_stop:
                    self._finish(stopped=True)
                if orders.should_stop or orders.should_leave:
                    return
                if not self._train_on(self._next_batches(order, orders)):
                    return
            self._end_epoch()
        self._finish(stopped=False)

    def _tell_start(self) -> None:
        sizes = len(self.images), len(self.validation_images)
        epochs = self.experiment.training.epochs
        self.emit(events.RunStarted(self.at.step, *sizes, self.experiment.batches_per_epoch, epochs))

    def _obey(self) -> Orders:
        """Take the orders for the next update; as long as they are to pause, wait. Leaves only from a pause."""
        orders = self._orders()
        if not self._is_paused_by(orders):
            return replace(orders, should_leave=False)
        self._checkpoint()
        self.emit(events.Paused(self.at.step))
        since = time.monotonic()
        while self._is_paused_by(orders):
            if orders.should_leave or time.monotonic() - since > PAUSE_SECONDS:
                self._checkpoint()  # with the learning rate that was set meanwhile
                return replace(orders, should_leave=True)
            time.sleep(LOOK_SECONDS)
            orders = self._orders()
        if not orders.should_stop:
            self._tell_start()
        self._begin_timing()
        return replace(orders, should_leave=False)

    def _is_paused_by(self, orders: Orders) -> bool:
        return not orders.should_stop and orders.pause_at is not None and self.at.step >= orders.pause_at

    def _orders(self) -> Orders:
        """Ask for the orders, and take note of a learning rate that was set by hand."""
        orders = self.orders()
        if orders.learning_rate is not None and orders.learning_rate != self.at.learning_rate:
            self.at.learning_rate = orders.learning_rate
            self.emit(events.LearningRateSet(self.at.step, self.at.learning_rate))
        return orders

    def _next_batches(self, order: np.ndarray, orders: Orders) -> np.ndarray:
        """The image indices, (updates, batch size), of what is learned at one go: to the next stop at the most."""
        size, stops = self.experiment.training.batch_size, {*self.snapshot_steps, orders.pause_at or 0}
        num_left = [stop - self.at.step for stop in stops if stop > self.at.step]
        num = max(1, min(self.num_at_once, len(order) // size - self.at.batch, *num_left))
        chosen = order[self.at.batch * size :][: num * size]
        return chosen.reshape(num, -1)

    def _train_on(self, batches: np.ndarray) -> bool:
        """One weight update for each batch. False when the loss is no longer a number."""
        steps = range(self.at.step, self.at.step + len(batches))
        by_hand = not math.isnan(self.at.learning_rate)
        rates = [self.at.learning_rate if by_hand else self.experiment.learning_rate_at(step) for step in steps]
        prepared = self._prepare(self.images[batches])
        losses, accuracies = self.update(prepared, self.targets[batches], np.array(rates, np.float32))
        now = self._time(*batches.shape)
        for loss, accuracy in zip(losses.tolist(), accuracies.tolist(), strict=True):
            self.at.step += 1
            if not math.isfinite(loss):
                return self._break_down()
            self.at.batch += 1
            self.at.loss_sum += loss * batches.shape[1]
            self.at.accuracy_sum += accuracy * batches.shape[1]
            self.emit(events.BatchEnd(self.at.step, self.at.epoch, loss, accuracy, self.images_per_second))
        if self.at.step in self.snapshot_steps:
            weights = keras_models.weights_of(self.model)
            if not weights.are_finite:  # the loss was that of the weights before
                return self._break_down()
            self.emit(events.WeightsSnapshot(self.at.step, weights))
        if now - self.last_checkpoint >= CHECKPOINT_SECONDS:
            self._checkpoint()
        return True

    def _break_down(self) -> bool:
        """Give up: the network no longer gives numbers."""
        advice = "" if self.experiment.data.normalise else "normalise the pixels or "
        rate = f"lower the learning rate (it is {self.experiment.training.learning_rate:g})"
        why = f"{NOT_A_NUMBER} after update {self.at.step:,}: the weights grew too large. Try to {advice}{rate}"
        self.emit(events.Failed(self.at.step, why))
        return False

    def _end_epoch(self) -> None:
        """Look at the validation images, report the epoch, begin the next one."""
        loss, accuracy = self.at.loss_sum / len(self.images), self.at.accuracy_sum / len(self.images)
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
        watched = loss if val_loss is None else val_loss
        self.at.num_waited = 0 if watched < self.at.best_loss else self.at.num_waited + 1
        self.at.best_loss = min(self.at.best_loss, watched)
        self.emit(events.EpochEnd(self.at.step, self.at.epoch, loss, accuracy, val_loss, val_accuracy))
        self.at = replace(self.at, epoch=self.at.epoch + 1, batch=0, loss_sum=0.0, accuracy_sum=0.0)
        self._checkpoint()
        self._begin_timing()

    def _begin_timing(self) -> None:
        self.timed_from, self.num_timed = time.monotonic(), 0

    def _time(self, num_updates: int, batch_size: int) -> float:
        """Count updates that were just made into the speed, and choose how many are made next; return the time.

        A clock may stand still for several updates: on Windows it can go in steps of 15.6 ms.
        """
        now = time.monotonic()
        self.num_timed += num_updates
        if now > self.timed_from:
            seconds = (now - self.timed_from) / self.num_timed
            weight = 1 - 0.9**num_updates if self.images_per_second else 1.0
            self.images_per_second += (batch_size / seconds - self.images_per_second) * weight
            self.num_at_once = max(1, min(round(CALL_SECONDS / seconds), 2 * self.num_at_once, MAX_AT_ONCE))
            self.timed_from, self.num_timed = now, 0
        return now

    def _checkpoint(self) -> None:
        self.last_checkpoint = time.monotonic()
        both = self.model.variables, self.model.optimizer.variables
        variables, of_optimizer = (tuple(variable.numpy().copy() for variable in each) for each in both)
        self.emit(Checkpoint(**vars(self.at), variables=variables, optimizer_variables=of_optimizer))

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.at = _Progress(**{name: getattr(checkpoint, name) for name in vars(self.at)})
        for variables, values in (
            (self.model.variables, checkpoint.variables),
            (self.model.optimizer.variables, checkpoint.optimizer_variables),
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _finish(self, *, stopped: bool) -> None:
        """The one look at the test images."""
        test = mnist.load().test
        probabilities = self.model.predict(self._prepare(test.images), batch_size=EVALUATION_BATCH_SIZE, verbose=0)
        loss = keras.losses.get(self.experiment.training.loss)
        weights = keras_models.weights_of(self.model)
        test_loss = float(np.mean(loss(mnist.one_hot(test.labels), probabilities)))
        if not (weights.are_finite and np.isfinite(probabilities).all() and math.isfinite(test_loss)):
            self._break_down()
            return
        if self.at.step not in self.snapshot_steps:
            self.emit(events.WeightsSnapshot(self.at.step, weights))
        self.emit(
            events.Finished(
                self.at.step,
                stopped,
                test_loss,
                float(np.mean(probabilities.argmax(axis=1) == test.labels)),
                probabilities,
                weights,
                keras_models.to_bytes(self.model),
                self._why_early() if not stopped else None,
            )
        )

    def _why_early(self) -> str | None:
        """Say why the run ends before its last epoch."""
        if self.at.epoch == self.experiment.training.epochs:
            return None
        watched = "validation" if len(self.validation_images) else "training"
        times = "" if self.at.num_waited == 1 else f" {self.at.num_waited} times in a row"
        return f"Early stopping: the {watched} loss did not fall{times}."

    def _prepare(self, images: np.ndarray) -> np.ndarray:
        return self.experiment.data.prepare(mnist.normalise(images))
