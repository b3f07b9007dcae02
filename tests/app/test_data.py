"""Data: everything shown is of the shipped digits, and what is chosen is followed through the page."""

import base64
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnlab import data_set, mnist
from tests.app.seen import click, components, labelled, state, text

DATA = mnist.load()


def shown(at, key):
    """The pictures of a gallery, uint8 (h, w), and their titles."""
    component = next(component for component in at.get("bidi_component") if component.key == key)
    items = json.loads(component.proto.json)["items"]
    pictures = [np.asarray(Image.open(BytesIO(base64.b64decode(item["png"])))) for item in items]
    return pictures, [item["title"] for item in items], [item["note"] for item in items]


def choose(at, part, index):
    """Choose a digit as a click in the gallery does."""
    state(at).course.kept["data-chosen"].now = (part, index)
    return at.run()


def test_the_page_in_order(visit):
    at = visit("data")
    assert at.title[0].value == "Data"
    assert [heading.value for heading in at.subheader] == [
        "How many of each",
        "Means and look-alikes",
        "From file to network",
        "More from one: augmentation",
    ]
    assert components(at) == [
        "data-samples",
        "data-means",
        "data-nearest",
        "data-steps",
        "data-pixels",
        "data-forms-shown",
    ]


@pytest.mark.parametrize(("part", "split"), [("Training", DATA.train), ("Test", DATA.test)])
def test_every_sample_is_a_shipped_image_with_its_label(visit, part, split):
    at = visit("data")
    labelled(at.button_group, "Part").set_value(part).run()
    pictures, titles, _ = shown(at, "data-samples")
    assert len(pictures) == 20
    for picture, title in zip(pictures, titles, strict=True):
        found = np.flatnonzero((split.images[..., 0] == picture).all(axis=(1, 2)))
        assert title in {str(split.labels[index]) for index in found}


def test_one_digit_and_other_samples_of_it(visit):
    at = visit("data")
    labelled(at.button_group, "Digit").set_value(4).run()
    before, titles, _ = shown(at, "data-samples")
    assert titles == ["4"] * 20
    click(at, "Show others")
    after, titles, _ = shown(at, "data-samples")
    assert titles == ["4"] * 20
    assert (np.array(before) != np.array(after)).any()


def test_the_chosen_digit_is_followed(visit):
    at = choose(visit("data"), "Test", 8)
    label = int(DATA.test.labels[8])
    found = data_set.look_alikes(DATA.train, DATA.test.images[8], label)
    pictures, titles, notes = shown(at, "data-nearest")
    np.testing.assert_array_equal(pictures[0], DATA.test.images[8, ..., 0])
    nearest = list(dict.fromkeys([*found.indices, found.other]))
    assert titles == [str(label), *(str(DATA.train.labels[index]) for index in nearest)]
    assert notes[1].endswith(f"{found.distances[found.indices[0]]:.2f}")
    np.testing.assert_array_equal(shown(at, "data-steps")[0][0], DATA.test.images[8, ..., 0])
    assert f"The label {label} has become" in text(at)


def test_the_look_alikes_of_a_training_image_are_not_itself(visit):
    at = choose(visit("data"), "Training", 0)
    assert "0.00" not in " ".join(shown(at, "data-nearest")[2])


def test_the_balance_is_that_of_the_draft(visit):
    at = visit("data")
    assert "last **10,000** training images" in text(at)
    assert "**1** is right on 11.35%" in text(at)
    draft = state(at).draft
    state(at).change(data=type(draft.data)(validation_size=2_000))
    assert "last **2,000** training images" in text(at.run())


def test_augmentation_follows_its_sliders(visit):
    at = visit("data")
    before = np.array(shown(at, "data-forms-shown")[0])
    assert len(before) == 12
    for label in ("Turn", "Shift", "Thicken"):
        labelled(at.slider, f"{label}, at most").set_value(0.0).run()
    part, index = state(at).course.kept["data-chosen"].now
    assert part == "Training"
    forms, _, _ = shown(at, "data-forms-shown")
    assert all((form == DATA.train.images[index, ..., 0]).all() for form in forms)
    assert (before != np.array(forms)).any()
    assert "not augmented yet" in text(at)
