from dataclasses import replace
from itertools import count

import pytest

from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dense, Flatten
from cnnlab.presets import PRESETS
from cnnlab.training import pace as module
from cnnlab.training.pace import Pace, alike

TINY = PRESETS["Tiny"]  # batches of 100
PACE = Pace(start=2.0, update=0.01, begin_looking=0.1, look=0.02)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DataSettings(), 500 * 0.01 + 0.1 + 20 * 0.02),
        (DataSettings(validation_size=0), 600 * 0.01),
        (DataSettings(train_size=1_050, validation_size=250), 11 * 0.01 + 0.1 + 0.5 * 0.02),
    ],
)
def test_an_epoch_is_all_updates_and_one_evaluation(data, expected):
    assert PACE.epoch(replace(TINY, data=data)) == pytest.approx(expected)


def test_a_run_has_a_start_and_a_test_as_well():
    test = 0.1 + 20 * 0.02
    assert PACE.run(TINY) == pytest.approx(2 + TINY.training.epochs * PACE.epoch(TINY) + test)
    assert PACE.run(TINY, 250) == pytest.approx(2 + PACE.epoch(TINY) / 2 + test)
    assert PACE.run(TINY, 0) == pytest.approx(2 + test)


@pytest.mark.parametrize(
    "other",
    [
        replace(TINY, seed=7),
        replace(
            TINY, training=replace(TINY.training, epochs=9, learning_rate=0.5, schedule="cosine", early_stopping=2)
        ),
        replace(TINY, data=DataSettings(train_size=1_000, validation_size=0, label_noise=0.5)),
    ],
)
def test_what_does_not_change_the_pace_is_measured_once(other):
    assert alike(other) == alike(TINY)
    assert alike(alike(other)) == alike(other)


@pytest.mark.parametrize(
    "other",
    [
        Experiment(Architecture((Flatten(), Dense(10, "softmax"))), TINY.data, TINY.training),
        replace(TINY, training=replace(TINY.training, batch_size=64)),
        replace(TINY, training=TrainingSettings(optimizer="sgd", batch_size=100)),
        replace(TINY, data=DataSettings(shift=3)),
        replace(TINY, data=DataSettings(noise=0.3)),
    ],
)
def test_what_changes_the_pace_is_measured_anew(other):
    assert alike(other) != alike(TINY)


def test_a_batch_is_never_larger_than_all_images():
    few = replace(TINY, data=DataSettings(train_size=150), training=replace(TINY.training, batch_size=1_000))
    assert alike(few).training.batch_size == 150


def test_times_are_means(monkeypatch):
    ticks = count()
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(ticks) * 0.25)  # whatever is done takes a tick
    pace = module.measure(TINY)
    assert (pace.start, pace.update, pace.begin_looking, pace.look) == pytest.approx(
        (0.25, 0.25 / module.AT_ONCE, 0.25, 0.0)
    )


def test_it_is_measured():
    pace = module.measure(alike(PRESETS["No convolution (dense only)"]))
    assert min(pace.start, pace.update) > 0
    assert min(pace.begin_looking, pace.look) >= 0
    assert 0 < module.seconds_per_epoch(TINY) < 600
