import re

import pytest

from cnnlab.limits import LIMITS
from cnnlab.nn.architecture import Architecture, check
from cnnlab.nn.layers import (
    LAYERS,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
)
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS

HEAD = Dense(10, activation="softmax")


def test_the_network_of_the_study_notes_has_62346_parameters():
    architecture = PRESETS["Study notes"].architecture
    assert [summary.output_shape for summary in architecture.summaries] == [
        (24, 24, 32),
        (12, 12, 32),
        (8, 8, 64),
        (4, 4, 64),
        (1024,),
        (10,),
    ]
    assert [summary.arithmetic for summary in architecture.summaries if summary.num_parameters] == [
        "5x5x1x32 + 32 = 832",
        "5x5x32x64 + 64 = 51,264",
        "1024x10 + 10 = 10,250",
    ]
    assert architecture.num_parameters == 832 + 51_264 + 10_250 == 62_346


def test_costs_of_the_study_notes_network_by_hand():
    first, pool, second, _, flatten, dense = PRESETS["Study notes"].architecture.summaries
    assert first.multiply_adds == 24 * 24 * 32 * 25
    assert second.multiply_adds == 8 * 8 * 64 * 25 * 32
    assert (pool.multiply_adds, flatten.multiply_adds, dense.multiply_adds) == (0, 0, 10_240)
    assert first.memory == 24 * 24 * 32 * 4
    # 5; one pooled cell sees 6; the second kernel adds 4 steps of 2; its pool one more step of 2
    assert [first.receptive_field, pool.receptive_field, second.receptive_field] == [5, 6, 14]
    assert [flatten.receptive_field, dense.receptive_field] == [16, 28]


def test_dilation_widens_the_receptive_field_but_not_the_cost():
    plain, wide = (check([Conv2D(4, 3, padding="same", dilation_rate=rate)]).summaries[0] for rate in (1, 3))
    assert (plain.receptive_field, wide.receptive_field) == (3, 7)
    assert plain.num_parameters == wide.num_parameters
    assert plain.multiply_adds == wide.multiply_adds


def test_batch_normalization_counts_its_moving_statistics_apart():
    summary = check([Conv2D(8, 3), BatchNormalization()]).summaries[1]
    assert (summary.num_trainable, summary.num_other) == (16, 16)
    assert summary.arithmetic == "8 + 8 + 8 + 8 = 32"


def test_weight_shapes_are_named_by_layer_index_and_keras_name():
    architecture = Architecture((Conv2D(8, 3, use_bias=False), BatchNormalization(), Flatten(), HEAD))
    assert architecture.weight_shapes == {
        "0/kernel": (3, 3, 1, 8),
        "1/gamma": (8,),
        "1/beta": (8,),
        "1/moving_mean": (8,),
        "1/moving_variance": (8,),
        "3/kernel": (26 * 26 * 8, 10),
        "3/bias": (10,),
    }


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            (Conv2D(4, 5, strides=4), MaxPooling2D(2), Conv2D(4, 5), Flatten(), HEAD),
            r"Layer 3, Conv2D: a 5 x 5 kernel does not fit on a 3 x 3 map; use a kernel of at most 3 x 3",
        ),
        (
            (Conv2D(4, 3), HEAD),
            r"Layer 2, Dense needs a vector.*26 x 26 x 4: put Flatten or GlobalAveragePooling2D before it",
        ),
        ((Flatten(), Conv2D(4, 3), HEAD), r"Layer 2, Conv2D needs a map"),
        ((Flatten(), AveragePooling2D(2), HEAD), r"Layer 2, AveragePooling2D needs a map"),
        ((GlobalAveragePooling2D(), GlobalAveragePooling2D(), HEAD), r"Layer 2, GlobalAveragePooling2D needs a map"),
        (
            (MaxPooling2D(9), MaxPooling2D(4), Flatten(), HEAD),
            r"Layer 2, MaxPooling2D: a 4 x 4 pool does not fit on a 3 x 3 map",
        ),
        (
            (Flatten(), Dense(10)),
            r'Layer 2, Dense: the last layer must be Dense\(10, activation="softmax"\).*Change its',
        ),
        ((Flatten(),), r"Layer 1, Flatten: the last layer must be Dense.*Add it at the end"),
        ((), r"no layers yet"),
        ((Dropout(0.1),) * 11 + (Flatten(), HEAD), r"from 1 to 12 layers. Received: 13 layers"),
        (
            (Conv2D(8, 1), Flatten(), Dense(512), HEAD),
            r"Layer 3, Dense: the network has 3,.*parameters.*at most 2,000,000",
        ),
        (
            (Conv2D(64, 11), Conv2D(64, 11), GlobalAveragePooling2D(), HEAD),
            r"Layer 2, Conv2D: .*multiply-adds.*at most 30,000,000",
        ),
    ],
)
def test_an_impossible_network_names_the_layer_and_what_would_fit(layers, message):
    with pytest.raises(ValueError, match=message):
        Architecture(layers)
    problem = check(layers).problem
    assert problem is not None
    with pytest.raises(ValueError, match=f"^{re.escape(problem.message)}$"):
        Architecture(layers)


def test_check_reports_shapes_up_to_the_first_layer_that_does_not_fit():
    draft = EXAMPLE_DRAFTS["Too deep to fit"]
    report = check(draft)
    assert report.problem.layer_index == len(report.summaries) == 6
    assert report.summaries[-1].output_shape == (1, 1, 64)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2D(0, 3), r"`filters` must be a whole number from 1 to 128. Received: filters=0"),
        (lambda: Conv2D(129, 3), r"`filters` must be"),
        (lambda: Conv2D(8, 12), r"`kernel_size` must be a whole number from 1 to 11. Received: kernel_size=12"),
        (lambda: Conv2D(8, 2.5), r"`kernel_size` must be a whole number"),
        (lambda: Conv2D(True, 3), r"`filters` must be a whole number"),
        (lambda: Conv2D(8, 3, strides=2, dilation_rate=2), r"`strides` and `dilation_rate` cannot both"),
        (lambda: Conv2D(8, 3, padding="full"), r"`padding` must be one of valid, same. Received: padding='full'"),
        (lambda: Conv2D(8, 3, activation="gelu"), r"`activation` must be one of linear, relu"),
        (lambda: Conv2D(8, 3, use_bias=1), r"`use_bias` must be True or False"),
        (lambda: MaxPooling2D(0), r"`pool_size` must be"),
        (lambda: MaxPooling2D(2, strides=9), r"`strides` must be"),
        (lambda: AveragePooling2D(2, padding=None), r"`padding` must be"),
        (lambda: Dense(513), r"`units` must be a whole number from 1 to 512"),
        (lambda: Dropout(0.95), r"`rate` must be a number from 0.0 to 0.9. Received: rate=0.95"),
        (lambda: Dropout(float("nan")), r"`rate` must be"),
        (lambda: Dropout("a"), r"`rate` must be"),
    ],
)
def test_a_layer_out_of_its_limits_cannot_exist(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_layers_write_themselves_as_keras_does():
    assert str(Conv2D(32, 5, activation="relu")) == "Conv2D(filters=32, kernel_size=5, activation='relu')"
    assert str(MaxPooling2D()) == "MaxPooling2D()"


def test_the_registry_holds_every_layer_under_its_keras_name():
    assert list(LAYERS) == [
        "Conv2D",
        "MaxPooling2D",
        "AveragePooling2D",
        "GlobalAveragePooling2D",
        "BatchNormalization",
        "Flatten",
        "Dense",
        "Dropout",
    ]
    assert all(low < high for low, high in LIMITS.values())
