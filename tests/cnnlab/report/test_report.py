"""The lesson report: complete, escaped, and in need of nothing else."""

import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import cnnlab
from cnnlab import mnist
from cnnlab.design.keras_script import script
from cnnlab.doctor.unit_health import LayerHealth, NetworkHealth
from cnnlab.experiment import DataSettings, TrainingSettings
from cnnlab.presets import PRESETS
from cnnlab.report.charts import MAX_POINTS, Line, chart, digit, thin, ticks
from cnnlab.report.report import nearest_preset, report, versions
from cnnlab.runs.records import Label
from cnnlab.runs.store import RunStore
from cnnlab.training.events import EpochEnd, Failed, LearningRateSet, Start
from tests.pages.runs import TINY, finished, make_run, some_training, weights_of

LABELS = mnist.load().test.labels
VOID = {"meta", "img", "br", "line", "polyline", "circle"}


class Reader(HTMLParser):
    """Notes all tags, what they refer to, and the text; every tag must be closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.links, self.words = [], [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href", "xlink:href")]
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture
def store(tmp_path):
    return RunStore(tmp_path)


@pytest.fixture
def run(store):
    """A finished run that misread the first 20 test digits."""
    answers = np.eye(10, dtype=np.float32)[LABELS]
    answers[:20] = np.roll(answers[:20], 1, axis=1)
    experiment = replace(
        TINY, data=DataSettings(train_size=2_000, shift=2), training=TrainingSettings("sgd", 0.5), seed=9
    )
    run = store.create(experiment)
    for event in [*some_training(), replace(finished(), probabilities=answers, test_accuracy=0.998)]:
        run.record(event)
    return run


def test_it_tells_everything(run):
    run.set_label(Label("<script>alert(1)</script> & mine", "A <b>note</b>\nof two lines"))
    page = read(report(run))
    assert "script" not in page.tags
    assert "<script>alert(1)</script> & mine" in page.words
    assert "A <b>note</b>\nof two lines" in page.words
    assert "99.80%" in page.words
    assert "between 99.69% and 99.87%" in page.words  # Wilson's interval
    assert script(run.info.experiment) in page.words
    assert {link.partition(";")[0] for link in page.links} == {"data:image/png"}  # nothing is fetched
    assert page.tags.count("img") == 16
    assert page.tags.count("svg") == 2
    assert "What the doctor says" in page.words
    assert re.search(r"tensorflow 2\.\d+", page.words)


def test_settings_that_differ_from_the_nearest_preset_are_marked(run):
    html = report(run)
    found = re.findall(r"<tr( class=changed)?><td>([\w ]+)</td><td>([^<]*)</td><td>([^<]*)</td></tr>", html)
    rows = {name: (value, preset) for mark, name, value, preset in found if mark}
    assert rows == {
        "optimizer": ("sgd", "adam"),
        "learning rate": ("0.5", "0.005"),
        "epochs": ("5", "3"),
        "train size": ("2,000", "50,000"),
        "shift": ("2", "0"),
        "seed": ("9", "0"),
    }
    assert {"batch size", "layers"} <= {name for mark, name, _, _ in found if not mark}
    assert "The most similar preset is &quot;Tiny&quot;" in html


def test_the_nearest_preset():
    assert all(nearest_preset(preset) == (name, {}) for name, preset in PRESETS.items())
    other = replace(TINY, training=TrainingSettings(optimizer="sgd", learning_rate=0.01, batch_size=100, epochs=5))
    assert nearest_preset(other)[0] == "Tiny"  # the layers count most
    assert set(nearest_preset(other)[1]) == {"optimizer", "learning rate", "epochs"}


def test_what_the_script_does_not_repeat_is_told(store):
    run = store.create(TINY, Start(weights_of(), np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8)))
    for event in [*some_training(), LearningRateSet(3, 0.002), finished()]:
        run.record(event)
    words = read(report(run)).words
    assert "The learning rate was set to 0.002 by hand, after update 3." in words
    assert "Not in it: the learning rate that was set by hand and the weights and drawings" in words
    assert "Not in it" not in read(report(make_run(store, "finished"))).words


def test_the_doctor_may_know_the_inside(run):
    health = NetworkHealth(
        100, (LayerHealth(0, "Conv2D", 4, 4, 0, False), LayerHealth(3, "Dense", 10, 0, 0, False)), (1, 9)
    )
    assert "4 of 4 in layer 1 (Conv2D)" in read(report(run, health)).words
    assert "Dead units" not in read(report(run)).words


def test_versions_are_those_installed():
    assert versions()[0] == f"cnnlab {cnnlab.__version__}"
    with (Path(cnnlab.__file__).parents[1] / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == cnnlab.__version__
    assert {words.split()[0] for words in versions()} >= {"Python", "keras", "numpy"}


@pytest.mark.parametrize("state", ["queued", "running", "paused", "failed", "interrupted", "finished", "stopped"])
def test_a_run_in_any_state_has_a_report(store, state):
    run = make_run(store, state)
    page = read(report(run))
    assert run.id in page.words
    assert ("How it went" in page.words) == (state != "queued")
    assert ("What it mixes up" in page.words) == (state in ("finished", "stopped"))
    assert script(TINY) in page.words


def test_without_validation_and_with_a_loss_that_is_no_number(store):
    run = store.create(TINY)
    for event in some_training():
        run.record(replace(event, val_loss=None, val_accuracy=None) if isinstance(event, EpochEnd) else event)
    run.record(Failed(5, "The loss is no longer a number after update 5."))
    page = read(report(run))
    assert "The loss is no longer a number" in page.words
    assert "nan" not in "".join(re.findall(r'points="([^"]*)"', report(run)))


def test_a_damaged_run_has_no_report_but_a_sentence(store):
    run = make_run(store, "finished")
    run._files.write("experiment.json", b"{")
    assert "This run cannot be read" in read(report(run)).words


def test_answers_that_cannot_be_read_are_told(store):
    run = make_run(store, "finished")
    run._files.write("evaluation.npz", b"cut")
    words = read(report(run)).words
    assert "`evaluation.npz` of run" in words
    assert "What it mixes up" not in words
    broken = store.create(TINY)
    for event in [*some_training(), replace(finished(), probabilities=np.full((10_000, 10), np.nan, np.float32))]:
        broken.record(event)
    assert "are not numbers" in read(report(broken)).words


def test_ticks_are_round():
    assert ticks(1.0) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(2.42) == [0, 0.5, 1, 1.5, 2]
    assert ticks(4_690) == [0, 1_000, 2_000, 3_000, 4_000]


def test_a_long_curve_keeps_its_extremes():
    y = np.random.default_rng(0).random(100_000)
    y[[12_345, 67_890]] = 5, -5
    x, thinned = thin(np.arange(len(y)), y)
    assert len(x) <= 2 * MAX_POINTS
    assert (thinned.max(), thinned.min()) == (5, -5)
    assert (np.diff(x) > 0).all()


def test_points_stand_where_they_should():
    html = chart("Accuracy", [Line("training", np.array([0.0, 100.0]), np.array([0.0, 1.0]))], percent=True)
    (points,) = re.findall(r'points="([^"]*)"', html)
    assert points == "46.0,206.0 410.0,10.0"  # the lower left and the upper right corner


def test_a_caption_is_escaped():
    assert "&lt;b&gt;" in digit(np.zeros((28, 28), np.uint8), "<b>")
