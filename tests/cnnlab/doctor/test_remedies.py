"""What can be tried: each remedy changes one thing, and is not offered where that cannot be, or is so already."""

from dataclasses import replace

import pytest

from cnnlab.doctor import remedies
from cnnlab.doctor.remedies import Try, those
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten
from cnnlab.presets import PRESETS

EXPERIMENT = Experiment(
    Architecture((Conv2D(8, 5, activation="relu"), Flatten(), Dense(20, "tanh"), Dense(10, "softmax"))),
    DataSettings(train_size=2_000),
    TrainingSettings("sgd", 1.0),
)


def with_layers(*layers):
    return replace(EXPERIMENT, architecture=Architecture(layers))


def test_learning_rates_stay_within_the_limits():
    assert remedies.learning_rate(EXPERIMENT, 0.25).experiment.training.learning_rate == 0.2
    assert remedies.learning_rate(EXPERIMENT, 0.25).words == "learning rate 0.2"
    assert remedies.learning_rate(EXPERIMENT, 99.0).experiment.training.learning_rate == 10.0
    assert remedies.learning_rate(EXPERIMENT, 1e-9).experiment.training.learning_rate == 1e-6
    assert remedies.learning_rate(EXPERIMENT, 1.0) is None
    assert remedies.usual_learning_rate(EXPERIMENT).words == "learning rate 0.01"
    assert remedies.shorter_steps(EXPERIMENT, 1.0).words == "learning rate 0.01"
    assert remedies.shorter_steps(EXPERIMENT, 0.05).words == "learning rate 0.005"


def test_training_settings():
    assert remedies.batch_size(EXPERIMENT).experiment.training.batch_size == 400
    assert remedies.more_epochs(EXPERIMENT).experiment.training.epochs == 10
    full = replace(EXPERIMENT, training=TrainingSettings(batch_size=1_024, epochs=30, early_stopping=3))
    assert remedies.batch_size(full) is None
    assert remedies.more_epochs(full) is None
    assert remedies.early_stopping(EXPERIMENT).experiment.training.early_stopping == 2
    assert remedies.early_stopping(full) is None
    assert remedies.early_stopping(replace(EXPERIMENT, data=DataSettings(validation_size=0))) is None


def test_data_settings():
    assert remedies.more_images(EXPERIMENT).words == "20,000 training images"
    all_of_them = remedies.more_images(replace(EXPERIMENT, data=DataSettings(train_size=8_000)))
    assert (all_of_them.words, all_of_them.experiment.data.train_size) == ("50,000 training images", None)
    assert remedies.more_images(all_of_them.experiment) is None
    assert remedies.normalise(EXPERIMENT) is None
    assert remedies.normalise(replace(EXPERIMENT, data=DataSettings(normalise=False))).experiment.data.normalise
    assert remedies.true_labels(EXPERIMENT) is None
    assert (
        remedies.true_labels(replace(EXPERIMENT, data=DataSettings(label_noise=0.2))).experiment.data.label_noise == 0
    )


def test_layers():
    assert remedies.dropout(EXPERIMENT).experiment.architecture.layers[3:] == (Dropout(0.5), Dense(10, "softmax"))
    assert remedies.dropout(remedies.dropout(EXPERIMENT).experiment) is None
    assert remedies.relu(EXPERIMENT).experiment.architecture.layers[2] == Dense(20, "relu")
    assert remedies.relu(PRESETS["Tiny"]) is None
    assert remedies.random_weights(EXPERIMENT) is None
    zeros = with_layers(Conv2D(8, 5, kernel_initializer="zeros"), Flatten(), Dense(10, "softmax"))
    assert remedies.random_weights(zeros).experiment.architecture.layers[0] == Conv2D(8, 5)


def test_larger():
    first, _, hidden, last = remedies.larger(EXPERIMENT).experiment.architecture.layers
    assert (first.filters, hidden.units, last.units) == (16, 40, 10)
    linear = with_layers(Flatten(), Dense(10, "softmax"))
    assert remedies.larger(linear).words == 'the layers of "Fast and good"'
    too_large = with_layers(Flatten(), *(Dense(512) for _ in range(5)), Dense(10, "softmax"))
    assert remedies.larger(too_large).words == 'the layers of "Fast and good"'  # its layers cannot grow
    many = with_layers(Conv2D(100, 5, activation="relu"), Flatten(), Dense(20), Dense(10, "softmax"))
    assert remedies.larger(many) is None  # it would have too many parameters


def test_nothing_is_tried_twice():
    one = Try("rest")
    assert those(None, one, Try("rest"), None) == (one,)


@pytest.mark.parametrize(
    "name", ["dropout", "relu", "larger", "more_epochs", "batch_size", "early_stopping", "more_images"]
)
def test_one_thing_is_changed_and_the_seed_stays(name):
    made = getattr(remedies, name)(replace(EXPERIMENT, seed=7)).experiment
    changed = [
        part for part in ("architecture", "data", "training") if getattr(made, part) != getattr(EXPERIMENT, part)
    ]
    assert len(changed) == 1
    assert made.seed == 7
