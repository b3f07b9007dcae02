"""The parts of a visitor's state that the browser keeps, as texts by their names, and back: `ui.keeping`.

A part that is as in a fresh state has no text. What comes back is foreign: each part is checked as its own, and dropped
when anything about it is wrong.
"""

import base64
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from itertools import islice
from typing import Any

import numpy as np

from cnnlab.digits import prepare
from cnnlab.digits.prepare import Preparation
from cnnlab.experiment import DataSettings, TrainingSettings, read_layer, read_settings, write_layer
from cnnlab.explain.ablation import Changes
from cnnlab.limits import changed_fields, check_choice, check_flag, check_limit
from ui.cached import starter_network, store
from ui.canvas import Drawing
from ui.components import encode
from ui.components.cells import to_cells
from ui.filter_table import MAX_WEIGHT
from ui.handwriting import sets
from ui.lesson import STATIONS
from ui.state import DRAWING, MAX_UNDONE, PHOTO, TEST, Course, Draft, Kept, Prediction, State

MAX_PARTS, MAX_LENGTH, MAX_TOTAL = 1_000, 150_000, 1_500_000
"""How many parts are taken, and how many characters of one and of all."""
MAX_UNPACKED = 2_000_000
MAX_WORDS, MAX_CHOSEN = 1_000, 20
"""Characters of a choice, an answer or a question, and choices of one widget."""
MAX_NUMBER = 1e12
MAX_LAYERS, MAX_SIDE = 50, 1_000
NUM_TEST_DIGITS = 10_000
STROKE = {"type": "Path", "originX": "center", "originY": "center", "fill": None, "stroke": "#FFFFFF"} | {
    "strokeLineCap": "round",
    "strokeLineJoin": "round",
}
PLACE = ("left", "top", "width", "height", "strokeWidth")
"""What the canvas's strokes have in common, and what each has of its own beside its path."""
BAD = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError, zlib.error)
"""What is raised by a part that is not as it should be."""
KERNEL, CHOSEN = "kernel-", "chosen-"
"""How the names of tables of a filter, and of choices that stand in the address, begin."""
_as_json = json.JSONEncoder(separators=(",", ":")).encode
_FRESH = State()


def parts(visitor: State) -> dict[str, str]:
    """The text of each part that is not as in a fresh state, and of the key; what is too long has none."""
    found = {name: _as_json(content) for name, content in _small(visitor)}
    for name, value, write in _large(visitor):
        written = visitor.keeping.written
        if name not in written or written[name][0] != value:
            written[name] = value, _pack(write())
        found[name] = written[name][1]
    return {name: text for name, text in found.items() if len(text) <= MAX_LENGTH}


def _small(visitor: State) -> Iterator[tuple[str, Any]]:
    """Parts that are quickly written: their names and contents as JSON."""
    yield "key", visitor.keeping.key
    for name in ("run_id", "shows_starter", "test_index", "looks_at", "selected_layer"):
        if (value := getattr(visitor, name)) != getattr(_FRESH, name):
            yield name, value
    if visitor.preparation != _FRESH.preparation:
        yield "preparation", changed_fields(visitor.preparation)
    if visitor.handwriting.set_id is not None:
        yield "handwriting", visitor.handwriting.set_id
    if visitor.cells.pixels.any():
        yield "cells", encode(visitor.cells.pixels, "u1")
    for key, choice in visitor.choices.items():
        if all(map(_is_plain, choice if isinstance(choice, list) else [choice])):
            yield f"choice/{key}", choice
    yield from _of_the_course(visitor.course)


def _of_the_course(course: Course) -> Iterator[tuple[str, Any]]:
    for station, keys in course.answered.items():
        for key in keys:
            prediction = course.predictions.get(key)
            shown = [prediction.question, prediction.given] if prediction and prediction.revealed else []
            yield f"answer/{key}", [station, *shown]
    for name, value in course.kept.items():
        if name.startswith(CHOSEN) and _is_plain(value.now):
            yield f"choice/{name}", value.now
        if name.startswith(KERNEL):
            rows = np.asarray(value.now, np.float64).round(6).tolist()
            yield f"kernel/{name}", [[None if math.isnan(one) else one for one in row] for row in rows]


def _large(visitor: State) -> Iterator[tuple[str, object, Callable[[], Any]]]:
    """Parts that take time to write: their names, what tells whether they have changed, and how they are written."""
    drafts = visitor.draft, tuple(visitor.done), tuple(visitor.undone)
    if drafts != (_FRESH.draft, (), ()):
        yield "draft", drafts, partial(_write_drafts, *drafts)
    for canvas in (visitor.canvas, visitor.wide_canvas):
        if (rgba := canvas.drawing.rgba) is not None:
            strokes = (canvas.drawing.strokes or {}).get("objects", [])
            picture = len(strokes), zlib.crc32(rgba.data)
            yield f"canvas/{canvas.name}", picture, partial(_write_canvas, strokes, rgba[..., 0])
    for run_id, changes in visitor.changes.items():
        if changes.off or changes.planes:
            planes = [[*place, numbers.tolist()] for place, numbers in changes.planes.items()]
            content = [sorted(changes.off), planes]
            yield f"changes/{run_id or ''}", content, partial(list, content)


def _write_drafts(now: Draft, done: tuple[Draft, ...], undone: tuple[Draft, ...]) -> list[Any]:
    return [_write_draft(now), [*map(_write_draft, done)], [*map(_write_draft, undone)]]


@lru_cache(1_024)
def _write_draft(draft: Draft) -> dict[str, Any]:
    layers = [write_layer(layer) for layer in draft.layers]
    settings = {"data": changed_fields(draft.data), "training": changed_fields(draft.training)}
    return {"layers": layers, **settings, "seed": draft.seed}


def _write_canvas(strokes: list[dict[str, Any]], grey: np.ndarray) -> list[Any]:
    own = [[stroke["path"], *(stroke[name] for name in PLACE)] for stroke in strokes if "path" in stroke]
    return [own, *grey.shape, encode(grey, "u1")]


def _pack(content: object) -> str:
    packed = zlib.compress(_as_json(content).encode())
    return _as_json(base64.b64encode(packed).decode("ascii"))


# --- what is foreign -------------------------------------------------------------------------------------------------


def restore(visitor: State, kept: Mapping[str, object]) -> None:
    """Take what the browser kept into the state, but for what the visitor has already begun anew."""
    mine, total = parts(visitor), 0
    for name, text in islice(kept.items(), MAX_PARTS):
        kind, _, rest = name.partition("/")
        is_begun = name in mine and kind not in ("key", "draft")
        if is_begun or kind not in _READERS or not isinstance(text, str) or len(text) > MAX_LENGTH:
            continue
        total += len(text)
        if total > MAX_TOTAL:
            return
        with suppress(*BAD):
            _READERS[kind](visitor, rest[:MAX_WORDS], json.loads(text))


def _unpack(text: str) -> Any:
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(base64.b64decode(text, validate=True), MAX_UNPACKED)
    if unpacking.unconsumed_tail:
        raise ValueError(f"A part must have at most {MAX_UNPACKED:,} bytes")
    return json.loads(content)


def _number(value: object, low: float = -MAX_NUMBER, high: float = MAX_NUMBER) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"A number from {low} to {high} was expected. Received: {str(value)[:60]}")
    return value


def _whole(value: object, count: int = 10_000) -> int:
    if not isinstance(_number(value, 0, count - 1), int):
        raise ValueError(f"A whole number was expected. Received: {value}")
    return int(_number(value))


def _is_plain(value: object) -> bool:
    """Whether a value is a number or a word."""
    if isinstance(value, str):
        return len(value) <= MAX_WORDS
    return isinstance(value, bool) or (isinstance(value, int | float) and abs(value) <= MAX_NUMBER)


def _plain(value: Any) -> Any:
    if not _is_plain(value):
        raise ValueError("A number or a word was expected")
    return value


def _read_key(visitor: State, _: str, content: str) -> None:
    if re.fullmatch("[0-9a-f]{32}", content, re.ASCII):
        visitor.keeping.key = content


def _read_run(visitor: State, _: str, content: str) -> None:
    visitor.run_id = store().get(content).id


def _read_starter(visitor: State, _: str, content: bool) -> None:
    check_flag("shows_starter", content)
    visitor.shows_starter = content


def _read_test_index(visitor: State, _: str, content: object) -> None:
    visitor.test_index = _whole(content, NUM_TEST_DIGITS)


def _read_looks_at(visitor: State, _: str, content: str) -> None:
    check_choice("looks_at", content, (TEST, DRAWING, PHOTO))
    visitor.looks_at = content


def _read_selected(visitor: State, _: str, content: object) -> None:
    visitor.selected_layer = None if content is None else _whole(content, MAX_LAYERS)


def _read_preparation(visitor: State, _: str, content: Mapping[str, bool]) -> None:
    preparation = read_settings(Preparation, content, "`preparation`")
    for name, value in content.items():
        check_flag(name, value)
    visitor.preparation = preparation


def _read_handwriting(visitor: State, _: str, content: str) -> None:
    sets().get(content)
    visitor.handwriting.set_id = content


def _read_answer(visitor: State, key: str, content: list[Any]) -> None:
    station, *shown = content
    if station not in STATIONS:
        raise ValueError("There is no such station")
    if shown:
        question, given = shown
        visitor.course.predictions[key] = Prediction(
            str(_plain(question)), None if given is None else _plain(given), revealed=True
        )
    visitor.course.answered.setdefault(station, set()).add(key)


def _read_choice(visitor: State, key: str, content: object) -> None:
    if isinstance(content, list):
        visitor.choices[key] = [*map(_plain, content[:MAX_CHOSEN])]
    elif key.startswith(CHOSEN):
        visitor.course.kept[key] = Kept(key, _plain(content), content)
    else:
        visitor.choices[key] = _plain(content)


def _read_kernel(visitor: State, name: str, content: list[list[float | None]]) -> None:
    numbers = np.array([[np.nan if one is None else _number(one) for one in row] for row in content], np.float32)
    side = int(name.rsplit("-", 3)[1])
    if not name.startswith(KERNEL) or numbers.shape != (side, side) or (np.abs(numbers) > MAX_WEIGHT).any():
        raise ValueError("This is no table of a filter")
    visitor.course.kept[name] = Kept(name, numbers, numbers)


def _read_cells(visitor: State, _: str, content: str) -> None:
    visitor.cells.pixels = to_cells(content)
    visitor.cells.num_cleared += 1  # cells that are on the page take them over


def _read_draft_and_history(visitor: State, _: str, content: str) -> None:
    now, done, undone = _unpack(content)
    draft, before, after = _read_draft(now), [*map(_read_draft, done)], [*map(_read_draft, undone)]
    if visitor.done or visitor.draft != _FRESH.draft:  # begun anew: what was kept can be gone back to
        visitor.done = [*before, draft, *visitor.done][-MAX_UNDONE:]
    else:
        visitor.draft, visitor.done, visitor.undone = draft, before[-MAX_UNDONE:], after[-MAX_UNDONE:]


def _read_draft(content: Mapping[str, Any]) -> Draft:
    layers, seed = content["layers"], content["seed"]
    check_limit("seed", seed)
    if len(layers) > MAX_LAYERS:
        raise ValueError("These are too many layers")
    return Draft(
        tuple(read_layer(index, layer) for index, layer in enumerate(layers)),
        read_settings(DataSettings, content["data"], "`data`"),
        read_settings(TrainingSettings, content["training"], "`training`"),
        seed,
    )


def _read_canvas(visitor: State, name: str, content: str) -> None:
    strokes, height, width, grey = _unpack(content)
    pixels = np.frombuffer(base64.b64decode(grey, validate=True), np.uint8)
    rgba = prepare.to_canvas(pixels.reshape(_whole(height, MAX_SIDE), _whole(width, MAX_SIDE)))
    canvas = {one.name: one for one in (visitor.canvas, visitor.wide_canvas)}[name]
    canvas.begin(Drawing({"objects": [_read_stroke(*stroke) for stroke in strokes]}, rgba))


def _read_stroke(path: list[list[Any]], *place: object) -> dict[str, Any]:
    """A stroke of the canvas: lines and curves in white, and nothing else that a canvas could show or load."""
    for command, *numbers in path:
        check_choice("command", command, "MLQCZ")
        for number in numbers:
            _number(number)
    return {**STROKE, "path": path, **dict(zip(PLACE, map(_number, place), strict=True))}


def _read_changes(visitor: State, run_id: str, content: str) -> None:
    off, planes = _unpack(content)
    experiment = store().get(run_id).info.experiment if run_id else starter_network()[0]
    if experiment is None:
        raise ValueError("This run has no network")
    changes = Changes(
        frozenset((_whole(layer), _whole(number)) for layer, number in off),
        {
            (_whole(layer), _whole(number), _whole(channel)): np.array(numbers, np.float32)
            for layer, number, channel, numbers in planes
        },
    )
    changes.check(experiment.architecture)
    visitor.changes[run_id or None] = changes


_READERS: dict[str, Callable[[State, str, Any], None]] = {
    "key": _read_key,
    "run_id": _read_run,
    "shows_starter": _read_starter,
    "test_index": _read_test_index,
    "looks_at": _read_looks_at,
    "selected_layer": _read_selected,
    "preparation": _read_preparation,
    "handwriting": _read_handwriting,
    "answer": _read_answer,
    "choice": _read_choice,
    "kernel": _read_kernel,
    "cells": _read_cells,
    "draft": _read_draft_and_history,
    "canvas": _read_canvas,
    "changes": _read_changes,
}
"""By the kind of part, the first word of its name: what takes it into the state."""
