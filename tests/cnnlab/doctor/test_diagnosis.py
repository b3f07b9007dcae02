"""The doctor: each trouble on curves made by hand and on real runs that were broken on purpose; no false alarms."""

from dataclasses import replace

import numpy as np
import pytest

from cnnlab.doctor.diagnosis import diagnose
from cnnlab.doctor.finding import SEVERITIES, TITLES
from cnnlab.doctor.unit_health import LayerHealth, NetworkHealth, examine_first
from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.lessons import recorded_runs
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import AveragePooling2D, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.presets import PRESETS
from cnnlab.runs.records import BatchHistory, EpochHistory, History, names_of
from cnnlab.training.events import NOT_A_NUMBER
from tests.histories import history, trained

DENSE = Experiment(
    Architecture((Flatten(), Dense(64, "relu"), Dense(10, "softmax"))),
    DataSettings(train_size=5_000, validation_size=1_000),
    TrainingSettings("sgd", 0.01, batch_size=100, epochs=5),
)
GUESS = np.log(10)


def noisy(values, amount=0.02):
    noise = np.random.default_rng(0).normal(0, amount, len(values))
    return np.asarray(values) + noise - noise.mean()


def falling(count=250, end=0.1):
    """A curve as good as they come: quick at first, then slower."""
    return end + (GUESS - end) * np.exp(-8 * np.arange(count) / count)


def kinds(found):
    return [finding.kind for finding in found]


def with_training(experiment=DENSE, **settings):
    return replace(experiment, training=replace(experiment.training, **settings))


def with_data(experiment=DENSE, **settings):
    return replace(experiment, data=replace(experiment.data, **settings))


def only(found, kind):
    """The finding of this kind; every finding has words for all that it is."""
    for finding in found:
        assert finding.title == TITLES[finding.kind]
        assert finding.severity in SEVERITIES
        assert finding.sentence.endswith(".")
        for each in finding.tries:
            assert each.experiment is not None
            assert each.words
    assert kinds(found).count(kind) == 1, kinds(found)
    return next(finding for finding in found if finding.kind == kind)


# --- nothing wrong, and too early -------------------------------------------------------------------------------------


def test_nothing_wrong_is_told_with_its_evidence_and_what_is_missing():
    found = diagnose(history(noisy(falling(), 0.005), 0.97), DENSE)
    assert kinds(found) == ["healthy"]
    sentence = found[0].sentence
    assert sentence.startswith("The loss has come from 2.3 to 0.10")
    assert "in 250 updates, and 97.0 % of the newest images are read rightly" in sentence
    assert "Not looked at yet: overfitting (needs 4 epochs), dead units." in sentence
    assert found[0].severity == "good"


def test_validation_and_dead_units_are_part_of_the_evidence():
    given = history(
        falling(400), 0.97, loss=[0.9, 0.3, 0.2, 0.15], accuracy=0.96, val_loss=[0.5, 0.3, 0.21, 0.2], val_accuracy=0.95
    )
    health = NetworkHealth(
        100, (LayerHealth(1, "Dense", 64, 3, 0, False), LayerHealth(2, "Dense", 10, 0, 0, False)), (1, 12)
    )
    (found,) = diagnose(given, DENSE, health=health)
    assert "validation images after epoch 4: loss 0.2, 95.0 %, against 0.15 and 96.0 % in training" in found.sentence
    assert "Dead units: 3 of 74." in found.sentence
    assert "Not looked at yet" not in found.sentence


@pytest.mark.parametrize("count", [0, 1, 99])
def test_too_little_is_told_with_how_much_is_needed(count):
    (found,) = diagnose(history(falling()[:count], 0.9), DENSE)
    assert found.kind == "too_early"
    assert found.sentence == f"{count} of the 100 updates that a first judgement needs."
    assert not found.tries


def test_a_run_that_is_too_short_to_be_judged_is_told():
    short = with_training(batch_size=1_000)
    (found,) = diagnose(history([2.3] * 25), short)
    assert "This run has only 25 in all: give it more epochs" in found.sentence
    assert found.tries[0].experiment == with_training(short, epochs=10)


def test_a_standstill_needs_two_hundred_updates():
    (found,) = diagnose(history(noisy([GUESS] * 150), 0.1), DENSE)
    assert found.kind == "too_early"
    assert found.sentence.startswith(
        "150 of the 200 updates that it takes to tell a standstill; the loss is 2.3, as in"
    )


# --- the loss ---------------------------------------------------------------------------------------------------------


def test_a_loss_that_is_not_a_number():
    found = diagnose(history([2.31, 46.2, 4_322_660.0, np.nan]), with_training(learning_rate=10.0))
    only(found, "not_a_number")
    assert len(found) == 1
    assert "At update 4 the loss was no longer a number" in found[0].sentence
    assert "The last losses before it: 2.31, 46.2, 4.32e+06." in found[0].sentence
    assert "The learning rate, 10, lies 1,000 times above the usual 0.01 of sgd." in found[0].sentence
    assert found[0].tries[0].experiment == DENSE
    assert found[0].tries[0].words == "learning rate 0.01"
    assert kinds(diagnose(history([np.inf]), DENSE)) == ["not_a_number"]


def test_a_run_that_failed_because_of_it_has_no_such_batch():
    reason = f"{NOT_A_NUMBER} after update 3: the weights grew too large."
    (found,) = diagnose(history([2.31, 46.2]), with_data(normalise=False), failure=reason)
    assert found.kind == "not_a_number"
    assert "At update 3" in found.sentence
    assert found.tries[0].experiment == DENSE
    assert kinds(diagnose(history([2.31, 2.2]), DENSE, failure="The engine is down.")) == ["too_early"]


def test_a_network_that_does_not_learn():
    (found,) = diagnose(history(noisy([GUESS] * 250), 0.105), DENSE)
    assert found.kind == "not_learning"
    assert found.severity == "error"
    assert "After 250 updates the loss is 2.31 (guessing: 2.3)." in found.sentence
    assert "10.5 % are read rightly; who always says 1 is right in 11.2 %" in found.sentence
    assert [each.words for each in found.tries] == ["learning rate 0.1", "learning rate 0.001"]


def test_why_it_does_not_learn_when_the_settings_tell():
    low = with_training(learning_rate=1e-6)
    (found,) = diagnose(history(noisy([GUESS] * 250)), low)
    assert "1e-06, lies 10,000 times below the usual 0.01 of sgd" in found.sentence
    assert [each.experiment for each in found.tries] == [DENSE]
    zeros = replace(
        DENSE,
        architecture=Architecture((Flatten(), Dense(64, "relu", kernel_initializer="zeros"), Dense(10, "softmax"))),
    )
    (found,) = diagnose(history(noisy([GUESS] * 250)), zeros)
    assert found.tries[0].experiment == DENSE
    (found,) = diagnose(history(noisy([GUESS] * 250)), with_data(label_noise=1.0))
    assert "Of the labels, 100.0 % are shuffled, as set." in found.sentence
    assert found.tries[0].experiment == DENSE


def test_the_rate_that_was_set_by_hand_counts():
    (found,) = diagnose(history(noisy([GUESS] * 250)), DENSE, learning_rates=((0, 0.1), (100, 1e-5)))
    assert "The learning rate, 1e-05, lies 1,000 times below" in found.sentence


def test_guessing_has_another_loss_where_weights_are_paid_for_and_with_squared_errors():
    paid = replace(DENSE, architecture=Architecture((Flatten(), Dense(64, "relu", l2=0.01), Dense(10, "softmax"))))
    (found,) = diagnose(history(noisy([3.4] * 250), 0.105), paid)
    assert found.kind == "not_learning"
    assert "guessing" not in found.sentence
    assert kinds(diagnose(history(noisy([3.4] * 250), 0.95), paid)) == ["healthy"]  # what is left is the price
    squares = with_training(loss="mean_squared_error")
    assert kinds(diagnose(history(noisy([0.09] * 250, 0.001), 0.105), squares)) == ["not_learning"]
    assert kinds(diagnose(history(noisy(falling() / 25, 0.001), 0.97), squares)) == ["healthy"]


def test_steps_that_are_too_long_make_the_loss_jump():
    losses = [2.31, 12.5, 80.0, *noisy([2.6] * 247)]
    high = with_training(learning_rate=10.0)
    found = diagnose(history(losses, 0.1), high)[0]
    assert found.kind == "steps_too_long"
    assert "jumped from 2.31 at the first update to 12.5 at update 2 (guessing: 2.3). Now it is 2.6" in found.sentence
    assert "it only guesses" in found.sentence
    assert (found.severity, found.tries[0].experiment) == ("error", DENSE)
    early = diagnose(history(losses[:3], 0.1), high)[0]
    assert (early.kind, early.severity) == ("steps_too_long", "warning")
    recovered = diagnose(history([2.31, 12.5, *falling()], 0.97), high)
    assert kinds(recovered) == ["healthy", "steps_too_long"]
    assert recovered[1].severity == "info"
    assert "it has recovered" in recovered[1].sentence


def test_steps_that_are_too_long_make_the_loss_rise():
    losses = [*falling(200, 0.3), *np.linspace(0.3, 1.8, 100)]
    (found,) = diagnose(history(losses), DENSE)
    assert found.kind == "steps_too_long"
    assert "The loss rises: 100 updates ago its mean was 0.3" in found.sentence
    assert found.tries[0].words == "learning rate 0.001"


def test_steps_that_are_too_short():
    losses = noisy(np.linspace(2.31, 2.15, 300), 0.01)
    (found,) = diagnose(history(losses, 0.2), with_training(learning_rate=1e-4))
    assert found.kind == "steps_too_short"
    assert "falls steadily, but slowly: from 2.31 to 2.15 in 300 updates" in found.sentence
    assert "and none is left." in found.sentence
    assert found.tries[0].experiment == DENSE
    later = diagnose(history(losses, 0.2), with_training(learning_rate=1e-4, epochs=30))[0]
    assert "and 1,200 are left." in later.sentence


def test_a_curve_that_has_just_begun_to_fall_is_not_too_slow():
    """As that of the study notes' network with plain sgd."""
    losses = 2.3 - 2 / (1 + np.exp(-(np.arange(240) - 230) / 20))
    assert kinds(diagnose(history(noisy(losses), 0.6), DENSE)) == ["healthy"]


def test_a_bad_start():
    losses = 2 + 130 * np.exp(-np.arange(250) / 20)
    (found,) = diagnose(history(losses), with_data(normalise=False))
    assert found.kind == "bad_start"
    assert "The first loss was 132, where a network that knows nothing has 2.3" in found.sentence
    assert found.tries[0].experiment == DENSE


def test_underfitting():
    epochs = {"loss": [1.2, 0.9, 0.87, 0.86, 0.855], "accuracy": 0.71, "val_loss": 0.8, "val_accuracy": 0.77}
    (found,) = diagnose(history(np.linspace(1.3, 0.855, 250), 0.71, **epochs), DENSE)
    assert found.kind == "underfitting"
    assert "from 0.87 to 0.855, and at best 77.0 % are read rightly" in found.sentence
    assert found.tries[0].words == "twice the filters and units"
    assert found.tries[0].experiment.architecture.layers[1].units == 128
    assert found.tries[0].experiment.architecture.layers[2].units == 10
    as_good_as_it_gets = with_data(label_noise=0.3)
    assert "underfitting" not in kinds(diagnose(history([0.9] * 250, 0.71, **epochs), as_good_as_it_gets))


def test_without_hidden_layers_a_convolutional_network_is_worth_a_try():
    plain = replace(DENSE, architecture=Architecture((AveragePooling2D(7), Flatten(), Dense(10, "softmax"))))
    epochs = {"loss": [0.86] * 5, "accuracy": 0.71, "val_loss": 0.8, "val_accuracy": 0.77}
    found = only(diagnose(history([0.86] * 250, 0.71, **epochs), plain), "underfitting")
    assert found.tries[0].experiment.architecture == PRESETS["Fast and good"].architecture


def test_not_finished():
    epochs = {
        "loss": [1.5, 1.0, 0.8, 0.7, 0.6],
        "accuracy": 0.85,
        "val_loss": [1.2, 0.9, 0.8, 0.7, 0.6],
        "val_accuracy": 0.86,
    }
    (found,) = diagnose(history(noisy(np.linspace(1.6, 0.6, 250)), 0.85, **epochs), DENSE)
    assert (found.kind, found.severity) == ("not_finished", "warning")
    assert "the validation loss has still fallen, from 0.7 to 0.6. So far 86.0 %" in found.sentence
    assert found.tries[0].experiment == with_training(epochs=10)
    good = diagnose(history(falling(), 0.95, **epochs | {"accuracy": 0.95}), DENSE)
    assert kinds(good) == ["healthy", "not_finished"]
    assert kinds(diagnose(history(falling(), 0.95, **epochs), with_training(epochs=6))) == ["healthy"]  # it goes on


# --- validation -------------------------------------------------------------------------------------------------------


def overfitted(num_epochs=8, **more):
    loss = np.geomspace(0.9, 0.01, 8)[:num_epochs]
    val_loss = np.array([0.5, 0.3, 0.25, 0.28, 0.3, 0.33, 0.34, 0.36])[:num_epochs]
    given = {"loss": loss, "accuracy": 0.999, "val_loss": val_loss, "val_accuracy": 0.93} | more
    return history(falling(50 * num_epochs, 0.01), 0.999, **given)


def test_overfitting():
    small = with_training(with_data(train_size=1_000), epochs=8)
    (found,) = diagnose(overfitted(), small)
    assert found.kind == "overfitting"
    assert "lowest after epoch 3, 0.25, and is 0.36 after epoch 8" in found.sentence
    assert "the training loss went from 0.249 to 0.01" in found.sentence
    assert "99.9 % of the 1,000 images that it learns from, and 93.0 % of others" in found.sentence
    more, dropout, stop = found.tries
    assert more.experiment.data.train_size == 10_000
    assert dropout.experiment.architecture.layers[2] == Dropout(0.5)
    assert stop.experiment.training.early_stopping == 2


def test_overfitting_needs_three_epochs_after_the_best_and_enough_validation_images():
    assert "overfitting" not in kinds(diagnose(overfitted(5), with_training(epochs=8)))
    assert kinds(diagnose(overfitted(6), with_training(epochs=8))) == ["overfitting"]
    few = with_training(with_data(validation_size=499), epochs=8)
    assert kinds(diagnose(overfitted(), few)) == ["healthy"]
    assert "overfitting (needs 500 validation images)" in diagnose(overfitted(), few)[0].sentence
    assert kinds(diagnose(overfitted(val_loss=np.nan, val_accuracy=np.nan), with_data(validation_size=0))) == [
        "healthy"
    ]


def test_losses_that_only_go_up_and_down_are_no_overfitting():
    up_and_down = [0.35, 0.31, 0.43, 0.36, 0.38, 0.37]
    given = overfitted(
        6, loss=[0.5, 0.39, 0.35, 0.33, 0.3, 0.3], accuracy=0.925, val_loss=up_and_down, val_accuracy=0.924
    )
    assert kinds(diagnose(given, with_training(epochs=8))) == ["healthy"]


def test_a_large_gap_is_overfitting_before_the_loss_rises():
    given = overfitted(6, val_loss=[0.5, 0.3, 0.27, 0.28, 0.28, 0.28])
    assert kinds(diagnose(given, with_training(epochs=8))) == ["overfitting"]


def contradicted(**more):
    epochs = {"loss": [1.3, 1.1, 1.08, 1.07, 1.06], "accuracy": 0.7, "val_loss": 0.5, "val_accuracy": 0.95} | more
    return history(np.linspace(1.3, 1.06, 250), 0.7, **epochs)


def test_labels_that_contradict_each_other():
    (found,) = diagnose(contradicted(), DENSE)
    assert found.kind == "wrong_labels"
    assert (
        "reads 95.0 % of the validation images rightly, and only 70.0 % of those that it learns from" in found.sentence
    )
    assert not found.tries
    (found,) = diagnose(contradicted(), with_data(label_noise=0.3))
    assert "Shuffled labels, as set: 30.0 %." in found.sentence
    assert found.tries[0].experiment == DENSE


def test_what_else_makes_training_harder_is_no_reason_to_doubt_the_labels():
    dropout = replace(
        DENSE, architecture=Architecture((Flatten(), Dense(64, "relu"), Dropout(0.5), Dense(10, "softmax")))
    )
    assert "wrong_labels" not in kinds(diagnose(contradicted(), dropout))
    assert "wrong_labels" not in kinds(diagnose(contradicted(), with_data(rotation=20)))
    assert "wrong_labels" not in kinds(diagnose(contradicted(accuracy=0.88), DENSE))
    assert "wrong_labels" not in kinds(diagnose(contradicted(loss=[2, 1.5, 1.2, 1.1, 1.0]), DENSE))  # still behind


def test_noisy_steps():
    small = with_training(batch_size=16, learning_rate=0.02, optimizer="adam")
    losses = [*falling(400, 0.2), *np.random.default_rng(0).exponential(0.2, 800)]
    found = diagnose(history(losses, 0.94), small)
    assert kinds(found) == ["healthy", "noisy_steps"]
    assert "In the last 300 updates the loss of a batch of 16" in found[1].sentence
    assert [each.words for each in found[1].tries] == ["batches of 64", "learning rate 0.005"]
    assert kinds(diagnose(history(losses, 0.94), with_training(batch_size=64))) == ["healthy"]
    assert kinds(diagnose(history(losses, 0.99), small)) == ["healthy"]


# --- inside -----------------------------------------------------------------------------------------------------------


def health(*layers, num_images=100, commonest=(1, 12)):
    return NetworkHealth(num_images, layers, commonest)


HIDDEN, LAST = LayerHealth(1, "Dense", 64, 0, 0, False), LayerHealth(2, "Dense", 10, 0, 0, False)
GOOD = history(falling(), 0.97)


def test_dead_units():
    found = only(diagnose(GOOD, DENSE, health=health(replace(HIDDEN, num_dead=32), LAST)), "dead_units")
    assert found.severity == "warning"
    assert "Zero everywhere for all of 100 images: 32 of 64 in layer 2 (Dense)." in found.sentence
    assert found.tries[0].words == "learning rate 0.001"
    assert (
        only(diagnose(GOOD, DENSE, health=health(replace(HIDDEN, num_dead=64), LAST)), "dead_units").severity == "error"
    )
    assert kinds(diagnose(GOOD, DENSE, health=health(replace(HIDDEN, num_dead=31), LAST))) == ["healthy"]


def test_few_images_tell_nothing_of_dead_units():
    few = health(replace(HIDDEN, num_dead=64), LAST, num_images=99)
    (found,) = diagnose(GOOD, DENSE, health=few)
    assert found.kind == "healthy"
    assert "dead units" in found.sentence.partition("Not looked at yet")[2]


def test_stuck_units():
    tanh = replace(DENSE, architecture=Architecture((Flatten(), Dense(64, "tanh"), Dense(10, "softmax"))))
    found = only(diagnose(GOOD, tanh, health=health(replace(HIDDEN, num_saturated=32), LAST)), "saturated_units")
    assert "32 of 64 in layer 2 (Dense)" in found.sentence
    assert found.tries[-1].experiment == DENSE
    assert kinds(diagnose(GOOD, tanh, health=health(replace(HIDDEN, num_saturated=31), LAST))) == ["healthy"]


def test_filters_that_are_all_the_same():
    same = health(replace(HIDDEN, are_same=True), replace(LAST, are_same=True), num_images=1)
    found = only(diagnose(history([2.3, 2.3]), DENSE, health=same), "same_filters")
    assert "After 2 updates all 64 of layer 2 (Dense) have the same weights." in found.sentence
    assert kinds(diagnose(history([]), DENSE, health=same)) == ["too_early"]  # before the first update it may be meant
    last = health(HIDDEN, replace(LAST, are_same=True))
    assert "same_filters" not in kinds(diagnose(history([2.3]), DENSE, health=last))


def test_a_constant_answer_belongs_to_the_standstill():
    always = health(HIDDEN, LAST, commonest=(7, 100))
    (found,) = diagnose(history(noisy([GUESS] * 250), 0.1), DENSE, health=always)
    assert found.kind == "not_learning"
    assert found.sentence.endswith("100 of 100 different images were all read as a 7.")
    only(diagnose(history(np.linspace(2, 1.5, 250)), DENSE, health=always), "constant_answer")


# --- real runs --------------------------------------------------------------------------------------------------------


def test_the_recorded_runs():
    found = {name: kinds(diagnose(run.history, run.experiment)) for name, run in recorded_runs.load().items()}
    assert found == {
        "Too small": ["underfitting"],
        "Fits": ["healthy"],
        "Too large": ["overfitting"],
        "Too large, with dropout": ["overfitting"],
    }


def until(given, epoch):
    """What was known of a run after so many epochs."""
    batches = int(given.epochs.step[epoch - 1])
    return History(
        BatchHistory(*(getattr(given.batches, name)[:batches] for name in names_of(BatchHistory))),
        EpochHistory(*(getattr(given.epochs, name)[:epoch] for name in names_of(EpochHistory))),
    )


def told(run, epoch):
    return kinds(diagnose(until(run.history, epoch), run.experiment))


def test_a_run_is_not_called_overfitted_before_it_is():
    runs = recorded_runs.load()
    for epoch in range(1, 31):
        assert {"healthy", "too_early"} & set(told(runs["Fits"], epoch)), epoch
    large = runs["Too large"]
    found = (epoch for epoch in range(1, 31) if "overfitting" in told(large, epoch))
    assert next(found) == 6


SLICE = {"train_size": 5_000, "validation_size": 1_000}


@pytest.mark.parametrize("preset", PRESETS)
def test_no_false_alarm_for_a_preset_at_any_moment(preset):
    experiment = with_data(PRESETS[preset], **SLICE)
    given, failure, weights = trained(experiment)
    assert failure is None
    for count in range(0, len(given.batches.loss), 7):
        part = History(
            BatchHistory(*(getattr(given.batches, name)[:count] for name in names_of(BatchHistory))),
            EpochHistory(
                *(
                    getattr(given.epochs, name)[: int((given.epochs.step <= count).sum())]
                    for name in names_of(EpochHistory)
                )
            ),
        )
        found = diagnose(part, experiment)
        assert not {finding.severity for finding in found} & {"error", "warning"}, (count, found)
    found = diagnose(given, experiment, health=examine_first(experiment, weights))
    assert not {finding.severity for finding in found} - {"good", "info"}, found
    assert "healthy" in kinds(found)


CONV_OF_ZEROS = Architecture(
    (
        Conv2D(4, 5, activation="relu", kernel_initializer="zeros"),
        MaxPooling2D(2),
        Flatten(),
        Dense(10, "softmax", kernel_initializer="zeros"),
    )
)
TINY = with_training(with_data(PRESETS["Tiny"], **SLICE), batch_size=50, epochs=3)
BROKEN = {
    "sgd, learning rate 10": (
        with_training(TINY, optimizer="sgd", learning_rate=10.0),
        "steps_too_long",
        "learning rate 0.01",
    ),
    "sgd, learning rate 1e-6": (
        with_training(TINY, optimizer="sgd", learning_rate=1e-6),
        "not_learning",
        "learning rate 0.01",
    ),
    "adam, learning rate 1": (with_training(TINY, learning_rate=1.0), "steps_too_long", "learning rate 0.001"),
    "sgd, learning rate 0.0005": (
        with_training(with_data(DENSE, **SLICE), learning_rate=0.0005),
        "steps_too_short",
        "learning rate 0.01",
    ),
    "zero weights": (
        replace(TINY, architecture=CONV_OF_ZEROS),
        "same_filters",
        "first weights at random (glorot_uniform)",
    ),
    "shuffled labels": (with_data(TINY, label_noise=1.0), "not_learning", "the true labels (label noise 0)"),
    "half of the labels": (
        with_data(with_training(TINY, epochs=6), label_noise=0.5),
        "wrong_labels",
        "the true labels (label noise 0)",
    ),
    "pixels to 255": (with_data(TINY, normalise=False), "bad_start", "pixels from 0 to 1 (normalise)"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_settings_that_were_broken_on_purpose(name):
    experiment, kind, words = BROKEN[name]
    given, failure, weights = trained(experiment)
    found = diagnose(given, experiment, failure=failure, health=examine_first(experiment, weights))
    assert "healthy" not in kinds(found)
    assert words in [each.words for each in only(found, kind).tries]


def test_a_run_whose_loss_became_no_number():
    linear = Architecture((Flatten(), Dense(64), Dense(64), Dense(10, "softmax")))
    experiment = replace(with_training(with_data(train_size=1_000), learning_rate=10.0), architecture=linear)
    given, failure, _ = trained(experiment)
    assert failure.startswith(NOT_A_NUMBER)
    assert kinds(diagnose(given, experiment, failure=failure)) == ["not_a_number"]
