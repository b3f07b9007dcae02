"""What the cards tell becomes an edit of the draft, and every edit can be told in words."""

from dataclasses import replace

import pytest

from cnnlab.limits import LIMITS
from cnnlab.nn.layers import LAYERS, Dropout, MaxPooling2D
from cnnlab.presets import PRESETS
from pages.parts.build import cards
from pages.parts.build.history import described
from ui.state import Draft, State

TINY = PRESETS["Tiny"]
CONV, POOL, FLATTEN, DENSE = TINY.architecture.layers


@pytest.fixture
def visitor(monkeypatch):
    """A visitor who has the network "Tiny" before them; `visitor.acts.handlers` is what acts on the cards do."""
    visitor = State(draft=Draft.of(TINY))
    monkeypatch.setattr(cards, "state", lambda: visitor)
    monkeypatch.setattr(cards, "architecture", lambda _, **options: visitor.acts.handlers.update(options))
    cards.row()
    return visitor


@pytest.mark.parametrize(
    ("moved", "layers", "selected"),
    [
        ((1, 2), (POOL, CONV, FLATTEN, DENSE), 1),
        ((4, 1), (DENSE, CONV, POOL, FLATTEN), 0),
        ((1, 4), (POOL, FLATTEN, DENSE, CONV), 3),
        ((1, 5), TINY.architecture.layers, 0),  # of a longer draft, from before
        ((9, 1), TINY.architecture.layers, 0),
        ((0, 1), TINY.architecture.layers, 0),  # the input stays
    ],
)
def test_a_card_is_moved(visitor, moved, layers, selected):
    visitor.acts.handlers["on_move"](*moved)
    assert (visitor.draft.layers, visitor.selected_layer) == (layers, selected)
    assert len(visitor.done) == (layers != TINY.architecture.layers)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_layer_is_added_anywhere(visitor, name, place):
    visitor.acts.handlers["on_add"](name, place)
    before = TINY.architecture.layers
    assert visitor.draft.layers == (*before[: place - 1], cards.NEW_LAYERS[name], *before[place - 1 :])
    assert visitor.selected_layer == place - 1


def test_no_layer_is_added_to_a_full_draft(visitor):
    full = (Dropout(0.1),) * LIMITS["layers"][1]
    visitor.change(layers=full)
    visitor.acts.handlers["on_add"]("Flatten", 1)
    assert visitor.draft.layers == full


def test_layers_are_taken_away_to_the_last_and_the_one_behind_is_chosen(visitor):
    chosen = []
    for at in (1, 1, 1, 0, 0):
        cards.remove(at)
        chosen.append(visitor.selected_layer)
    assert chosen == [1, 1, 0, None, None]
    assert visitor.draft.layers == ()


@pytest.mark.parametrize(("clicked", "selected"), [(0, None), (1, 0), (4, 3), (9, 3)])
def test_a_card_is_chosen(visitor, clicked, selected):
    visitor.acts.handlers["on_select"](clicked)
    assert cards.selected_layer() == selected


def test_every_kind_of_layer_can_be_added_and_says_what_it_does():
    assert set(cards.NEW_LAYERS) == set(cards.WORDS) == set(LAYERS) == {kind["name"] for kind in cards.PALETTE}


DRAFT = Draft.of(TINY)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ""),
        ({"layers": (replace(CONV, filters=8), POOL, FLATTEN, DENSE)}, "Layer 1: filters 4 → 8"),
        ({"layers": (CONV, MaxPooling2D(2, strides=1), FLATTEN, DENSE)}, "Layer 2: strides the pool size → 1"),
        (
            {"layers": (replace(CONV, kernel_size=3, l2=0.01), POOL, FLATTEN, DENSE)},
            "Layer 1: kernel size 5 → 3, l2 0.0 → 0.01",
        ),
        ({"layers": (POOL, CONV, FLATTEN, DENSE)}, "Layers in another order"),
        ({"layers": (POOL, FLATTEN, DENSE)}, "- Conv2D"),
        ({"layers": (CONV, CONV, POOL, FLATTEN, DENSE, Dropout(0.2))}, "+ Conv2D; + Dropout"),
        ({"layers": (CONV, Dropout(0.2), FLATTEN, DENSE)}, "- MaxPooling2D; + Dropout"),
        ({"seed": 7}, "seed 0 → 7"),
        ({"data": replace(TINY.data, train_size=500)}, "train size all → 500"),
        (
            {"training": replace(TINY.training, optimizer="sgd", learning_rate=0.5)},
            "optimizer adam → sgd; learning rate 0.005 → 0.5",
        ),
        (
            {"layers": (), "seed": 7},
            "- Conv2D; - MaxPooling2D; - Flatten; and more",
        ),
    ],
)
def test_an_edit_is_told(changes, words):
    assert described(DRAFT, replace(DRAFT, **changes)) == words


def test_the_history_is_bounded_and_forgets_the_oldest():
    visitor = State(draft=DRAFT)
    for seed in range(1, 151):
        visitor.change(seed=seed)
    while visitor.done:
        visitor.undo()
    assert visitor.draft.seed == 50
    while visitor.undone:
        visitor.redo()
    assert visitor.draft.seed == 150
    visitor.redo()
    assert visitor.draft.seed == 150
    visitor.change(seed=150)
    assert len(visitor.done) == 100  # nothing was changed
