"""Look inside: the space of digits and what excites each unit, without a browser."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from cnnlab import mnist, starter
from cnnlab.experiment import DataSettings, Experiment
from cnnlab.explain import embedding, excitation, neighbours
from cnnlab.explain.trace import PIXELS
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dense, Flatten
from cnnlab.nn.receptive_field import Box
from cnnlab.presets import PRESETS
from cnnlab.runs.files import to_npz
from cnnlab.training.events import WeightsSnapshot
from pages.parts.look_inside import exciting
from tests.pages.runs import make_run, weights_of
from tests.pages.seen import labelled, state, text
from ui import computed
from ui.canvas import Drawing
from ui.components import gallery, scatter


@pytest.fixture(autouse=True)
def few_digits(monkeypatch):
    """What the 2,000 digits show, 100 show sooner."""
    monkeypatch.setattr(embedding, "NUM_DIGITS", 100)
    monkeypatch.setattr(embedding, "NUM_FOLLOWED", 50)
    monkeypatch.setattr(neighbours, "NUM_IMAGES", 200)
    neighbours._training_values.cache_clear()
    monkeypatch.setattr(excitation.most_exciting, "__defaults__", (100, 9))
    computed.answers.clear()
    yield
    computed.answers.clear()


@dataclass
class Shown:
    """What the scatter was given last."""

    data: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *, key: str, data: dict[str, Any]) -> None:
        self.data = data | {"key": key}

    @property
    def places(self) -> np.ndarray:
        """float32 (frames, n, dimensions), one's own last."""
        return np.frombuffer(base64.b64decode(self.data["places"]), "<f4").reshape(self.data["shape"])

    def bytes(self, name: str) -> np.ndarray:
        return np.frombuffer(base64.b64decode(self.data[name]), "u1")

    @property
    def itself(self) -> int:
        """The point of test digit 0, which is looked at and is one of the test digits, too."""
        return self.data["names"].index("Test digit 0")


@pytest.fixture
def shown(monkeypatch):
    """Stands for the scatter in the browser."""
    shown = Shown()
    monkeypatch.setattr(scatter, "_mount", shown)
    return shown


@pytest.fixture
def galleries(monkeypatch):
    """The pictures of every gallery, by its key; `click` is the picture that is clicked in the one of a layer."""
    found: dict[str, Any] = {"click": None}

    def mount(*, key, data, acts):
        found[key] = data["items"]
        if "all" in key and (clicked := found.pop("click", None)) is not None:
            acts["choose"](clicked)

    monkeypatch.setattr(gallery, "_mount", mount)
    return found


def choose_way(at, way):
    labelled(at.button_group, "Show").set_value(way).run()


def test_the_chosen_digit_stands_among_the_test_digits(visit, shown):
    at = visit("look_inside", view="Space")
    assert shown.places.shape == (1, 101, 2)
    labels = shown.bytes("labels")
    assert np.bincount(labels[:-1]).tolist() == [10] * 10
    assert labels[-1] == scatter.UNKNOWN
    assert shown.data["marked"] == 1
    assert shown.data["names"][-1] == "Test digit 0, a 7"
    np.testing.assert_allclose(shown.places[0, -1], shown.places[0, shown.itself], atol=1e-3)
    found = embedding.space(*starter.load(), 5)
    assert shown.bytes("read")[:-1].tolist() == found.read.tolist()
    assert f"Of 100 digits, **{100 * found.separation:.1f} %**" in text(at)
    assert f"bare pixels it is {100 * embedding.separation_of_pixels():.1f} %" in text(at)


def test_the_nearest_digits_leave_the_digit_itself_out(visit, galleries):
    visit("look_inside", view="Space")
    nearest = galleries["space-nearest"]
    assert len(nearest) == 5
    assert gallery.png(mnist.load().test.images[0, ..., 0]) not in [item["png"] for item in nearest]
    assert [item["title"] for item in nearest[:3]] == ["a 7"] * 3


def test_the_training_images_that_are_nearest_are_shown(visit, galleries):
    at = visit("look_inside", view="Space")
    found = neighbours.nearest(*starter.load(), 5, mnist.normalise(mnist.load().test.images[0, ..., 0]))
    shown = galleries["space-training-nearest"]
    train = mnist.load().train
    assert [item["png"] for item in shown] == [gallery.png(train.images[index, ..., 0]) for index in found.indices]
    assert [item["title"] for item in shown] == [f"a {train.labels[index]}" for index in found.indices]
    assert {item["struck"] for item in shown} == {""}
    assert "of the first 200 images that it learned from" in text(at)
    assert "taught as a **7**; the network reads test digit 0, a 7 as **7**." in text(at)


def test_a_wrong_label_that_was_taught_is_shown_as_such(visit, store, galleries):
    experiment = Experiment(PRESETS["Tiny"].architecture, DataSettings(train_size=100, label_noise=1.0))
    run = store.create(experiment)
    run.record(WeightsSnapshot(0, weights_of(experiment)))
    run.end("stopped")
    at = visit("look_inside", view="Space", run=run.id)
    shown = galleries["space-training-nearest"]
    assert any(item["struck"] and f"a {item['struck']}" != item["title"] for item in shown)
    assert "of the first 100 images that it learned from" in text(at)


def test_the_drawing_stands_there_too_and_3d_has_three_directions(visit, shown):
    at = visit("look_inside", view="Space")
    paper = np.zeros((280, 280, 4), np.uint8)
    paper[40:240, 130:150] = 255
    state(at).canvas.drawing = Drawing({}, paper)
    choose_way(at, "3D")
    assert shown.places.shape == (1, 102, 3)
    assert shown.data["names"][-2:] == ["Test digit 0, a 7", "Your drawing"]
    assert shown.data["marked"] == 2


def test_tsne_puts_ones_own_digit_at_its_nearest_neighbour_and_says_so(visit, shown):
    at = visit("look_inside", view="Space")
    choose_way(at, "t-SNE")
    np.testing.assert_array_equal(shown.places[0, -1], shown.places[0, shown.itself])
    assert "t-SNE cannot place a new digit" in text(at)


def test_any_layer_and_the_pixels_can_be_looked_at(visit, shown):
    at = visit("look_inside", view="Space")
    layer = labelled(at.selectbox, "Layer")
    assert layer.options[0] == "Pixels, before the network"
    assert layer.value == 5
    layer.set_value(PIXELS).run()
    assert "that is what the network begins with" in text(at)
    pixels = embedding.space(*starter.load(), PIXELS)
    np.testing.assert_allclose(shown.places[0, :-1], pixels.places[:, :2], atol=1e-4)


def test_the_starter_network_has_no_past(visit, shown):
    at = visit("look_inside", view="Space")
    shown.data.clear()
    choose_way(at, "Over the training")
    assert "Only a run keeps its weights as they were" in text(at)
    assert not shown.data


def test_over_the_training_the_digits_move(visit, store, shown):
    run = make_run(store, "finished")
    at = visit("look_inside", view="Space", run=run.id)
    choose_way(at, "Over the training")
    assert run.snapshot_steps() == (0, 4)
    assert shown.places.shape == (2, 51, 2)
    assert [frame.split(":")[0] for frame in shown.data["frames"]] == ["Before training", "Epoch 2, batch 2"]
    np.testing.assert_allclose(shown.places[:, -1], shown.places[:, shown.itself], atol=1e-3)
    read = shown.bytes("read").reshape(2, 51)
    assert read[:, -1].tolist() == read[:, shown.itself].tolist()


def test_a_layer_of_one_unit_still_has_a_plane_and_a_space(visit, store, shown):
    layers = (Flatten(), Dense(1), Dense(10, activation="softmax"))
    experiment = Experiment(Architecture(layers))
    run = store.create(experiment)
    run.record(WeightsSnapshot(0, weights_of(experiment)))
    run.end("stopped")
    at = visit("look_inside", view="Space", run=run.id)
    assert shown.places.shape == (1, 101, 2)
    assert not shown.places[..., 1].any()
    choose_way(at, "3D")
    assert shown.places.shape == (1, 101, 3)
    choose_way(at, "Over the training")
    assert "too few snapshots" in text(at)


def test_a_sheet_has_every_picture_at_its_place():
    pictures = np.random.default_rng(0).integers(0, 256, (scatter.COLUMNS + 3, 2, 2)).astype(np.uint8)
    whole = scatter.sheet(pictures)
    assert whole.shape == (4, 2 * scatter.COLUMNS)
    for index, picture in enumerate(pictures):
        row, column = divmod(index, scatter.COLUMNS)
        np.testing.assert_array_equal(whole[2 * row : 2 * row + 2, 2 * column : 2 * column + 2], picture)


# Excited by


def test_every_unit_and_one_of_them_large(visit, galleries):
    at = visit("look_inside", view="Excited by", unit="3")
    assert len(galleries["exciting-all-0"]) == 16
    assert "**Filter 3** is excited most by" in text(at)
    assert "the 5 x 5 pixels behind" in text(at)
    best = excitation.most_exciting(*starter.load())[0]
    assert [item["note"] for item in galleries["exciting-one"]] == [f"{value:.2f}" for value in best.values[3]]
    labels = mnist.load().test.labels[best.indices[3]]
    assert [item["title"] for item in galleries["exciting-one"]] == [f"a {label}" for label in labels]
    labelled(at.button_group, "Layer").set_value(7).run()
    assert "**Class 3** is excited most by" in text(at)
    assert "It sees the whole digit" in text(at)


def test_a_click_chooses_a_unit(visit, galleries):
    galleries["click"] = 11
    at = visit("look_inside", view="Excited by").run()
    assert "**Filter 11** is" in text(at)
    assert at.query_params["unit"] == "11"


@pytest.mark.parametrize("asked", ["999", "x", "-1", "²"])
def test_an_address_that_asks_for_no_unit_is_forgiven(visit, asked):
    assert "is excited most by" in text(visit("look_inside", view="Excited by", unit=asked))


def test_a_dead_filter_is_told(visit, store):
    run = make_run(store, "finished")
    weights = weights_of()
    weights["0/kernel"][..., 0] = 0
    weights["0/bias"][0] = -1
    run._files.write("weights/000004.npz", to_npz(weights))
    assert "it is dead" in text(visit("look_inside", view="Excited by", run=run.id))


def test_a_frame_goes_around_what_was_seen():
    image = np.full((4, 4), 200, np.uint8)
    framed = exciting.frame(image, Box(0, 2, 1, 4), 4)
    assert framed.shape == (16, 16, 4)
    assert framed[12, 2].tolist() == [90, 90, 90, 255]  # outside: dimmed
    assert framed[3, 8].tolist() == [200, 200, 200, 255]  # inside
    assert framed[0, 4, 0] != framed[0, 4, 2]  # the frame has a colour
    np.testing.assert_array_equal(exciting.frame(image, Box(0, 4, 0, 4), 1)[..., 0], image)  # all of it: no frame
