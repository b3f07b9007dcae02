"""Train: the settings, the one button, and a run in every state."""

import numpy as np
import pytest

from cnnlab import mnist
from cnnlab.experiment import OPTIMIZERS, Experiment
from cnnlab.explain import snapshots
from cnnlab.explain.snapshots import Look
from cnnlab.limits import LIMITS
from cnnlab.nn.layers import Dense, GlobalAveragePooling2D
from cnnlab.presets import EXAMPLE_DRAFTS, PRESETS
from cnnlab.runs.store import RunState, StoreError
from cnnlab.training import pace
from cnnlab.training.events import BatchEnd, LearningRateSet, Orders, WeightsSnapshot
from pages.parts.train.controls import doing
from tests.pages.runs import REASON, TINY, make_run, some_training, weights_of
from tests.pages.seen import click, components, go_back, labelled, labels, state, text
from ui.canvas import Drawing
from ui.computed import answers
from ui.words import duration

UNKNOWN = "20200101-000000-abcdef"
STEERING = ["One batch", "One epoch", "Stop", "Apply"]


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """What was asked of Keras, which is not loaded here."""
    questions = []

    def look(experiment, weights):
        questions.append(weights)
        labels = mnist.load().test.labels[: snapshots.NUM_TEST]
        gradients = np.ones(len(experiment.architecture.with_kernels), np.float32)
        return Look(labels, np.ones(len(labels), np.float32), gradients)

    monkeypatch.setattr(snapshots, "look", look)
    return questions


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


def test_every_setting_has_its_place(at):
    labelled(at.number_input, "Seed")
    labelled(at.slider, "Early stopping").set_value(2).run()
    labelled(at.selectbox, "Schedule").set_value("cosine").run()
    for name, value in {"Label noise": 0.2, "Shift": 2, "Rotation": 10, "Zoom": 0.1, "Noise": 0.05}.items():
        labelled(at.slider, name).set_value(value).run()
    draft = state(at).draft
    assert (draft.training.early_stopping, draft.training.schedule) == (2, "cosine")
    data = draft.data
    assert (data.label_noise, data.shift, data.rotation, data.zoom, data.noise) == (0.2, 2, 10, 0.1, 0.05)
    labelled(at.toggle, "Permute pixels").set_value(True).run()
    assert "leaves nothing that could be shifted" in at.error[0].value
    assert not state(at).draft.data.permute_pixels


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


@pytest.mark.parametrize("page", ["train", "experiments"])
def test_an_engine_that_cannot_train_says_why(visit, engine, page):
    engine.state, engine.problem = "unable", "TensorFlow cannot be loaded: *no* AVX."
    at = visit(page)
    assert r"\*no\* AVX" in at.error[0].value
    assert not at.info


# Runs


@pytest.mark.parametrize("run_state", [one for one in RunState if one is not RunState.DAMAGED], ids=str)
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
    assert components(at)[0] == f"curves-{run.id}"
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
    assert [link.label for link in at.get("page_link")][:4] == [
        "Look inside it",
        "Draw for it",
        "Where it goes wrong",
        "Beside other runs",
    ]


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
    assert labels(at) == ["How long will it take?", "Train"]


def test_a_run_with_other_settings_is_told(visit, store):
    run = make_run(store, "finished")
    assert "other settings" not in text(visit("train", run=run.id, experiment=TINY.to_url()))
    assert "other settings" in text(visit("train", run=run.id, experiment=PRESETS["LeNet-5"].to_url()))


@pytest.mark.parametrize("run_id", [UNKNOWN, "..", "a/b", "", "20200101-000000-abcdef\n"])
def test_an_unknown_run_is_told_and_none_is_shown(visit, run_id):
    at = visit("train", run=run_id).run()
    assert "There is no run of this name" in at.warning[0].value
    assert "starter" not in at.warning[0].value
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
    monkeypatch.setattr(engine, "resume", lambda run_id, _until: store.get(run_id).checkpoint())
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


@pytest.mark.parametrize(
    ("run_state", "label"), [("running", "Pause"), ("running", "Stop"), ("paused", "Resume"), ("paused", "One batch")]
)
def test_a_run_that_has_just_been_deleted_is_told(visit, store, engine, monkeypatch, run_state, label):
    run = make_run(store, run_state)
    for what in ("pause", "stop", "resume"):
        monkeypatch.setattr(engine, what, lambda run_id, *_: store.get(run_id))
    at = visit("train", run=run.id)
    (store.root / run.id).rename(store.root / "elsewhere")
    click(at, label)
    assert "There is no run of this name" in at.error[0].value


def test_why_a_run_cannot_be_steered_stands_beside_its_buttons(visit, store, engine, monkeypatch):
    def refused(*_):
        raise ValueError("This run is paused on another server")

    run = make_run(store, "paused")
    monkeypatch.setattr(engine, "resume", refused)
    at = visit("train", run=run.id)
    click(at, "Resume")
    assert at.error[0].value == "This run is paused on another server."


def test_weights_that_cannot_be_read_are_told_beside_what_the_doctor_says(visit, store):
    run = make_run(store, "finished")
    for path in (store.root / run.id / "weights").iterdir():
        path.write_bytes(b"cut off")
    at = visit("train", run=run.id)
    assert any("cannot be read" in warning.value for warning in at.warning)
    assert {metric.label for metric in at.metric} >= {"Test accuracy"}


def test_what_was_estimated_stands_beside_what_it_took(visit, store, monkeypatch):
    monkeypatch.setattr(pace, "measure", lambda _kind, _again: pace.Pace(0.0, 6.0, 0.0, 0.0))
    answers.clear()
    at = visit("train", experiment=TINY.to_url())
    click(at, "How long will it take?")
    assert "about **50 min 0 s an epoch** (60 ms an image), 150 min 0 s in all for 3 epochs" in text(at)
    run = make_run(store, "finished")
    go_back(at, run=run.id)
    assert "Before, these 4 updates were thought to take **24 s**; they took **0.0 s**" in text(at)
    answers.clear()


# Steering


@pytest.mark.parametrize(
    ("run_state", "done", "orders", "words"),
    [
        ("running", 4, None, None),
        ("running", 4, Orders(), None),
        ("running", 4, Orders(pause_at=0), "Pausing"),
        ("running", 4, Orders(pause_at=5), "One batch"),
        ("running", 4, Orders(pause_at=1_000), "Going on until update 1,000"),
        ("running", 4, Orders(should_stop=True), "Stopping"),
        ("paused", 4, Orders(pause_at=0), None),
        ("paused", 4, Orders(pause_at=4), None),
        ("paused", 4, Orders(pause_at=5), "One batch"),
        ("paused", 4, Orders(), "Going on"),
        ("queued", 4, Orders(), None),
    ],
)
def test_what_a_run_was_told_is_said_at_once(run_state, done, orders, words):
    assert doing(run_state, done, orders) == words


def test_a_running_run_is_paused_and_stopped(visit, store, engine):
    run = make_run(store, "running")
    at = visit("train", run=run.id)
    assert [button.label for button in at.button if not button.disabled] == ["Pause", "Stop", "Apply"]
    click(at, "Pause")
    click(at, "Pause")
    assert engine.paused == [run.id] * 2
    engine.told[run.id] = Orders(pause_at=0)
    at.run()
    assert "Pausing …" in labels(at)
    assert "Pausing …" in at.get("progress")[0].text
    engine.told[run.id] = Orders(should_stop=True)
    at.run()
    assert labelled(at.button, "Stopping …").disabled


def test_a_paused_run_goes_on_by_a_batch_an_epoch_or_to_the_end(visit, store, engine):
    for label, until in (("One batch", 5), ("One epoch", 6), ("Resume", None)):
        run = make_run(store, "paused")
        at = visit("train", run=run.id)
        assert labels(at)[:5] == ["Resume", *STEERING]
        click(at, label)
        assert (engine.resumed[-1], engine.until[-1]) == (run.id, until)
        assert all(labelled(at.button, name).disabled for name in ("Pause", "One batch", "One epoch"))  # it waits


def test_the_buttons_stand_still_while_one_batch_is_done(visit, store, engine):
    run = make_run(store, "running")
    engine.told[run.id] = Orders(pause_at=5)
    at = visit("train", run=run.id)
    assert labels(at)[:5] == ["Resume", *STEERING]
    assert not any(button.disabled for button in at.button)
    assert "One batch …" in at.get("progress")[0].text


@pytest.mark.parametrize("run_state", ["running", "paused"])
def test_the_learning_rate_is_changed_while_it_trains(visit, store, engine, run_state):
    run = make_run(store, run_state)
    at = visit("train", run=run.id)
    field = next(one for one in at.number_input if one.key == f"rate-{run.id}")
    assert field.value == TINY.training.learning_rate
    for one in at.number_input:  # emptied, each says so in the browser, and keeps what it had
        assert (one.proto.required, one.proto.HasField("default")) == (True, False), one.label
    assert (field.value, field.min, field.max) == (0.005, *LIMITS["learning_rate"])
    assert "learning rate 0.005" in at.get("progress")[0].text
    field.set_value(0.1)
    click(at, "Apply")
    assert engine.learning_rates == [0.1]
    run.record(LearningRateSet(4, 0.1))
    at.run()
    assert "learning rate 0.1" in at.get("progress")[0].text


def test_a_learning_rate_that_is_refused_is_told(visit, store, engine, monkeypatch):
    def refuse(_run_id, _rate):
        raise ValueError("`learning_rate` must be a number")

    monkeypatch.setattr(engine, "set_learning_rate", refuse)
    at = visit("train", run=make_run(store, "running").id)
    click(at, "Apply")
    assert "`learning_rate` must be a number" in at.error[0].value
    monkeypatch.undo()


def test_speed_and_time_left_are_told(visit, store):
    told = visit("train", run=make_run(store, "running").id).get("progress")[0].text
    assert "1,000 images a second, 1.00 ms each" in told
    assert f"{duration((1_500 - 4) * 100 / 1_000)} left" in told
    assert [duration(seconds) for seconds in (0.2, 59.4, 60, 3_725)] == ["0 s", "59 s", "1:00", "62:05"]


@pytest.mark.parametrize("speed", [0.0, np.nan, np.inf])
def test_a_speed_that_is_not_known_is_not_told(visit, store, speed):
    run = make_run(store, "running")
    run.record(BatchEnd(5, 2, 0.4, 0.5, speed))
    assert visit("train", run=run.id).get("progress")[0].text.startswith("**Training** · update 5 of 1,500")


# Through training


def parts(run):
    names = ("curves", "timeline", "reading", "filters", "maps", "digits", "matrices", "sizes")
    return [f"{name}-{run.id}" for name in names]


@pytest.mark.parametrize("run_state", ["running", "paused", "finished", "failed"])
def test_every_stage_is_shown_while_it_trains_and_after(visit, store, asked, run_state):
    run = make_run(store, run_state)
    at = visit("train", run=run.id)
    assert components(at) == parts(run)
    assert len(asked) == len(run.snapshot_steps())
    at.run()
    assert len(asked) == len(run.snapshot_steps())  # once


def test_a_run_without_weights_has_no_stages(visit, store):
    run = make_run(store, "queued")
    assert components(visit("train", run=run.id)) == [f"curves-{run.id}"]


def test_the_digit_is_the_one_that_look_inside_shows(visit, store):
    at = visit("train", run=make_run(store, "finished").id)
    chooser = next(one for one in at.button_group if one.key == "stage-digit")
    assert (chooser.value, chooser.options[-1]) == (7, "9")
    chooser.set_value(3).run()
    visitor = state(at)
    assert mnist.load().test.labels[visitor.test_index] == 3
    visitor.canvas.drawing = Drawing(None, np.pad(np.full((100, 20, 4), 255, np.uint8), ((90, 90), (130, 130), (0, 0))))
    at.run()
    chooser = next(one for one in at.button_group if one.key == "stage-digit")
    chooser.set_value("My drawing").run()
    assert state(at).looks_at_drawing


def test_snapshots_that_cannot_be_read_are_left_out_and_told(visit, store):
    run = make_run(store, "finished")
    (store.root / run.id / "weights" / "000000.npz").write_bytes(b"cut off")
    at = visit("train", run=run.id)
    assert "1 of its snapshots cannot be read" in text(at)
    assert components(at) == parts(run)


def test_digits_that_could_not_be_read_are_told_and_tried_again(visit, store, monkeypatch, asked):
    def fail(_experiment, _weights):
        raise RuntimeError("no worker")

    look = snapshots.look
    monkeypatch.setattr(snapshots, "look", fail)
    run = make_run(store, "finished")
    at = visit("train", run=run.id)
    assert "They could not be read: no worker" in text(at)
    assert components(at) == parts(run)
    monkeypatch.setattr(snapshots, "look", look)
    click(at, "Try again")
    assert "could not be read" not in text(at)
    assert len(asked) == len(run.snapshot_steps())


def test_a_network_without_filters_on_the_picture_says_so(visit, store):
    experiment = Experiment(TINY.architecture.__class__((GlobalAveragePooling2D(), Dense(10, activation="softmax"))))
    run = store.create(experiment)
    for event in some_training():
        run.record(WeightsSnapshot(0, weights_of(experiment)) if isinstance(event, WeightsSnapshot) else event)
    at = visit("train", run=run.id)
    assert "it has no filters to show" in text(at)
    assert components(at) == [name for name in parts(run) if not name.startswith("filters")]
