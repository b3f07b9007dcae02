"""Data: everything shown is of the shipped digits, and what is chosen is followed through the page."""

import base64
import json
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cnnlab import mnist
from cnnlab.digits import augmentation, statistics
from cnnlab.digits.augmentation import Drawn
from cnnlab.experiment import DataSettings
from tests.pages.seen import PAGES, click, components, labelled, state, text

DATA = mnist.load()


def data(at, key):
    """What the component of this key was given."""
    return next(json.loads(part.proto.json) for part in at.get("bidi_component") if part.key == key)


def shown(at, key):
    """The pictures of a gallery, uint8 (h, w), their titles and their notes."""
    items = data(at, key)["items"]
    pictures = [np.asarray(Image.open(BytesIO(base64.b64decode(item["png"])))) for item in items]
    return pictures, [item["title"] for item in items], [item["note"] for item in items]


def choose(at, part, index):
    """Choose a digit as a click in the gallery does."""
    state(at).course.kept["data-chosen"].now = (part, index)
    return at.run()


def settings(at):
    return state(at).draft.data


def test_the_page_in_order(visit):
    at = visit("data")
    assert at.title[0].value == "Data"
    assert [heading.value for heading in at.subheader] == [
        "Means and look-alikes",
        "How they are split",
        "From file to network",
        "More from one: augmentation",
        "Too few, or wrongly labelled",
        "Pixels in another order",
    ]
    assert components(at) == [
        "data-samples",
        "data-means",
        "data-nearest",
        "data-split",
        "data-steps",
        "data-pixels",
        "data-forms-shown",
        "data-taught",
        "data-orders",
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
    found = statistics.look_alikes(DATA.train, DATA.test.images[8], label)
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


def test_the_nearest_mean_is_told(visit):
    at = choose(visit("data"), "Test", 8)
    means = statistics.class_means(DATA.train)
    nearest = statistics.to_means(means, DATA.test.images[8:9]).argmin()
    assert f"The nearest mean is that of the **{nearest}**" in text(at)
    assert "right on 82.0% of the test digits" in text(at)


# --- the split --------------------------------------------------------------------------------------------------------


def parts(at):
    """The split as it is drawn: how many images each part has, by its name."""
    return {part["name"]: sum(part["counts"]) for part in data(at, "data-split")["parts"]}


def test_the_split_is_that_of_the_draft_and_changes_it(visit):
    at = visit("data")
    assert parts(at) == {"Training": 50_000, "Validation": 10_000, "Test": 10_000}
    assert "**1** is right on 11.35%" in text(at)
    labelled(at.number_input, "Training images").set_value(1_000).run()
    assert settings(at).train_size == 1_000
    labelled(at.number_input, "Validation size").set_value(0).run()
    assert parts(at) == {"Training": 1_000, "Not used": 59_000, "Test": 10_000}
    assert "No images are held back" in text(at)
    labelled(at.number_input, "Training images").set_value(60_000).run()
    assert settings(at).train_size is None
    assert parts(at) == {"Training": 60_000, "Test": 10_000}


def test_a_split_that_does_not_fit_is_told_and_changes_nothing(visit):
    at = visit("data")
    before = settings(at)
    labelled(at.number_input, "Training images").set_value(59_000).run()
    assert "`train_size` and `validation_size` together must be at most 60,000" in at.error[0].value
    assert settings(at) == before
    assert labelled(at.number_input, "Training images").value == 50_000


def test_train_shows_the_same_settings(visit):
    at = visit("data")
    labelled(at.slider, "Label noise").set_value(0.3).run()
    at.switch_page(PAGES["train"]).run()
    assert labelled(at.slider, "Label noise").value == 0.3


# --- the preparation --------------------------------------------------------------------------------------------------


def test_the_preparation_follows_the_settings(visit):
    at = visit("data")
    assert shown(at, "data-steps")[1] == ["As stored", "Divided by 255", "With its channel", "The label"]
    labelled(at.toggle, "Normalise").set_value(False).run()
    labelled(at.toggle, "Permute pixels").set_value(True).run()
    pictures, titles, notes = shown(at, "data-steps")
    assert titles == ["As stored", "As real numbers", "With its channel", "In another order", "The label"]
    assert notes[3].replace("\N{NO-BREAK SPACE}", " ").startswith("float32 (28, 28, 1) 0 to 25")
    _, index = state(at).course.kept["data-chosen"].now
    prepared = settings(at).prepare(mnist.normalise(DATA.train.images[index]))
    np.testing.assert_array_equal(pictures[3], np.round(prepared[..., 0] * (255 / prepared.max())))
    assert "The pixels stay as large as" in text(at)


# --- augmentation -----------------------------------------------------------------------------------------------------


def test_without_augmentation_all_forms_are_the_digit(visit):
    at = visit("data")
    part, index = state(at).course.kept["data-chosen"].now
    forms, _, notes = shown(at, "data-forms-shown")
    assert (part, len(forms), set(notes[1:])) == ("Training", 20, {""})
    assert all((form == DATA.train.images[index, ..., 0]).all() for form in forms)
    assert "Nothing is changed" in text(at)


def test_the_forms_are_those_of_the_draft(visit):
    at = visit("data")
    click(at, "A little of each")
    assert (settings(at).shift, settings(at).rotation, settings(at).zoom) == (2, 10, 0.1)
    labelled(at.slider, "Noise").set_value(0.2).run()
    _, index = state(at).course.kept["data-chosen"].now
    image = mnist.normalise(DATA.train.images[index, ..., 0])
    drawn = Drawn.by(settings(at), 19, seed=0)
    expected = augmentation.apply(np.repeat(image[np.newaxis], 19, axis=0), drawn)
    (original, *forms), _, notes = shown(at, "data-forms-shown")
    np.testing.assert_array_equal(original, DATA.train.images[index, ..., 0])
    np.testing.assert_array_equal(forms, np.round(np.clip(expected, 0, 1) * 255))
    assert notes == ["as it is", *(drawn.words(number) for number in range(19))]
    assert "in 3 epochs 150,000 different pictures" in text(at)

    click(at, "Again")
    assert (np.array(forms) != np.array(shown(at, "data-forms-shown")[0][1:])).any()
    click(at, "None")
    assert settings(at) == DataSettings()


def test_what_does_not_go_together_is_told(visit):
    at = visit("data")
    labelled(at.toggle, "Permute pixels").set_value(True).run()
    assert labelled(at.button, "A little of each").disabled
    labelled(at.slider, "Shift").set_value(3).run()
    assert "`permute_pixels` leaves nothing that could be shifted" in at.error[0].value
    assert settings(at).shift == 0


# --- overfitting and order --------------------------------------------------------------------------------------------


def test_wrong_labels_are_shown_with_what_they_should_be(visit):
    at = visit("data")
    assert "All 50,000 labels are taught as they are." in text(at)
    labelled(at.button_group, "Learn from the first").set_value(1_000).run()
    labelled(at.slider, "Label noise").set_value(0.5).run()
    assert settings(at).train_size == 1_000
    true = DATA.train.labels[:1_000]
    labels = settings(at).labels(true, state(at).draft.seed)
    wrong = np.flatnonzero(labels != true)
    assert f"Of 1,000 labels **{len(wrong):,}** are wrong, **{len(wrong) / 1_000:.1%}**" in text(at)
    items = data(at, "data-taught")["items"]
    assert [item["title"] for item in items] == [str(label) for label in labels[:20]]
    assert [item["struck"] for item in items] == [
        str(one) if one != other else "" for one, other in zip(true[:20], labels[:20], strict=True)
    ]
    labelled(at.toggle, "Show wrong labels only").set_value(True).run()
    assert [item["struck"] for item in data(at, "data-taught")["items"]] == [str(one) for one in true[wrong[:20]]]


def test_a_small_sample_and_back(visit):
    at = visit("data")
    sizes = labelled(at.button_group, "Learn from the first")
    sizes.set_value(100).run()
    assert parts(at)["Training"] == 100
    labelled(at.button_group, "Learn from the first").set_value("All").run()
    assert settings(at).train_size is None
    labelled(at.number_input, "Training images").set_value(2_345).run()
    assert labelled(at.button_group, "Learn from the first").value is None


def test_without_wrong_labels_there_are_none_to_show(visit):
    at = visit("data")
    labelled(at.toggle, "Show wrong labels only").set_value(True).run()
    assert "No label is wrong" in at.info[0].value


def test_the_pixels_in_both_orders_are_the_same(visit):
    at = visit("data")
    (before, after), _, _ = shown(at, "data-orders")
    assert before.shape == after.shape == (28, 28, 3)
    assert (before != after).any()
    assert sorted(map(tuple, before.reshape(-1, 3))) == sorted(map(tuple, after.reshape(-1, 3)))
    marked = [(picture[..., 0] != picture[..., 2]).sum() for picture in (before, after)]
    assert marked == [25, 25]
