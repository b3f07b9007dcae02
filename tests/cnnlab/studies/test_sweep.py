"""Sweeps: what can be swept, the grid, and its place in a link."""

from dataclasses import replace
from itertools import pairwise

import pytest

from cnnlab.experiment import OPTIMIZERS, Experiment
from cnnlab.nn.layers import AveragePooling2D, GlobalAveragePooling2D
from cnnlab.presets import PRESETS
from cnnlab.studies import sweep
from cnnlab.studies.sweep import Axis, Sweep, settings

BASE = PRESETS["Fast and good"]
RATE = Axis("training.learning_rate", (0.001, 0.01))
FILTERS = Axis("layers.0.filters", (4, 8, 16))


def test_two_settings_make_a_grid_by_hand():
    (first, second, third) = Sweep((RATE, FILTERS)).cells(BASE)
    assert [one.training.learning_rate for one in first] == [0.001, 0.01]
    assert [line[0].architecture.layers[0].filters for line in (first, second, third)] == [4, 8, 16]
    assert third[0].architecture == BASE.architecture
    assert third[1] == replace(BASE, training=replace(BASE.training, learning_rate=0.01))


def test_one_setting_makes_a_row():
    ((one, other),) = Sweep((RATE,)).cells(BASE)
    assert (one.training.learning_rate, other.training.learning_rate) == (0.001, 0.01)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_value_to_begin_with_is_valid_by_itself_and_in_a_link(preset):
    for key, setting in settings(preset).items():
        one = Sweep((Axis(key, setting.values),))
        assert Sweep.from_text(one.to_text(), preset) == one
        assert one.num_runs == len(set(setting.values)) > 1
        for made in one.cells(preset)[0]:
            assert isinstance(made, Experiment) or "does not fit" in made


def test_every_kind_of_layer_has_its_settings():
    for layer in (AveragePooling2D(2), *BASE.architecture.layers):
        assert bool(sweep._of_layer(layer, is_last=False)) == bool(getattr(layer, "__dataclass_fields__", {}))
    assert sweep._of_layer(GlobalAveragePooling2D(), is_last=False) == []
    assert "layers.6.units" not in settings(BASE)  # ten classes stay ten
    assert "layers.6.l2" in settings(BASE)


def test_what_does_not_fit_is_told_and_stops_nothing():
    kernels = (Axis("layers.0.kernel_size", (5, 11)), Axis("layers.2.kernel_size", (3, 11)))
    (one, other), (third, bad) = Sweep(kernels).cells(BASE)
    assert {type(one), type(other), type(third)} == {Experiment}
    assert bad.startswith(
        "Layer 3, Conv2D: a 11 x 11 kernel does not fit on a 9 x 9 map; use a kernel of at most 9 x 9"
    )


def test_two_changes_are_made_at_once():
    raw = replace(BASE, data=replace(BASE.data, normalise=False))
    made = sweep.experiment(raw, {"data.noise": 0.1, "data.normalise": True})
    assert (made.data.noise, made.data.normalise) == (0.1, True)
    (line,) = Sweep((Axis("data.noise", (0.0, 0.1)),)).cells(raw)
    assert "it needs normalise=True" in line[1]


def test_an_optimizer_comes_with_its_usual_learning_rate_unless_that_is_swept_too():
    (line,) = Sweep((Axis("training.optimizer", ("sgd", "adam")),)).cells(BASE)
    assert [one.training.learning_rate for one in line] == [OPTIMIZERS["sgd"], OPTIMIZERS["adam"]]
    line, _ = Sweep((Axis("training.optimizer", ("sgd", "adam")), RATE)).cells(BASE)
    assert [one.training.learning_rate for one in line] == [0.001, 0.001]


def test_learning_rates_begin_around_the_usual_one_each_a_few_times_the_one_before():
    for name, usual in OPTIMIZERS.items():
        base = replace(BASE, training=replace(BASE.training, optimizer=name))
        values = settings(base)["training.learning_rate"].values
        assert usual in values
        assert all(2 < later / one < 4 for one, later in pairwise(values))


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("training.learning_rate", "0.1, 1e-3", (0.1, 0.001)),
        ("training.epochs", " 1,,2 , 2", (1, 2)),
        ("training.optimizer", "adam, sgd", ("adam", "sgd")),
        ("data.normalise", "no,yes", (False, True)),
        ("seed", "7", (7,)),
    ],
)
def test_values_are_read(key, text, values):
    assert settings(BASE)[key].read(text) == values


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("training.learning_rate", " , ", "`learning_rate` needs a value at least"),
        (
            "training.learning_rate",
            "0.1, much",
            "`learning_rate` must be numbers, separated by commas. Received: 'much'",
        ),
        ("training.learning_rate", "nan", "`learning_rate` must be a number from 1e-06 to 10"),
        ("data.noise", "0,1", "is 0,1 one number or two. Write 0.1 or 0, 1. Received: '0,1'"),
        ("data.noise", "0.1, 0,2", "is 0,2 one number or two"),
        ("data.label_noise", "0,2;0,4", "is 0,2 one number or two"),
        ("data.zoom", "0,1,0", "one number or two"),
        ("training.epochs", "1.5", "`epochs` must be whole numbers, separated by commas. Received: '1.5'"),
        ("training.epochs", "31", "`epochs` must be a whole number from 1 to 30"),
        ("training.optimizer", "magic", "`optimizer` must be one of sgd"),
        ("data.normalise", "True", "`normalise` must be one of yes, no"),
    ],
)
def test_bad_values_are_refused_in_words(key, text, message):
    with pytest.raises(ValueError, match=message):
        settings(BASE)[key].read(text)


@pytest.mark.parametrize("text", ["0, 0.2", "0,0.2", "0.0,2e-1", "0 ,0.2", "0.,.2"])
def test_a_comma_between_two_numbers_is_no_point(text):
    assert settings(BASE)["data.noise"].read(text) == (0.0, 0.2)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ((), "A sweep has one setting, or two different ones. Received: none"),
        ((RATE, RATE), "one setting, or two different ones"),
        ((RATE, FILTERS, Axis("seed", (0,))), "one setting, or two different ones"),
        ((Axis("seed", tuple(range(26))),), "A sweep has from 1 to 25 runs. Received: 26 combinations"),
        ((Axis("seed", ()),), "A sweep has from 1 to 25 runs. Received: 0"),
    ],
)
def test_a_bad_sweep_cannot_exist(axes, message):
    with pytest.raises(ValueError, match=message):
        Sweep(axes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`sweep` must be one of"),
        ("layers.9.filters:1", "`sweep` must be one of"),
        ("seed:", "`seed` needs a value"),
        ("seed:1;seed:2", "two different ones"),
        ("seed:" + "1," * 300, "`sweep` has at most 500 characters"),
    ],
)
def test_a_bad_link_is_refused_in_words(text, message):
    with pytest.raises(ValueError, match=message):
        Sweep.from_text(text, BASE)


def test_the_default_sweep():
    assert [axis.key for axis in sweep.default(BASE).axes] == ["training.learning_rate"]
