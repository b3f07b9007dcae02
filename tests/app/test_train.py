"""Train: the settings, the one button, and a run in every state."""

import pytest

from cnnlab.experiment import OPTIMIZERS, Experiment
from cnnlab.limits import LIMITS
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from cnnlab.runs import STATES, StoreError
from tests.app.runs import REASON, TINY, make_run
from tests.app.seen import click, components, labelled, labels, state, text

UNKNOWN = "20200101-000000-abcdef"


@pytest.fixture
def at(visit):
    """A visitor of Train with the network "Tiny"."""
    return visit("train", experiment=TINY.to_url())


# Settings


def test_settings_change_the_number_of_updates(at):
    assert "500 updates an epoch" in text(at)
    labelled(at.number_input, "Batch size").set_value(50).run()
    assert "1,000 updates an epoch" in text(at)
    labelled(at.number_input, "Training images").set_value(2_000).run()
    assert "40 updates an epoch" in text(at)
    labelled(at.slider, "Epochs").set_value(1).run()
    assert "1 epoch" in text(at)
    experiment = Experiment.from_url(at.query_params["experiment"])
    assert (experiment.data.train_size, experiment.training.batch_size, experiment.training.epochs) == (2_000, 50, 1)


@pytest.mark.parametrize(("optimizer", "learning_rate"), OPTIMIZERS.items())
def test_an_optimizer_comes_with_its_learning_rate(at, optimizer, learning_rate):
    labelled(at.selectbox, "Optimizer").set_value("sgd" if optimizer == "adam" else "adam").run()
    labelled(at.selectbox, "Optimizer").set_value(optimizer).run()
    assert f"{optimizer}, learning rate {learning_rate:g}" in text(at)
    assert labelled(at.number_input, "Learning rate").value == learning_rate


def test_all_images_means_all_that_are_not_held_back(at):
    labelled(at.number_input, "Validation size").set_value(20_000).run()
    assert labelled(at.number_input, "Training images").value == 40_000
    assert state(at).draft.data.train_size is None
    labelled(at.number_input, "Training images").set_value(30_000).run()
    labelled(at.number_input, "Validation size").set_value(10_000).run()
    assert labelled(at.number_input, "Training images").value == 30_000


def test_more_images_than_there_are_is_refused_beside_the_control(at):
    labelled(at.number_input, "Training images").set_value(55_000).run()
    assert "together must be at most 60,000" in at.error[0].value
    assert labelled(at.number_input, "Training images").value == 50_000
    assert state(at).draft.experiment() == TINY
    labelled(at.number_input, "Training images").set_value(49_000).run()
    assert not at.error
    assert state(at).draft.data.train_size == 49_000


def test_every_limit_of_a_setting_is_that_of_the_validator(at):
    names = {
        "Learning rate": "learning_rate",
        "Batch size": "batch_size",
        "Validation size": "validation_size",
        "Seed": "seed",
    }
    for label, name in names.items():
        widget = labelled(at.number_input, label)
        assert (widget.min, widget.max) == LIMITS[name]
    epochs = labelled(at.slider, "Epochs")
    assert (epochs.min, epochs.max) == LIMITS["epochs"]


# The button


def test_train_submits_the_draft_once(at, engine, store):
    train = labelled(at.button, "Train")
    train.click().run()
    train.click().run()  # a second click, on its way while the page was still the old one
    assert engine.submitted == [TINY]
    assert at.query_params["run"] == store.list()[0].id == state(at).run_id
    assert "Train" not in labels(at)
    click(at, "Stop")
    assert engine.stopped == [state(at).run_id]


def test_a_second_run_starts_when_the_first_is_over(at, engine, store):
    click(at, "Train")
    store.get(state(at).run_id).end("stopped")
    at.run()
    click(at, "Train")
    assert len(engine.submitted) == 2
    assert at.query_params["run"] == state(at).run_id


def test_layers_that_do_not_fit_cannot_be_trained(at, engine):
    state(at).change(layers=EXAMPLE_DRAFTS["Too deep to fit"])
    at.run()
    assert "do not fit" in at.warning[0].value
    assert labelled(at.button, "Train").disabled
    assert not engine.submitted


def test_a_store_that_cannot_be_written_is_told(at, engine, monkeypatch):
    def submit(_experiment):
        raise StoreError(OSError(28, "No space left on device"))

    monkeypatch.setattr(engine, "submit", submit)
    click(at, "Train")
    assert "No space left on device" in at.error[0].value
    assert "Train" in labels(at)
    monkeypatch.undo()


def test_a_full_disk_is_told(visit, store):
    store.warning = "The runs folder cannot be written."
    assert store.warning in text(visit("train"))


@pytest.mark.parametrize(
    ("engine_state", "told"), [("starting", "starting"), ("warming up", "warming up"), ("down", "stopped")]
)
def test_a_cold_engine_is_told(visit, engine, engine_state, told):
    engine.state = engine_state
    assert told in visit("train").info[0].value


# Runs


@pytest.mark.parametrize("run_state", STATES)
def test_a_run_is_shown_in_every_state(visit, store, run_state):
    run = make_run(store, run_state)
    at = visit("train", run=run.id)
    words = {
        "queued": "number 1 in the queue",
        "running": "Training",
        "paused": "Paused",
        "finished": "Finished",
        "stopped": "Stopped early",
        "failed": "Failed",
        "interrupted": "Interrupted",
    }
    assert words[run_state] in at.get("progress")[0].text
    assert components(at) == [f"curves-{run.id}"]
    assert ("Stop" in labels(at)) == (run_state in ("queued", "running", "paused"))
    assert ("Train" in labels(at)) == (run_state not in ("queued", "running", "paused"))
    if run_state != "queued":
        assert "update 4 of 1,500" in at.get("progress")[0].text


@pytest.mark.parametrize("run_state", ["finished", "stopped"])
def test_a_run_with_a_result_shows_it(visit, store, run_state):
    at = visit("train", run=make_run(store, run_state).id)
    figures = {metric.label: metric.value for metric in at.metric}
    assert figures["Test accuracy"].startswith("98.76")
    assert figures["Test loss"] == "0.1234"
    labelled(at.get("download_button"), "Download .keras")


def test_a_failed_run_tells_why(visit, store):
    at = visit("train", run=make_run(store, "failed").id)
    assert "the loss is not a number" in at.warning[0].value
    assert not at.metric


def test_an_interrupted_run_tells_why_and_can_go_on(visit, store, engine):
    run = make_run(store, "interrupted")
    at = visit("train", run=run.id)
    assert at.warning[0].value == REASON
    click(at, "Go on from the last checkpoint")
    assert engine.resumed == [run.id]
    assert "Stop" in labels(at)


def test_an_interrupted_run_without_a_checkpoint_cannot_go_on(visit, store):
    run = store.create(TINY)
    run.end("interrupted", REASON)
    at = visit("train", run=run.id)
    assert at.warning[0].value == REASON
    assert labels(at) == ["Train"]


def test_a_run_with_other_settings_is_told(visit, store):
    run = make_run(store, "finished")
    assert "other settings" not in text(visit("train", run=run.id, experiment=TINY.to_url()))
    assert "other settings" in text(visit("train", run=run.id, experiment=PRESETS["LeNet-5"].to_url()))


@pytest.mark.parametrize("run_id", [UNKNOWN, "..", "a/b", "", "20200101-000000-abcdef\n"])
def test_an_unknown_run_is_told_and_none_is_shown(visit, run_id):
    at = visit("train", run=run_id)
    assert "There is no run of this name" in at.warning[0].value
    assert components(at) == ["curves-empty"]
    assert "run" not in at.query_params


@pytest.mark.parametrize("name", ["state.json", "experiment.json", "history.csv", "epochs.csv"])
def test_a_damaged_run_is_told(visit, store, name):
    run = make_run(store, "interrupted")
    (store.root / run.id / name).write_bytes(b"not what it was\n1,2\n")
    at = visit("train", run=run.id)
    assert "cannot be read" in text(at)
    assert "Train" in labels(at)


def test_a_damaged_checkpoint_is_told(visit, store, engine, monkeypatch):
    run = make_run(store, "interrupted")
    (store.root / run.id / "checkpoint.npz").write_bytes(b"cut off")
    monkeypatch.setattr(engine, "resume", lambda run_id: store.get(run_id).checkpoint())
    at = visit("train", run=run.id)
    click(at, "Go on from the last checkpoint")
    assert "`checkpoint.npz`" in at.error[0].value


def test_a_run_whose_folder_is_taken_away_is_told(visit, store):
    run = make_run(store, "finished")
    at = visit("train", run=run.id)
    (store.root / run.id).rename(store.root / "elsewhere")
    at.run()
    assert "There is no run of this name" in at.warning[0].value
    click(at, "Train")
    assert state(at).run_id not in (None, run.id)
