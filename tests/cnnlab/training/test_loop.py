from dataclasses import replace
from itertools import count, pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn import network
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.presets import PRESETS
from cnnlab.training import keras_models, loop
from cnnlab.training.events import (
    NOT_A_NUMBER,
    BatchEnd,
    Checkpoint,
    EpochEnd,
    Failed,
    Finished,
    LearningRateSet,
    Orders,
    Paused,
    RunStarted,
    WeightsSnapshot,
)
from cnnlab.training.loop import snapshot_steps, train

EXPERIMENT = Experiment(
    Architecture(
        (
            Conv2D(6, 3, strides=2, activation="relu"),
            BatchNormalization(),
            MaxPooling2D(2),
            Flatten(),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        )
    ),
    DataSettings(train_size=2_050, validation_size=500),
    TrainingSettings(optimizer="adam", learning_rate=0.003, batch_size=100, epochs=2),
    seed=5,
)


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    """So that orders are asked for before each update, whatever the machine's speed."""
    monkeypatch.setattr(loop, "CALL_SECONDS", 0.0)


def events_of(experiment, orders=Orders, checkpoint=None):
    events = []
    train(experiment, events.append, orders, checkpoint)
    return events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def events():
    return events_of(EXPERIMENT)


def test_the_story_of_a_run(events):
    assert events[0] == RunStarted(step=0, num_train=2_050, num_validation=500, batches_per_epoch=21, epochs=2)
    batches = of(BatchEnd, events)
    assert [batch.step for batch in batches] == list(range(1, 43))
    assert [batch.epoch for batch in batches] == [0] * 21 + [1] * 21
    assert all(0 <= batch.accuracy <= 1 and batch.images_per_second > 0 for batch in batches)
    assert [epoch.step for epoch in of(EpochEnd, events)] == [21, 42]
    assert isinstance(events[-1], Finished)
    assert not events[-1].stopped
    snapshots = [snapshot.step for snapshot in of(WeightsSnapshot, events)]
    assert snapshots[0] == 0
    assert snapshots[-1] == 42
    assert all(a < b for a, b in pairwise(snapshots))
    assert 18 <= len(snapshots) <= 23


def test_epoch_figures_are_the_means_of_the_batches_by_image(events):
    sizes = [100] * 20 + [50]
    for index, epoch in enumerate(of(EpochEnd, events)):
        batches = of(BatchEnd, events)[21 * index : 21 * (index + 1)]
        assert epoch.loss == pytest.approx(np.average([batch.loss for batch in batches], weights=sizes))
        assert epoch.accuracy == pytest.approx(np.average([batch.accuracy for batch in batches], weights=sizes))
        assert 0 < epoch.val_accuracy < 1


def test_each_batch_has_its_own_loss_in_the_published_order(events):
    """Repeated from outside with plain Keras: same seed, same order, same figures."""
    model = keras_models.build(EXPERIMENT)
    split = mnist.load().train
    images, targets = mnist.normalise(split.images[:2_050]), mnist.one_hot(split.labels[:2_050])
    batches = iter(of(BatchEnd, events))
    for epoch in range(2):
        order = np.random.default_rng((5, epoch)).permutation(2_050)
        for start in range(0, 2_050, 100):
            batch = order[start : start + 100]
            model.reset_metrics()
            loss, accuracy = model.train_on_batch(images[batch], targets[batch])
            told = next(batches)
            assert told.loss == pytest.approx(float(loss), abs=1e-6)
            assert told.accuracy == pytest.approx(float(accuracy), abs=1e-6)


@pytest.mark.parametrize("augmentation", [{}, {"shift": 2, "noise": 0.1}])
def test_several_updates_in_one_call_are_the_same_bit_for_bit(monkeypatch, augmentation):
    experiment = replace(EXPERIMENT, data=replace(EXPERIMENT.data, **augmentation))
    one_by_one = events_of(experiment)
    monkeypatch.setattr(loop, "CALL_SECONDS", 1.0)
    asked = count()
    together = events_of(experiment, lambda: Orders(pause_at=1 if next(asked) < 2 else None))
    assert next(asked) < 40
    assert Paused(1) in together
    for kind in (BatchEnd, EpochEnd, WeightsSnapshot):
        for one, other in zip(of(kind, one_by_one), of(kind, together), strict=True):
            for name, value in vars(one).items():
                if name != "images_per_second":
                    np.testing.assert_equal(getattr(other, name), value)
    np.testing.assert_equal(together[-1].weights, one_by_one[-1].weights)


def test_the_update_that_breaks_the_network_is_named(monkeypatch):
    monkeypatch.setattr(loop, "CALL_SECONDS", 1.0)
    update = keras_models.updates

    def breaks_at_7(model):
        train, done = update(model), count(1)

        def broken(*arguments):
            losses, accuracies = train(*arguments)
            losses[[next(done) == 7 for _ in losses]] = np.nan
            return losses, accuracies

        return broken

    monkeypatch.setattr(loop, "keras_models", SimpleNamespace(**vars(keras_models) | {"updates": breaks_at_7}))
    events = events_of(EXPERIMENT)
    assert [batch.step for batch in of(BatchEnd, events)] == list(range(1, 7))
    assert "after update 7:" in events[-1].reason


def test_a_run_learns(events):
    batches = of(BatchEnd, events)
    assert np.mean([batch.loss for batch in batches[-5:]]) < 0.7 * np.mean([batch.loss for batch in batches[:5]])


def test_the_end_of_a_run_can_be_checked(events, tmp_path):
    finished = events[-1]
    labels = mnist.load().test.labels
    assert finished.probabilities.shape == (10_000, 10)
    assert finished.test_accuracy == pytest.approx(np.mean(finished.probabilities.argmax(axis=1) == labels))
    true = finished.probabilities[np.arange(10_000), labels]
    assert finished.test_loss == pytest.approx(-np.log(true).mean(), rel=1e-4)
    image = mnist.normalise(mnist.load().test.images[3])
    ours = network.forward(EXPERIMENT.architecture, finished.weights, image)[-1]
    np.testing.assert_allclose(ours, finished.probabilities[3], atol=1e-5)
    import keras  # noqa: PLC0415

    (tmp_path / "model.keras").write_bytes(finished.model)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(image[None], verbose=0)[0], finished.probabilities[3], atol=1e-5)


@pytest.mark.parametrize("steps", [7, 21, 30])
def test_a_resumed_run_ends_bit_for_bit_alike(events, steps, monkeypatch):
    """Stopped by force after some batches, then resumed from its newest checkpoint, of which there is one a batch."""
    monkeypatch.setattr("cnnlab.training.loop.CHECKPOINT_SECONDS", 0.0)

    class KilledError(Exception):
        pass

    seen = []

    def emit(event):
        seen.append(event)
        if isinstance(event, Checkpoint) and event.step == steps:
            raise KilledError

    with pytest.raises(KilledError):
        train(EXPERIMENT, emit)
    resumed = events_of(EXPERIMENT, checkpoint=of(Checkpoint, seen)[-1])
    assert resumed[0].step == steps
    assert [batch.step for batch in of(BatchEnd, resumed)] == list(range(steps + 1, 43))
    original = of(BatchEnd, events)[steps:]
    assert [batch.loss for batch in of(BatchEnd, resumed)] == [batch.loss for batch in original]
    assert of(EpochEnd, resumed)[-1].loss == of(EpochEnd, events)[-1].loss
    assert of(EpochEnd, resumed)[-1].val_loss == of(EpochEnd, events)[-1].val_loss
    for key, value in events[-1].weights.items():
        np.testing.assert_array_equal(resumed[-1].weights[key], value)


@pytest.mark.parametrize(("num_updates", "speed"), [(4, 4 * 100 * 64), (1_000_000, 0)])
def test_a_clock_that_goes_in_steps(monkeypatch, num_updates, speed):
    """Steps of 15.6 ms, as on Windows: it stands still for some updates, or for all."""
    ticks = count()
    clock = SimpleNamespace(monotonic=lambda: next(ticks) // num_updates / 64)
    monkeypatch.setattr(loop, "time", clock)  # the loop's alone: other threads look at the time, too
    told = [batch.images_per_second for batch in of(BatchEnd, events_of(with_training(epochs=1)))]
    assert told[-2] == pytest.approx(speed, rel=0.3)
    assert np.isfinite(told).all()


def test_stop_keeps_the_network_so_far():
    asked = iter(range(1_000))
    events = events_of(EXPERIMENT, lambda: Orders(should_stop=next(asked) >= 10))
    assert [batch.step for batch in of(BatchEnd, events)] == list(range(1, 11))
    assert events[-1].stopped
    assert events[-1].step == 10
    assert events[-2].step == 10
    assert events[-1].probabilities.shape == (10_000, 10)


def with_training(**changes):
    return replace(EXPERIMENT, training=replace(EXPERIMENT.training, **changes))


def test_a_pause_changes_nothing(events, monkeypatch):
    """Paused after 5 updates and at the end of an epoch, where it waits; left at 30, and entered again."""
    monkeypatch.setattr("cnnlab.training.loop.LOOK_SECONDS", 0)
    goes_on_until = {0: 5, 5: 21, 21: 30, 30: 30}
    seen = []

    def orders():
        paused_at = max((pause.step for pause in of(Paused, seen)), default=0)
        return Orders(pause_at=goes_on_until[paused_at], should_leave=paused_at == 30)

    train(EXPERIMENT, seen.append, orders)
    assert [pause.step for pause in of(Paused, seen)] == [5, 21, 30]
    assert [started.step for started in of(RunStarted, seen)] == [0, 5, 21]
    assert not of(Finished, seen)
    resumed = events_of(EXPERIMENT, checkpoint=of(Checkpoint, seen)[-1])
    both = [*of(BatchEnd, seen), *of(BatchEnd, resumed)]
    assert [batch.loss for batch in both] == [batch.loss for batch in of(BatchEnd, events)]
    for key, value in events[-1].weights.items():
        np.testing.assert_array_equal(resumed[-1].weights[key], value)


def test_a_forgotten_pause_frees_the_worker(monkeypatch):
    monkeypatch.setattr("cnnlab.training.loop.PAUSE_SECONDS", 0)
    events = events_of(EXPERIMENT, lambda: Orders(pause_at=3))
    assert isinstance(events[-1], Checkpoint)
    assert of(Paused, events) == [Paused(3)]


def test_a_learning_rate_set_by_hand_stands_until_another_one_and_in_the_checkpoint():
    rates = iter([None] * 5 + [0.5] * 5 + [0.25] * 40)
    events = events_of(with_training(epochs=1), lambda: Orders(learning_rate=next(rates)))
    assert of(LearningRateSet, events) == [LearningRateSet(5, 0.5), LearningRateSet(10, 0.25)]
    assert of(Checkpoint, events)[-1].learning_rate == 0.25
    plain = events_of(with_training(epochs=1))
    assert [batch.loss for batch in of(BatchEnd, events)][:6] == [batch.loss for batch in of(BatchEnd, plain)][:6]
    assert of(BatchEnd, events)[6].loss != of(BatchEnd, plain)[6].loss


@pytest.mark.parametrize("schedule", ["cosine", "exponential"])
def test_schedules_are_those_of_keras(schedule):
    import keras  # noqa: PLC0415

    experiment = with_training(schedule=schedule)
    rate, steps = experiment.training.learning_rate, experiment.num_steps
    theirs = {
        "cosine": keras.optimizers.schedules.CosineDecay(rate, steps),
        "exponential": keras.optimizers.schedules.ExponentialDecay(rate, steps, 0.01),
    }[schedule]
    ours = [experiment.learning_rate_at(step) for step in range(steps + 1)]
    np.testing.assert_allclose(ours, [float(theirs(step)) for step in range(steps + 1)], rtol=1e-5, atol=1e-9)


def test_early_stopping_waits_as_long_as_it_is_told():
    """With a learning rate that is far too high, a later epoch is better by chance alone."""
    experiment = replace(
        with_training(early_stopping=2, epochs=30, optimizer="sgd", learning_rate=10.0),
        architecture=Architecture((Flatten(), Dense(10, activation="softmax"))),
    )
    events = events_of(experiment)
    losses = [epoch.val_loss for epoch in of(EpochEnd, events)]
    assert len(losses) < 30
    assert int(np.argmin(losses)) == len(losses) - 3
    lows = [loss <= min(losses[: index + 1]) for index, loss in enumerate(losses)]
    assert all(a or b for a, b in pairwise(lows[:-1]))  # never two in a row before
    assert events[-1].reason == "Early stopping: the validation loss did not fall 2 times in a row."
    assert not events[-1].stopped
    resumed = events_of(experiment, checkpoint=of(Checkpoint, events)[-1])
    assert not of(BatchEnd, resumed)
    assert resumed[-1].reason == events[-1].reason


def test_snapshots_come_often_at_first_and_at_the_end_of_each_epoch():
    steps = snapshot_steps(PRESETS["Fast and good"])
    assert {0, 1, 2, 5, 10, 20, 50, 100, 782, 2 * 782, 3 * 782} <= steps
    assert len(steps) <= 30


def test_without_validation_images_there_are_no_validation_figures():
    experiment = replace(EXPERIMENT, data=DataSettings(train_size=1_000, validation_size=0))
    epochs = of(EpochEnd, events_of(replace(experiment, training=replace(experiment.training, epochs=1))))
    assert (epochs[0].val_loss, epochs[0].val_accuracy) == (None, None)


def test_a_loss_that_is_no_number_ends_the_run_in_words():
    experiment = Experiment(
        PRESETS["Tiny"].architecture,
        DataSettings(train_size=2_000, normalise=False),
        TrainingSettings(optimizer="sgd_momentum", learning_rate=10.0, loss="mean_squared_error"),
    )
    diverging = replace(
        experiment,
        architecture=Architecture((Flatten(), *[Dense(64)] * 3, Dense(10, activation="softmax"))),
        training=replace(experiment.training, loss="categorical_crossentropy"),
    )
    events = events_of(diverging)
    assert isinstance(events[-1], Failed)
    assert "normalise the pixels or lower the learning rate (it is 10)" in events[-1].reason
    assert not of(Finished, events)


@pytest.mark.parametrize(("broken_at", "stop_at"), [(21, None), (10, None), (7, 7)])
def test_weights_that_are_no_numbers_end_the_run_in_words(monkeypatch, broken_at, stop_at):
    """The loss of an update is that of the weights before: after the last one, at a snapshot, when it is stopped."""

    def updates(model):
        update, done = keras_models.updates(model), count(1)

        def train(*arguments):
            figures = update(*arguments)
            if next(done) == broken_at:
                keras_models.set_weights(model, keras_models.weights_of(model) | {"5/bias": np.full(10, np.nan)})
            return figures

        return train

    monkeypatch.setattr(loop, "keras_models", SimpleNamespace(**vars(keras_models) | {"updates": updates}))
    asked = count()
    events = events_of(with_training(epochs=1), lambda: Orders(should_stop=next(asked) == stop_at))
    assert np.isfinite(of(BatchEnd, events)[-1].loss)
    assert isinstance(events[-1], Failed)
    assert events[-1].reason.startswith(f"{NOT_A_NUMBER} after update {broken_at}: the weights grew too large.")
    assert all(snapshot.weights.are_finite for snapshot in of(WeightsSnapshot, events))


@pytest.mark.parametrize("dilation_rate", [1, 2])
def test_a_network_without_normalising_or_with_dilation_trains(dilation_rate):
    experiment = Experiment(
        Architecture((Conv2D(4, 3, dilation_rate=dilation_rate), Flatten(), Dense(10, activation="softmax"))),
        DataSettings(train_size=1_000, normalise=False),
        TrainingSettings(epochs=1, loss="mean_squared_error"),
    )
    assert isinstance(events_of(experiment)[-1], Finished)


@pytest.mark.slow
def test_the_default_preset_reads_98_percent_after_one_epoch():
    preset = PRESETS["Fast and good"]
    accuracies = []
    for seed in (0, 1, 2):
        experiment = replace(preset, training=replace(preset.training, epochs=1), seed=seed)
        accuracies.append(events_of(experiment)[-1].test_accuracy)
        num_reached = sum(accuracy >= 0.98 for accuracy in accuracies)
        if 2 in (num_reached, len(accuracies) - num_reached):  # the third cannot change on which side the median lies
            break
    assert num_reached == 2, accuracies
