import base64
import json
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pytest

from cnnlab.experiment import MAX_URL_LENGTH, OPTIMIZERS, DataSettings, Experiment, TrainingSettings
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Conv2D, Dense, Flatten
from cnnlab.presets import DEFAULT, EXAMPLE_DRAFTS, PRESETS

LARGEST = Experiment(
    Architecture(
        (
            *[Conv2D(10, 11, 1, "same", 4, "sigmoid", False, "glorot_normal", 0.00123, 0.00123, False)] * 2,
            *[Conv2D(10, 10, 4, "same", 1, "sigmoid", False, "glorot_normal", 0.00123, 0.00123, False)] * 8,
            Flatten(),
            Dense(10, "softmax", False, "random_normal", 0.00123, 0.00123, False),
        )
    ),
    DataSettings(59_000, 1_000, True, 0.123, 8, 45, 0.123, 0.123),
    TrainingSettings("sgd_momentum", 0.000123456789, "mean_squared_error", 1_024, 30, "exponential", 10),
    seed=2**31 - 1,
)


@pytest.mark.parametrize("experiment", [*PRESETS.values(), LARGEST])
def test_json_and_url_give_the_same_experiment_back(experiment):
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert Experiment.from_url(experiment.to_url()) == experiment
    assert len(experiment.to_url()) <= MAX_URL_LENGTH
    assert hash(Experiment.from_url(experiment.to_url())) == hash(experiment)


def test_the_format_of_version_1_is_kept():
    text = (
        '{"version":1,"layers":[{"type":"Conv2D","filters":4,"kernel_size":3,"activation":"relu"},{"type":"Flatten"},'
        '{"type":"Dense","units":10,"activation":"softmax"}],"data":{"train_size":2000},'
        '"training":{"epochs":2},"seed":7}'
    )
    experiment = Experiment(
        Architecture((Conv2D(4, 3, activation="relu"), Flatten(), Dense(10, activation="softmax"))),
        DataSettings(train_size=2000),
        TrainingSettings(epochs=2),
        seed=7,
    )
    assert experiment.to_json() == text
    assert Experiment.from_json(text) == experiment


def test_a_whole_number_as_a_learning_rate_is_one_that_keras_takes():
    assert type(TrainingSettings(learning_rate=1).learning_rate) is float


def test_updates_are_counted_as_the_study_notes_count_them():
    notes = PRESETS["Study notes"]
    assert (notes.batches_per_epoch, notes.num_steps) == (600, 3_000)
    assert replace(notes, data=DataSettings(train_size=1_050)).batches_per_epoch == 11


GOOD = json.loads(PRESETS["Tiny"].to_json())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, r"`version` must be 1. Received: version=2"),
        ({"version": None}, r"`version` must be 1"),
        ({"layers": "none"}, r"`layers` must be a list"),
        ({"layers": []}, r"no layers yet"),
        ({"layers": [{"type": "LSTM"}]}, r"Layer 1 must have a `type` that is one of Conv2D"),
        ({"layers": [{"type": ["Conv2D"]}]}, r"Layer 1 must have a `type`"),
        ({"layers": [7]}, r"Layer 1 must have a `type`"),
        ({"layers": [{"type": "Conv2D", "filters": 3}]}, r"Layer 1: Conv2D needs kernel_size"),
        ({"layers": [{"type": "Conv2D", "filters": 3, "kernel_size": 3, "evil": 1}]}, r"Layer 1: Conv2D has no evil"),
        ({"layers": [{"type": "Dense", "units": "10"}]}, r"Layer 1: `units` must be a whole number"),
        ({"data": {"train_size": 10}}, r"`train_size` must be a whole number from 100 to 60,000"),
        ({"data": {"train_size": 55_000}}, r"together must be at most 60,000"),
        ({"data": {"normalise": "yes"}}, r"`normalise` must be True or False"),
        ({"data": []}, r"`data` must be a JSON object"),
        ({"data": {"label_noise": 1.5}}, r"`label_noise` must be a number from 0.0 to 1.0"),
        ({"data": {"shift": 2.5}}, r"`shift` must be a whole number from 0 to 8"),
        ({"data": {"rotation": 46}}, r"`rotation` must be a whole number from 0 to 45"),
        ({"data": {"zoom": -0.1}}, r"`zoom` must be a number from 0.0 to 0.5"),
        ({"data": {"noise": 0.1, "normalise": False}}, r"`noise` .* needs normalise=True"),
        ({"data": {"permute_pixels": True, "zoom": 0.1}}, r"`permute_pixels` leaves nothing .* zoom=0.1"),
        ({"training": {"schedule": "linear"}}, r"`schedule` must be one of constant, cosine, exponential"),
        ({"training": {"early_stopping": 11}}, r"`early_stopping` must be a whole number from 0 to 10"),
        ({"training": {"epochs": 31}}, r"`epochs` must be a whole number from 1 to 30. Received: epochs=31"),
        ({"training": {"batch_size": 8}}, r"`batch_size` must be"),
        ({"training": {"optimizer": "lion"}}, r"`optimizer` must be one of sgd, sgd_momentum"),
        ({"training": {"learning_rate": float("nan")}}, r"`learning_rate` must be"),
        ({"training": {"learning_rate": 1e9}}, r"`learning_rate` must be"),
        ({"training": {"loss": "hinge"}}, r"`loss` must be one of"),
        ({"seed": -1}, r"`seed` must be"),
        ({"surprise": 1}, r"An experiment has no surprise"),
    ],
)
def test_bad_json_says_what_is_wrong(change, message):
    with pytest.raises(ValueError, match=message):
        Experiment.from_json(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"x"', "[" * 19_000])
def test_what_is_not_an_experiment_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"experiment"):
        Experiment.from_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!!!", "not one of this app's links"),
        ("abcde", "not one of this app's links"),
        (base64.urlsafe_b64encode(b"\xff\xfe").decode(), "not one of this app's links"),
        ("é", "not one of this app's links"),
        ("A" * 4_001, "at most 4,000 characters. Received: 4,001"),
        (PRESETS["Tiny"].to_url()[:-12], "not valid JSON"),
    ],
)
def test_a_damaged_link_is_refused_in_words(text, message):
    with pytest.raises(ValueError, match=message):
        Experiment.from_url(text)


@pytest.mark.parametrize("before", ["", '"', "(<", "%E2%80%9C", "\n"])
@pytest.mark.parametrize("after", [".", ")", ">", '"', "'", "”.", ",", ">, see there", "\r\n", "%22", "==", "\u200b"])
def test_what_stood_around_a_link_in_a_mail_is_dropped(before, after):
    link = PRESETS["Tiny"].to_url()
    broken = f"{link[:40]}\r\n{link[40:70]} \u00ad{link[70:]}"
    for text in (link, broken):
        assert Experiment.from_url(unquote(f"{before}{text}{after}")) == PRESETS["Tiny"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_file_in_any_encoding_that_json_is_written_in_opens(encoding):
    assert Experiment.from_json(json.dumps(json.loads(PRESETS["Tiny"].to_json())).encode(encoding)) == PRESETS["Tiny"]


def test_a_file_that_is_too_long_is_not_even_parsed():
    with pytest.raises(ValueError, match="at most 20,000 characters"):
        Experiment.from_json(" " * 20_001)


def test_presets_are_those_of_the_project():
    assert list(PRESETS) == [
        "Fast and good",
        "Study notes",
        "Study notes, with Adam",
        "LeNet-5",
        "Tiny",
        "No convolution (dense only)",
    ]
    assert next(iter(PRESETS)) == DEFAULT
    assert not PRESETS.keys() & EXAMPLE_DRAFTS.keys()
    notes = PRESETS["Study notes"]
    assert (notes.training.optimizer, notes.training.learning_rate, notes.training.batch_size) == ("sgd", 0.01, 100)
    assert (notes.training.epochs, notes.data.validation_size) == (5, 0)
    assert all(low < rate for low, rate in zip([0] * 6, OPTIMIZERS.values(), strict=True))


def test_shuffled_labels_are_the_same_labels_in_another_order():
    true = np.arange(5_000, dtype=np.uint8) % 10
    for share, changed in ((0.0, 0.0), (0.4, 0.4 * 0.9), (1.0, 0.9)):  # one in ten stays right by chance
        labels = DataSettings(label_noise=share).labels(true, seed=1)
        np.testing.assert_array_equal(np.bincount(labels), np.bincount(true))
        assert np.mean(labels != true) == pytest.approx(changed, abs=0.03)
    first, again, other = (DataSettings(label_noise=0.5).labels(true, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_permuted_pixels_are_the_same_pixels_in_one_other_order():
    images = np.random.default_rng(0).random((3, 28, 28, 1), dtype=np.float32)
    permuted = DataSettings(permute_pixels=True).prepare(images)
    assert permuted.shape == images.shape
    np.testing.assert_array_equal(np.sort(permuted.reshape(3, -1)), np.sort(images.reshape(3, -1)))
    np.testing.assert_array_equal(DataSettings(permute_pixels=True).prepare(images[1]), permuted[1])
    neighbours = np.abs(np.diff(np.argsort(permuted[0].ravel())))
    assert np.median(neighbours) > 28  # what was side by side is not
    assert DataSettings().prepare(images) is images


def test_the_learning_rate_falls_as_it_is_told():
    experiment = PRESETS["Tiny"]
    rate, steps = experiment.training.learning_rate, experiment.num_steps

    def at(schedule, *where):
        changed = replace(experiment, training=replace(experiment.training, schedule=schedule))
        return [changed.learning_rate_at(step) / rate for step in where]

    assert at("constant", 0, steps) == [1, 1]
    assert at("cosine", 0, steps // 2, steps) == pytest.approx([1, 0.5, 0])
    assert at("exponential", 0, steps // 2, steps) == pytest.approx([1, 0.1, 0.01])
