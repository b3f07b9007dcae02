"""Look inside, Looks for: ideal digits, filters, and the way from noise."""

import numpy as np
import pytest

from pages.parts.look_inside import seeks
from tests.pages.seen import components, labelled, text


@pytest.fixture
def at(visit):
    return visit("look_inside", view="Looks for")


def test_the_ten_ideal_digits_stand_there_and_the_film_of_the_one_that_was_read(at):
    assert [key for key in components(at) if key.startswith("seeks-")] == ["seeks-7-10", "seeks-film-7", "seeks-digit"]
    assert "The network reads the last picture as **7**" in text(at)


def test_every_layer_that_looks_for_something_can_be_chosen(at):
    layers = labelled(at.button_group, "Layer")
    assert layers.options == ["1. Conv2D", "3. Conv2D", "6. Dense", "The ten digits"]
    labelled(at.slider, "Steps").set_value(10)
    layers.set_value(0).run()
    assert "seeks-0-16" in components(at)
    assert "reads the last picture" not in text(at)


def test_the_settings_change_the_picture(at, monkeypatch):
    made = []
    dream = seeks.dream
    monkeypatch.setattr(seeks, "dream", lambda *given: made.append(dream(*given)) or made[-1])
    labelled(at.number_input, "Seed of the noise").set_value(5).run()
    labelled(at.slider, "Blur").set_value(0.5).run()
    assert len(made) == 20
    assert not np.array_equal(made[0], made[10])


def test_the_film_begins_and_ends_with_the_climb():
    for steps in (10, 60, 200):
        shown = seeks.film(steps)
        assert (shown[0], shown[-1], len(shown)) == (0, steps, seeks.FILM)
        assert shown == sorted(shown)
