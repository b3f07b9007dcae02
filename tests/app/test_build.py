"""Build: every way to change a draft, and what is said when it does not fit."""

import base64
import json

import pytest

from cnnlab import calibration
from cnnlab.architecture import LAYERS, Architecture, check
from cnnlab.experiment import Experiment
from cnnlab.limits import LIMITS
from cnnlab.presets import DEFAULT, EXAMPLE_DRAFTS, PRESETS
from cnnlab.repairs import repairs
from cnnlab.source_code import script
from tests.app.seen import click, labelled, state, text

TINY = PRESETS["Tiny"]


def to_link(**changes: object) -> str:
    """A link to the smallest network, with some of its JSON changed."""
    content = {"version": 1, "layers": [{"type": "Flatten"}, {"type": "Dense", "units": 10, "activation": "softmax"}]}
    return base64.urlsafe_b64encode(json.dumps(content | changes).encode()).decode().rstrip("=")


@pytest.fixture
def at(visit):
    """A visitor of Build who has the network "Tiny" before them, its first layer selected."""
    return visit("build", experiment=TINY.to_url())


def types(at) -> list[str]:
    return [type(layer).__name__ for layer in state(at).draft.layers]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_click(visit, name):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(name).run()
    architecture = PRESETS[name].architecture
    assert f"{architecture.num_parameters:,} parameters" in text(at)
    table = at.dataframe[0].value
    assert table["Output"].iloc[-1] == "10"
    assert len(table) == len(architecture.layers) + 1
    assert table["Trained"].iloc[-1] == table["Trained"].iloc[:-1].sum() == architecture.num_parameters
    assert labelled(at.button_group, "Begin with").value == name
    assert not labelled(at.button, "Train it").disabled
    assert Experiment.from_url(at.query_params["experiment"]) == PRESETS[name]


@pytest.mark.parametrize("name", EXAMPLE_DRAFTS)
def test_a_draft_that_does_not_fit_says_why_and_cannot_be_trained(visit, name):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(name).run()
    assert [warning.value for warning in at.warning] == [check(EXAMPLE_DRAFTS[name]).problem.message]
    assert labelled(at.button, "Train it").disabled
    assert "experiment" not in at.query_params
    labelled(at.button_group, "Begin with").set_value(DEFAULT).run()
    assert not at.warning
    assert Experiment.from_url(at.query_params["experiment"]) == PRESETS[DEFAULT]


def test_a_changed_setting_changes_the_parameters(at):
    labelled(at.slider, "Filters").set_value(8).run()
    labelled(at.selectbox, "Padding").set_value("same").run()
    architecture = Experiment.from_url(at.query_params["experiment"]).architecture
    assert (architecture.layers[0].filters, architecture.layers[0].padding) == (8, "same")
    assert f"{architecture.num_parameters:,} parameters" in text(at)
    assert labelled(at.button_group, "Begin with").value is None


def test_layers_are_added_moved_duplicated_and_removed(at):
    before = types(at)
    click(at, "Dropout")
    assert types(at) == [before[0], "Dropout", *before[1:]]
    click(at, "Move right")
    assert types(at) == [*before[:2], "Dropout", *before[2:]]
    click(at, "Duplicate")
    assert types(at) == [*before[:2], "Dropout", "Dropout", *before[2:]]
    assert state(at).selected_layer == 3
    click(at, "Remove")
    state(at).selected_layer = 2
    at.run()
    click(at, "Move left")
    click(at, "Remove")
    assert types(at) == before


def test_every_kind_of_layer_can_be_added_and_changed(at):
    for name in LAYERS:
        click(at, name)
        assert types(at)[1] == name
        assert f"Layer 2 · {name}" in text(at)
        click(at, "Remove")
        state(at).selected_layer = 0
        at.run()


def test_every_edit_is_taken_back_and_done_again(visit):
    at = visit("build")
    drafts = [state(at).draft]

    def edited(act):
        act()
        assert state(at).draft != drafts[-1]
        drafts.append(state(at).draft)

    assert labelled(at.button, "Undo").disabled
    edited(lambda: labelled(at.slider, "Filters").set_value(8).run())
    edited(lambda: click(at, "Dropout"))
    edited(lambda: labelled(at.button_group, "Begin with").set_value("LeNet-5").run())
    edited(lambda: labelled(at.button_group, "Begin with").set_value(next(iter(EXAMPLE_DRAFTS))).run())
    for draft in reversed(drafts[:-1]):
        click(at, "Undo")
        assert state(at).draft == draft
    assert labelled(at.button, "Undo").disabled
    for draft in drafts[1:]:
        click(at, "Redo")
        assert state(at).draft == draft
    assert labelled(at.button, "Redo").disabled
    click(at, "Undo")
    click(at, "Remove")
    assert labelled(at.button, "Redo").disabled  # another way was taken


def test_a_link_that_replaces_a_draft_can_be_taken_back(visit):
    at = visit("build")
    labelled(at.slider, "Filters").set_value(8).run()
    mine = state(at).draft
    at.query_params["experiment"] = TINY.to_url()
    at.run()
    assert state(at).draft.experiment() == TINY
    click(at, "Undo")
    assert state(at).draft == mine


def test_a_draft_is_mended_by_a_button_and_the_mending_taken_back(visit):
    at = visit("build")
    labelled(at.button_group, "Begin with").set_value(next(iter(EXAMPLE_DRAFTS))).run()
    broken = state(at).draft
    for _ in range(5):
        if not at.warning:
            break
        click(at, repairs(state(at).draft.layers)[0].label)
    assert not labelled(at.button, "Train it").disabled
    assert Experiment.from_url(at.query_params["experiment"]) == state(at).draft.experiment()
    while state(at).draft != broken:
        click(at, "Undo")
    assert at.warning


def test_what_is_seldom_changed_stands_behind_a_button(at):
    labelled(at.selectbox, "Kernel initializer").set_value("sobel").run()
    labelled(at.toggle, "Trainable").set_value(False).run()
    labelled(at.number_input, "L2").set_value(0.001).run()
    layer = state(at).draft.layers[0]
    assert (layer.kernel_initializer, layer.trainable, layer.l2) == ("sobel", False, 0.001)
    assert at.dataframe[0].value["Trained"].iloc[0] == 0
    state(at).selected_layer = len(TINY.architecture.layers) - 1
    at.run()
    assert "sobel" not in labelled(at.selectbox, "Kernel initializer").options  # a dense layer has no edges to find


def test_the_training_time_is_measured_when_it_is_asked_for(at, monkeypatch):
    monkeypatch.setattr(calibration, "seconds_per_epoch", lambda experiment: 45.0 if experiment == TINY else 0.25)
    assert "an epoch" not in text(at)
    click(at, "How long will it take?")
    assert "45 s an epoch**, 2 min 15 s for 3 epochs" in text(at)
    labelled(at.slider, "Filters").set_value(8).run()
    assert "an epoch" not in text(at)
    click(at, "How long will it take?")
    assert "0.2 s an epoch**, 0.8 s for 3 epochs" in text(at)
    click(at, "Undo")
    assert "45 s an epoch" in text(at)  # remembered


def test_all_layers_can_be_removed(at):
    for _ in TINY.architecture.layers:
        click(at, "Remove")
    assert types(at) == []
    assert "There are no layers yet" in text(at)
    assert labelled(at.button, "Train it").disabled
    click(at, "Flatten")
    assert types(at) == ["Flatten"]


def test_no_more_layers_than_allowed(at):
    for _ in range(LIMITS["layers"][1] - len(TINY.architecture.layers)):
        click(at, "Duplicate")
    assert len(types(at)) == LIMITS["layers"][1]
    assert labelled(at.button, "Duplicate").disabled
    assert all(labelled(at.button, name).disabled for name in LAYERS)
    click(at, "Remove")
    assert not labelled(at.button, "Duplicate").disabled


def test_settings_that_exclude_each_other_are_refused_beside_the_control(at):
    labelled(at.slider, "Dilation rate").set_value(2).run()  # "Tiny" has strides of 2
    assert "`strides` and `dilation_rate` cannot both be greater than 1" in at.error[0].value
    assert labelled(at.slider, "Dilation rate").value == 1
    assert state(at).draft.experiment() == TINY
    labelled(at.slider, "Strides").set_value(1).run()
    labelled(at.slider, "Dilation rate").set_value(2).run()
    assert not at.error
    assert state(at).draft.layers[0].dilation_rate == 2


def test_train_it_goes_to_train_with_the_same_experiment(at):
    click(at, "Train it")
    assert at.title[0].value == "Train"
    assert state(at).draft.experiment() == TINY


@pytest.mark.parametrize("page", ["build", "train"])
@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("nonsense!", "not one of this app's links"),
        (TINY.to_url()[:-7], "it may have been cut off"),
        (to_link(version=99), "`version` must be 1"),
        (to_link(layers=[{"type": "Conv2D", "filters": 999, "kernel_size": 3}]), "`filters` must be a whole number"),
        (to_link(training={"epochs": 31}), "`epochs` must be a whole number from 1 to 30"),
        (to_link(layers=[{"type": "Flatten"}]), "the last layer must be Dense"),
        ("A" * 4001, "at most 4,000 characters"),
    ],
)
def test_a_bad_link_is_told_and_the_last_good_state_stays(visit, page, link, message):
    at = visit(page, experiment=TINY.to_url())
    at.query_params["experiment"] = link
    at.run()
    assert message in at.error[0].value
    assert state(at).draft.experiment() == TINY
    at.query_params["experiment"] = PRESETS["LeNet-5"].to_url()
    at.run()
    assert not at.error
    assert state(at).draft.experiment() == PRESETS["LeNet-5"]


@pytest.mark.parametrize("experiment", [TINY, Experiment(Architecture(TINY.architecture.layers), seed=7)])
def test_a_link_restores_the_whole_experiment(visit, experiment):
    at = visit("build", experiment=experiment.to_url())
    assert state(at).draft.experiment() == experiment
    assert at.query_params["experiment"] == experiment.to_url()


def test_a_change_after_a_bad_link_takes_the_message_away(visit):
    at = visit("build", experiment="nonsense!")
    labelled(at.slider, "Filters").set_value(8).run()
    assert not at.error
    assert Experiment.from_url(at.query_params["experiment"]) == state(at).draft.experiment()


def test_the_same_in_keras_follows_the_layers(visit):
    at = visit("build")
    assert at.code[0].value == 'keras.layers.Conv2D(16, 5, activation="relu")'  # the chosen layer's own line
    assert at.code[1].value == script(PRESETS[DEFAULT]).strip()
    assert at.code[0].value in at.code[1].value
    draft = state(at).draft
    state(at).change(layers=draft.layers[1:])
    at.run()
    assert "keras.layers.Conv2D(16, 5" not in at.code[1].value
