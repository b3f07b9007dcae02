"""Experiments: guided ones, one's own network against a preset, and sweeps."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cnnlab.doctor import unit_health
from cnnlab.evaluation import predict
from cnnlab.experiment import Experiment
from cnnlab.presets import DEFAULT, PRESETS
from cnnlab.runs.store import StoreError
from cnnlab.studies import campaign
from cnnlab.studies.catalogue import STUDIES
from cnnlab.studies.study import TOO_CLOSE, against
from cnnlab.training.events import EpochEnd, Failed, RunStarted
from tests.pages.runs import TINY, finished
from tests.pages.seen import click, components, go_back, labelled, labels, state, text

POOLING = STUDIES["pooling"]
BASE = replace(TINY, data=replace(TINY.data, train_size=1_000))
RATES = "training.learning_rate:0.001,0.1"


def finish(store, experiment, accuracy, *, validation=None, training=0.99):
    """A finished run of an experiment with these shares of right answers."""
    run = store.create(experiment)
    run.record(RunStarted(0, 200, 100, 2, experiment.training.epochs))
    for epoch in range(experiment.training.epochs):
        step = (epoch + 1) * experiment.batches_per_epoch
        share = accuracy if validation is None else validation
        run.record(EpochEnd(step, epoch, 0.1, training, 0.1, share))
    run.record(replace(finished(), test_accuracy=accuracy))
    return run


def fail(store, experiment):
    run = store.create(experiment)
    run.record(RunStarted(0, 200, 100, 2, 3))
    run.record(Failed(4, "The loss is no longer a number after update 4."))
    return run


def finish_all(store, study, **means):
    """All runs of a study, each variant around its mean, its seeds a tenth of a point apart."""
    for one in study.experiments:
        name = next(name for name, variant in study.variants.items() if replace(variant, seed=one.seed) == one)
        finish(store, one, means[name.split()[0].strip(",").lower()] + 0.001 * one.seed)


def data(at, key):
    """What a component is given."""
    return json.loads(next(one for one in at.get("bidi_component") if one.key == key).proto.json)


@pytest.fixture
def timed(monkeypatch):
    """How long a run takes is said, not measured."""
    monkeypatch.setattr(campaign, "seconds", seconds_each)


def seconds_each(experiments):
    return tuple(2.0 for _ in experiments)


# Guided


@pytest.mark.parametrize("key", STUDIES)
def test_every_study_says_what_it_is_about_before_it_is_trained(visit, key):
    at, study = visit("experiments", study=key), STUDIES[key]
    assert [heading.value for heading in at.subheader] == [study.title]
    assert study.why in text(at)
    assert study.question.text in text(at)
    assert study.notice in text(at)
    assert f"Train {len(study.experiments)} runs" in labels(at)
    assert "one after the other" in text(at)
    assert at.dataframe[0].value["Variant"].tolist() == list(study.variants)


def test_one_click_trains_all_in_the_background_seed_by_seed(visit, engine):
    at = visit("experiments", study="pooling")
    click(at, "Train 6 runs")
    assert engine.submitted == list(POOLING.experiments)
    assert engine.are_background == [True] * 6
    assert [one.seed for one in engine.submitted] == [0, 0, 1, 1, 2, 2]
    assert "Train 6 runs" not in labels(at)


def test_only_what_is_missing_is_trained(visit, store, engine):
    for one in POOLING.experiments[:4]:
        finish(store, one, 0.9)
    at = visit("experiments", study="pooling")
    assert "4 of 6 were trained on this server before." in text(at)
    click(at, "Train the 2 runs that are missing")
    assert engine.submitted == list(POOLING.experiments[4:])


def test_while_it_trains_it_says_how_far_it_is_and_can_be_stopped(visit, store, engine):
    first, second, *others = POOLING.experiments
    finish(store, first, 0.9)
    running = store.create(second)
    running.record(RunStarted(0, 200, 100, 2, 3))
    queued = [store.create(one) for one in others]
    at = visit("experiments", study="pooling")
    (progress,) = [element for element in at.main if element.type == "progress"]
    assert "**1 of 6 runs** are done" in progress.proto.text
    assert progress.proto.text.endswith("left")
    click(at, "Stop all")
    assert engine.stopped == [*(run.id for run in reversed(queued)), running.id]


def test_what_was_interrupted_goes_on(visit, store, engine):
    run = store.create(POOLING.experiments[0])
    run.end("interrupted", "The server was stopped.")
    at = visit("experiments", study="pooling")
    click(at, "Go on with 6 runs")
    assert engine.resumed == [run.id]
    assert engine.submitted == list(POOLING.experiments[1:])


@pytest.mark.parametrize(
    ("pooled", "bare", "answer"),
    [(0.97, 0.95, "With pooling"), (0.95, 0.97, "Without pooling"), (0.95, 0.951, TOO_CLOSE)],
)
def test_the_prediction_is_checked_against_the_runs(visit, store, pooled, bare, answer):
    finish_all(store, POOLING, **{"with": pooled, "without": bare})
    at = visit("experiments", study="pooling")
    assert "What came out" not in text(at)
    for option in POOLING.question.options:
        labelled(at.button_group, "Your answer").set_value(option).run()
        verdict = "You were right" if option == answer else "It came out otherwise"
        assert f"{verdict}] **{answer}**" in text(at)
    assert "What came out" in text(at)


def test_the_answer_can_be_shown_without_a_prediction(visit, store):
    finish_all(store, POOLING, **{"with": 0.95, "without": 0.97})
    at = visit("experiments", study="pooling")
    assert not at.dataframe
    click(at, "Show me")
    assert "Shown] **Without pooling**" in text(at)
    assert "**Without pooling** is better than **With pooling** by **2.0 points**, at 97.1 % against 95.1 %" in text(at)
    assert "hardly chance" in text(at)
    table = at.dataframe[0].value
    assert table["Test digits"].tolist() == ["95.1 % (95.0 to 95.2)", "97.1 % (97.0 to 97.2)"]
    assert table["Parameters"].tolist() == [f"{one.architecture.num_parameters:,}" for one in POOLING.variants.values()]
    links = [link.query_string for link in at.get("page_link")]
    assert sum(link.startswith("run=") for link in links) == 6
    assert sum(link.startswith("experiment=") for link in links) == 4


def test_the_picture_has_a_line_for_each_run(visit, store):
    finish_all(store, POOLING, **{"with": 0.95, "without": 0.97})
    at = visit("experiments", study="pooling")
    click(at, "Show me")
    drawn = data(at, "epochs-pooling-Validation accuracy")
    assert [(lines["name"], len(lines["runs"])) for lines in drawn["variants"]] == [
        ("With pooling", 3),
        ("Without pooling", 3),
    ]
    labelled(at.button_group, "What is drawn").set_value("Training accuracy").run()
    assert "epochs-pooling-Training accuracy" in components(at)


def test_runs_that_fail_are_counted_and_told(visit, store, monkeypatch):
    monkeypatch.setattr(unit_health, "examine_first", examine_nothing)
    study = STUDIES["learning-rate"]
    for one in study.experiments:
        rate = one.training.learning_rate
        fail(store, one) if rate == 10 else finish(store, one, {0.01: 0.8, 0.1: 0.95, 1.0: 0.1}[rate])
    at = visit("experiments", study="learning-rate")
    labelled(at.button_group, "Your answer").set_value("rate 0.1").run()
    assert "You were right] **rate 0.1**" in text(at)
    assert "Of **rate 10**, 3 of 3 runs failed." in text(at)
    assert at.dataframe[0].value["Failed"].tolist()[-1] == "3 of 3"
    assert "What the doctor says** of rate 10" in text(at)
    assert "The loss is not a number" in text(at)


def examine_nothing(experiment, weights):
    del experiment, weights


@pytest.mark.parametrize(
    ("average", "verdict"), [(0.9, "holds"), (0.975, "it depends"), (0.98, "does not hold"), (0.99, "does not hold")]
)
def test_the_claim_of_the_notes_is_tested(visit, store, average, verdict):
    finish_all(store, STUDIES["max-or-average"], max=0.98, average=average)
    at = visit("experiments", study="max-or-average")
    click(at, "Show me")
    assert "Max pooling is much better than average pooling." in text(at)
    assert f" {verdict}]" in text(at)


def test_shifted_digits_are_read_by_the_engine(visit, store, monkeypatch):
    monkeypatch.setattr(predict, "accuracy_by_shift", accuracy_by_shift)
    finish_all(store, STUDIES["shifted"], convolution=0.9, dense=0.9)
    at = visit("experiments", study="shifted")
    labelled(at.button_group, "Your answer").set_value("Convolution").run()
    assert "You were right] **Convolution**" in text(at)
    assert "counted on the 10,000 test digits, shifted by 3 pixels" in text(at)
    assert at.dataframe[0].value["Shifted by 3"].tolist() == ["70.0 % (70.0 to 70.0)", "40.0 % (40.0 to 40.0)"]
    assert "shift-shifted" in components(at)


def accuracy_by_shift(experiment, weights, most):
    del weights
    falls = 0.1 if len(experiment.architecture.layers) > 3 else 0.2
    return np.linspace(1, 1 - most * falls, most + 1)


def test_the_choice_is_in_the_address_and_kept_for_the_visit(visit):
    at = visit("experiments")
    labelled(at.button_group, "Study").set_value("dropout").run()
    assert at.query_params["study"] == "dropout"
    at.switch_page("pages/build.py").run()
    at.switch_page("pages/experiments.py").run()
    assert STUDIES["dropout"].title in [heading.value for heading in at.subheader]


# Against a preset


@pytest.mark.usefixtures("timed")
def test_ones_own_network_against_a_preset(visit, engine):
    at = visit("experiments", view="against", experiment=TINY.to_url(), images="2000")
    labelled(at.button_group, "Against").set_value("LeNet-5").run()
    assert "about **12 s**" in text(at)
    click(at, "Train 6 runs")
    own = replace(TINY, data=replace(TINY.data, train_size=2_000))
    assert engine.submitted == list(against(own, "LeNet-5").experiments)
    assert "Tiny" not in labelled(at.button_group, "Against").options


def test_without_an_engine_nothing_is_measured(visit, engine):
    engine.state = "down"
    at = visit("experiments", view="against", experiment=TINY.to_url())
    assert "Train 6 runs" in labels(at)
    assert "one after the other" not in text(at)


def test_a_draft_that_does_not_fit_is_sent_to_build(visit):
    for view in ("against", "sweep"):
        at = visit("experiments", view=view)
        state(at).change(layers=TINY.architecture.layers[:-1])
        at.run()
        assert "The layers do not fit together yet." in text(at)
        assert "Mend the layers" in [link.label for link in at.get("page_link")]


@pytest.mark.usefixtures("timed")
def test_a_network_without_validation_images_is_given_some(visit):
    at = visit("experiments", view="against", experiment=PRESETS["Study notes"].to_url())
    assert "5,000 images, 2,000 held back for validation" in text(at)


# Sweep


@pytest.fixture
def sweep(visit, timed):  # noqa: ARG001 - asked for, so that nothing is measured
    """`sweep(text)` opens the page with a sweep of the smallest network in the address."""
    return lambda text=RATES: visit("experiments", view="sweep", experiment=TINY.to_url(), images="1000", sweep=text)


def cells(at):
    return data(at, "sweep-map")["cells"]


@pytest.mark.usefixtures("timed")
def test_it_begins_with_the_learning_rate(visit):
    at = visit("experiments", view="sweep")
    assert labelled(at.selectbox, "Setting").value == "training.learning_rate"
    assert labelled(at.text_input, "Its values").value == "0.0001, 0.0003, 0.001, 0.003, 0.01"
    assert "Train 5 runs" in labels(at)
    assert Experiment.from_url(at.query_params["experiment"]) == PRESETS[DEFAULT]


def test_a_link_brings_the_whole_sweep_back(sweep, engine):
    at = sweep(f"{RATES};layers.0.filters:2,4")
    assert "2 x 2 = 4 runs, of 25 at most." in text(at)
    assert "about **8 s**, one after the other" in text(at)
    assert [[cell["text"] for cell in line] for line in cells(at)] == [["", ""], ["", ""]]
    click(at, "Train 4 runs")
    assert [(one.training.learning_rate, one.architecture.layers[0].filters) for one in engine.submitted] == [
        (0.001, 2),
        (0.1, 2),
        (0.001, 4),
        (0.1, 4),
    ]
    assert {one.data.train_size for one in engine.submitted} == {1_000}


def test_the_map_fills_with_numbers_and_reasons(sweep, store):
    rates = [replace(BASE, training=replace(BASE.training, learning_rate=rate)) for rate in (0.001, 0.01, 0.1, 1.0)]
    finish(store, rates[0], 0.5, validation=0.8)
    finish(store, rates[1], 0.5, validation=0.9)
    fail(store, rates[2])
    store.create(rates[3])
    at = sweep("training.learning_rate:0.001,0.01,0.1,1.0,2.0")
    ((low, high, failed, waits, missing),) = cells(at)
    assert [(cell["text"], cell["state"], cell["share"]) for cell in (low, high)] == [
        ("80.0 %", "done", 0.0),
        ("90.0 %", "done", 1.0),
    ]
    assert failed["text"] == "✗ failed"
    assert "The loss is no longer a number" in failed["words"]
    assert (waits["text"], missing["words"]) == ("waits", "Learning rate: 2.0. Not trained yet.")
    assert data(at, "sweep-map")["scale"] == ["80.0 %", "90.0 %"]
    assert "**Ahead** · Learning rate: 0.01, with **90.0 %** of 10,000 validation images" in text(at)
    assert any(key.startswith("sweep-line") for key in components(at))


def test_what_does_not_fit_is_told_in_its_cell_and_stops_nothing(sweep, engine):
    at = sweep("layers.0.kernel_size:5,11;layers.1.pool_size:2,11")
    (first, second), (third, last) = cells(at)
    assert {first["state"], second["state"], third["state"]} == {"waiting"}
    assert (last["state"], last["text"]) == ("unfit", "no fit")
    assert "a 11 x 11 pool does not fit on a 9 x 9 map" in last["words"]
    click(at, "Train 3 runs")
    assert len(engine.submitted) == 3


def test_a_chosen_cell_leads_to_its_run(sweep, store):
    run = make_run_of(store, 0.1)
    at = sweep()
    at.session_state["sweep-map"] = {"cell": [0, 1]}
    state(at).course.kept["sweep-cell"].now = (0, 1)
    at.run()
    assert "**Chosen** · Learning rate: 0.1. 90.0 % of the validation images" in text(at)
    assert f"run={run.id}" in [link.query_string for link in at.get("page_link")]
    labelled(at.text_input, "Its values").set_value("0.1").run()
    assert "**Chosen**" not in text(at)  # there is no second column any more


def make_run_of(store, rate):
    return finish(store, replace(BASE, training=replace(BASE.training, learning_rate=rate)), 0.9)


def test_values_are_checked_beside_their_field_and_nothing_is_lost(sweep):
    at = sweep()
    field = labelled(at.text_input, "Its values")
    field.set_value("0.1, much").run()
    assert "`learning_rate` must be numbers, separated by commas. Received: 'much'. It stays as it was." in text(at)
    assert labelled(at.text_input, "Its values").value == "0.001, 0.1"
    labelled(at.text_input, "Its values").set_value(",".join(f"0.{n:02}" for n in range(1, 31))).run()
    assert "A sweep has from 1 to 25 runs. Received: 30 combinations" in text(at)
    labelled(at.text_input, "Its values").set_value("0.2").run()
    assert "It stays as it was" not in text(at)
    assert at.query_params["sweep"] == "training.learning_rate:0.2"


def test_a_second_setting_never_makes_too_many_runs(sweep):
    at = sweep("seed:" + ",".join(map(str, range(10))))
    labelled(at.selectbox, "And a second one").set_value("training.optimizer").run()
    assert "10 x 2 = 20 runs" in text(at)
    assert "Each optimizer comes with its usual learning rate." in text(at)
    assert labelled(at.multiselect, "Its values").value == ["sgd", "sgd_momentum"]
    labelled(at.multiselect, "Its values").set_value([]).run()
    assert "`optimizer` needs a value at least" in text(at)
    labelled(at.selectbox, "And a second one").set_value("").run()
    assert "10 runs, of 25 at most." in text(at)


def test_seeds_are_drawn_as_a_spread(sweep):
    at = sweep(f"{RATES};seed:0,1,2")
    (line,) = [key for key in components(at) if key.startswith("sweep-line")]
    assert len(data(at, line)["variants"][0]["runs"]) == 3
    assert data(at, line)["axis"] == "learning rate"


@pytest.mark.parametrize("bad", ["", "nonsense", "seed:", "layers.99.filters:1", "seed:1;seed:2", "data.noise:7"])
def test_a_bad_link_is_told_and_changes_nothing(sweep, bad):
    at = sweep(bad)
    assert "The link's sweep cannot be used." in text(at)
    assert labelled(at.selectbox, "Setting").value == "training.learning_rate"


def test_a_setting_whose_layer_is_gone_is_given_up(sweep):
    at = sweep("layers.0.filters:2,4")
    state(at).load(PRESETS["No convolution (dense only)"])
    go_back(at, view="sweep")
    assert labelled(at.selectbox, "Setting").value == "training.learning_rate"


def test_the_address_has_what_the_view_shows(sweep):
    at = sweep("seed:1,2")
    assert set(at.query_params) - {"images"} == {"view", "sweep", "experiment"}
    labelled(at.button_group, "View").set_value("against").run()
    assert set(at.query_params) - {"images"} == {"view", "experiment"}
    labelled(at.button_group, "View").set_value("guided").run()
    assert set(at.query_params) - {"images"} == {"view"}
    labelled(at.button_group, "View").set_value("sweep").run()
    assert at.query_params["sweep"] == "seed:1,2"


def test_a_run_that_cannot_be_stored_is_told(sweep, engine, monkeypatch):
    def refuse(*_, **__):
        raise StoreError(OSError(28, "No space left on device"))

    monkeypatch.setattr(engine, "submit", refuse)
    at = sweep()
    click(at, "Train 2 runs")
    assert "No space left on device" in text(at)


def test_a_damaged_run_has_no_figure(sweep, store):
    run = make_run_of(store, 0.1)
    run._files.write("epochs.csv", b"nonsense\n1,2\n")
    assert cells(sweep())[0][1]["text"] == "?"
