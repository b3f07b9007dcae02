"""What a browser keeps: written and read back it is the same, and what is foreign or old is dropped part by part."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.experiment import OPTIMIZERS, DataSettings, TrainingSettings
from cnnlab.explain.ablation import Changes
from cnnlab.nn.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from cnnlab.presets import PRESETS
from ui.cached import starter_network
from ui.canvas import Drawing
from ui.kept import MAX_LENGTH, parts, restore
from ui.state import MAX_UNDONE, Draft, Kept, Prediction, State

LAYER = st.one_of(
    st.builds(Conv2D, st.integers(1, 128), st.integers(3, 11), padding=st.sampled_from(["valid", "same"])),
    st.builds(MaxPooling2D, st.integers(1, 11)),
    st.builds(Dense, st.integers(1, 512), activation=st.sampled_from(["relu", "softmax"])),
    st.builds(Dropout, st.floats(0, 0.9)),
    st.just(Flatten()),
)
SIDES = starter_network()[1]["0/kernel"].shape[:2]
DRAFT = st.builds(
    Draft,
    st.lists(LAYER, max_size=12).map(tuple),
    st.builds(DataSettings, train_size=st.none() | st.integers(100, 40_000), shift=st.integers(0, 8)),
    st.builds(TrainingSettings, optimizer=st.sampled_from([*OPTIMIZERS]), learning_rate=st.floats(1e-6, 10)),
    st.integers(0, 2**31 - 1),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def packed(content):
    return json.dumps(base64.b64encode(zlib.compress(json.dumps(content).encode())).decode())


def after_a_reload(visitor):
    fresh = State()
    restore(fresh, parts(visitor))
    return fresh


def drawing(num_strokes=2):
    stroke = {"type": "Path", "path": [["M", 1, 2], ["Q", 1.5, 2, 3, 4], ["L", 5, 6.25]], "left": 3, "top": 4}
    stroke |= {"width": 5.5, "height": 6, "strokeWidth": 20, "visible": True}
    rgba = np.full((280, 280, 4), 255, np.uint8)
    rgba[..., :3] = np.random.default_rng(0).integers(0, 256, (280, 280, 1))
    return Drawing({"objects": [stroke] * num_strokes}, rgba)


@settings(deadline=None, max_examples=50)
@given(DRAFT, st.lists(DRAFT, max_size=4), st.lists(DRAFT, max_size=3))
def test_a_draft_comes_back_with_its_history(now, done, undone):
    visitor = State(draft=now, done=done, undone=undone)
    back = after_a_reload(visitor)
    assert (back.draft, back.done, back.undone) == (now, done, undone)
    assert parts(back) == parts(visitor)


def test_a_full_history_of_large_networks_has_room():
    visitor = State()
    for seed in range(MAX_UNDONE + 5):
        visitor.change(seed=seed + 1, layers=PRESETS["LeNet-5"].architecture.layers)
    assert len(parts(visitor)["draft"]) < MAX_LENGTH / 10
    assert after_a_reload(visitor).done == visitor.done


def test_drawings_answers_choices_and_own_filters_come_back():
    visitor = State(test_index=7, looks_at="drawing", selected_layer=None, shows_starter=True)
    visitor.canvas.drawing, visitor.wide_canvas.drawing = drawing(), drawing(1)
    visitor.cells.pixels[3, 4] = 200
    visitor.preparation = replace(visitor.preparation, crop=False)
    visitor.choices |= {"draw-view": "Step by step", "rate": 0.25, "digit": 3, "on": True, "some": ["a", "b"]}
    visitor.course.kept["chosen-view"] = Kept("chosen-view", "Maps", "Why")
    visitor.course.answered["Pooling"] = {"pool-size", "pool-old"}
    visitor.course.predictions["pool-size"] = Prediction("How many?", 12, revealed=True)
    visitor.course.predictions["pool-old"] = Prediction("Another one?", 12)
    visitor.course.kept["kernel-Mean-3-1-0"] = Kept("kernel-Mean-3-1-0", None, np.array([[1, 2.5, np.nan]] * 3))
    visitor.changes[None] = Changes().switched(0, 3, off=True).typed((0, 1, 0), np.ones(SIDES, np.float32))

    back = after_a_reload(visitor)
    assert parts(back) == parts(visitor)
    for canvas, before in ((back.canvas, visitor.canvas), (back.wide_canvas, visitor.wide_canvas)):
        np.testing.assert_array_equal(canvas.drawing.rgba, before.drawing.rgba)
        assert len(canvas.drawing.strokes["objects"]) == len(before.drawing.strokes["objects"])
        assert canvas.drawing.strokes["objects"][0]["path"] == before.drawing.strokes["objects"][0]["path"]
    assert back.cells.pixels[3, 4] == 200
    assert (back.test_index, back.looks_at, back.selected_layer, back.shows_starter) == (7, "drawing", None, True)
    assert back.course.answered == visitor.course.answered
    assert back.course.predictions == {"pool-size": Prediction("How many?", 12, revealed=True)}
    assert back.choices == visitor.choices
    assert back.course.kept["chosen-view"].now == "Why"
    assert back.changes[None].off == {(0, 3)}
    np.testing.assert_array_equal(back.course.kept["kernel-Mean-3-1-0"].now, [[1, 2.5, np.nan]] * 3)


def test_what_was_begun_anew_stays_and_the_network_that_was_kept_can_be_gone_back_to():
    before, visitor = State(), State()
    before.load(PRESETS["LeNet-5"])
    before.test_index, before.looks_at = 3, "drawing"
    visitor.load(PRESETS["Study notes"])
    visitor.test_index = 5
    restore(visitor, parts(before))
    assert (visitor.test_index, visitor.looks_at) == (5, "drawing")
    assert visitor.draft == Draft.of(PRESETS["Study notes"])
    assert Draft.of(PRESETS["LeNet-5"]) in visitor.done


STROKE = [[["M", 1, 2]], 0, 0, 1, 1, 20]
GREY = [2, 2, base64.b64encode(bytes(4)).decode()]
BAD = {
    "no JSON": ("draft", "{"),
    "deep": ("draft", "[" * 100_000),
    "not packed": ("draft", '"AAAA"'),
    "a bomb": ("draft", json.dumps(base64.b64encode(zlib.compress(b" " * 50_000_000)).decode())),
    "an old format": ("draft", json.dumps({"layers": []})),
    "no such layer": (
        "draft",
        packed([{"layers": [{"type": "Lambda"}], "data": {}, "training": {}, "seed": 0}, [], []]),
    ),
    "a layer out of its limits": (
        "draft",
        packed([{"layers": [{"type": "Dense", "units": 10**9}], "data": {}, "training": {}, "seed": 0}, [], []]),
    ),
    "a bad draft in the history": (
        "draft",
        packed([{"layers": [], "data": {}, "training": {}, "seed": 0}, [{"layers": "x"}], []]),
    ),
    "too large": ("choice/a", json.dumps("x" * MAX_LENGTH)),
    "a long word": ("choice/a", json.dumps("x" * 5_000)),
    "an object": ("choice/a", '{"a": 1}'),
    "not a number": ("choice/a", "NaN"),
    "a huge number": ("choice/a", "1" + "0" * 400),
    "a picture from elsewhere": (
        "canvas/drawing",
        packed([[[[["image", "http://127.0.0.1:9/x.png"]], 0, 0, 1, 1, 20]], *GREY]),
    ),
    "words in a stroke": ("canvas/drawing", packed([[[[["M", "javascript:"]], 0, 0, 1, 1, 20]], *GREY])),
    "a stroke with too much": ("canvas/drawing", packed([[[*STROKE, "src"]], *GREY])),
    "a canvas of another size": ("canvas/drawing", packed([[STROKE], 9, 9, GREY[2]])),
    "no such canvas": ("canvas/other", packed([[STROKE], *GREY])),
    "cells": ("cells", '"AAAA"'),
    "a test digit that is none": ("test_index", "10000"),
    "half a test digit": ("test_index", "1.5"),
    "no source": ("looks_at", '"camera"'),
    "no flag": ("shows_starter", "1"),
    "no run": ("run_id", '"../../etc/passwd"'),
    "an unknown run": ("run_id", '"20260101-000000-aaaaaa"'),
    "no handwriting": ("handwriting", '"../x"'),
    "no station": ("answer/pool-size", '["Nowhere", "?", 1]'),
    "no answer": ("answer/pool-size", '["Pooling", "?", [1]]'),
    "no step": ("preparation", '{"crop": 1}'),
    "no filter": ("changes/", packed([[[0, 4_000]], []])),
    "no convolution": ("changes/", packed([[[9, 0]], []])),
    "no plane": ("changes/", packed([[], [[0, 0, 0, [[1.0]]]]])),
    "no table": ("kernel/kernel-Mean-3-1-0", "[[1]]"),
    "a number no filter has": ("kernel/kernel-Mean-1-1-0", "[[1e9]]"),
    "no key": ("key", '"mine"'),
    "no part": ("something", "1"),
    "no text": ("choice/a", 5),
}


@pytest.mark.parametrize(("name", "text"), BAD.values(), ids=BAD)
def test_a_bad_part_is_dropped_and_the_others_come_back(name, text):
    visitor = State()
    key = visitor.keeping.key
    restore(visitor, {name: text, "choice/good": '"kept"'})
    assert visitor.choices == {"good": "kept"}
    visitor.choices.clear()
    assert visitor.keeping.key == key
    assert parts(visitor) == parts(State(keeping=visitor.keeping))
    assert visitor.course.answered == visitor.course.predictions == {}


KINDS = ["key", "run_id", "shows_starter", "test_index", "looks_at", "selected_layer", "preparation", "handwriting"]
NAMES = [*KINDS, "answer/a", "choice/a", "kernel/kernel-a-3-1-0", "cells", "draft", "canvas/drawing", "changes/"]


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(NAMES), JSON.map(json.dumps) | JSON.map(packed) | st.text(max_size=9) | JSON))
def test_nothing_foreign_raises_or_makes_a_state_that_cannot_be_written(kept):
    visitor = State()
    restore(visitor, kept)
    assert after_a_reload(visitor).choices == visitor.choices
