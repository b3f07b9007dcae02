"""Pages in a session whose browser has kept something."""

from itertools import cycle

import pytest
import streamlit as st

from tests.pages.seen import PAGES, labelled, state, text
from ui.keeping import MAX_WAITS

NONSENSE = ("[x](http://127.0.0.1:9)", -1, 1e9, True, ["a"], 0.123456789, 7_000)


@pytest.mark.parametrize("page", PAGES)
def test_a_choice_that_a_page_does_not_offer_is_not_taken(visit, page):
    before = state(visit(page)).choices
    at = visit("home")
    state(at).choices |= dict(zip(before, cycle(NONSENSE), strict=False))
    at.switch_page(PAGES[page]).run()
    assert len(at.title) == 1
    after = state(at).choices
    assert {key: after[key] for key, value in before.items() if isinstance(value, str)} == {
        key: value for key, value in before.items() if isinstance(value, str)
    }
    assert "127.0.0.1" not in text(at)


def test_choices_come_back(visit):
    at = visit("home")
    state(at).choices |= {"pool-noise": "Gaussian", "pool-amount": 0.25, "pool-clip": False}
    at.switch_page(PAGES["pooling"]).run()
    assert labelled(at.button_group, "Noise").value == "Gaussian"
    assert labelled(at.slider, "Standard deviation").value == 0.25
    assert labelled(at.toggle, "Clipped to black and white").value is False


def test_a_page_waits_for_the_browser_and_begins_without_it_in_the_end(visit, monkeypatch):
    monkeypatch.setattr(type(st.context), "cookies", {"cnnlab-keeps": "1"})
    at = visit("pixels")
    assert not at.title
    state(at).keeping.num_waits = MAX_WAITS + 1
    assert len(at.run().title) == 1
    state(at).keeping.num_waits = 0  # the line was lost, and a cookie came with the new one
    assert len(at.run().title) == 1
