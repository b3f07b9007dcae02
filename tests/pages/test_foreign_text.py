"""What others wrote (names, reasons, addresses, files, errors) is shown letter by letter wherever Markdown is read."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from google.protobuf.message import Message

from cnnlab.explain import embedding
from cnnlab.runs.files import to_npz
from cnnlab.runs.handwriting import Handwriting
from cnnlab.runs.records import Label, from_start
from cnnlab.training.events import Failed, Start
from tests.pages.runs import TINY, make_run, some_training, weights_of
from tests.pages.seen import PAGES, go_back, labelled, state
from ui.handwriting import sets

NAMES = (
    "*x* $a$ [b](http://127.0.0.1:9) :red[d] www.c.io d@e.io",
    "![c](http://127.0.0.1:9/x.png) :material/home: <b>",
)
FOREIGN = f"{NAMES[0]} {NAMES[1]} -> https://127.0.0.1:9"
ALIVE = re.compile(r"(?<!\\)(\*x|\$a|\[c\]|:red|:mat\w+/home:|<b>)|p://127|www\.c|d@e| -> https")
"""What Markdown would make something of, as long as it stands there as it was written."""
NOT_MARKDOWN = {
    "id",
    "value",
    "default",
    "options",
    "query_string",
    "json",
    "url",
    "raw_value",
    "raw_values",
    "code_text",
    "key",
}
"""Fields of Streamlit's messages that the browser shows as they are, or not at all."""
DRAWING = Handwriting(np.zeros((1, 28, 28), np.uint8), np.array([7], np.uint8))
STATES = ("finished", "stopped", "paused", "interrupted", "failed", "queued", "damaged", "broken")


def texts(message: Message) -> Iterator[str]:
    """All texts in a message that may be read as Markdown."""
    for field, value in (
        [] if message.DESCRIPTOR.name in ("BidiComponent", "Html", "PlotlyChart") else message.ListFields()
    ):
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from texts(one)
            elif isinstance(one, str) and field.name not in NOT_MARKDOWN:
                yield one


def num_foreign(at) -> int:
    """How many foreign texts are on the page; nothing is made of any."""
    protos = [proto for node in at._tree if isinstance(proto := getattr(node, "proto", None), Message)]
    shown = [text for proto in protos for text in texts(proto)]
    shown += [str(cell) for table in at.table for cell in [*table.value.columns, *table.value.to_numpy().ravel()]]
    assert [text for text in shown if ALIVE.search(text)] == []
    return sum("\\$a\\$" in text or "!\\[c" in text for text in shown)


@pytest.fixture
def runs(store):
    """Runs in every state, named and ended by others."""
    made = {
        state: make_run(store, "running" if state == "interrupted" else state)
        for state in STATES
        if state not in ("damaged", "broken", "failed")
    }
    made |= {state: make_run(store, "finished") for state in ("damaged", "broken")}
    made["failed"] = store.create(replace(TINY, seed=1))
    for event in [*some_training(), Failed(4, FOREIGN)]:
        made["failed"].record(event)
    made["interrupted"].end("interrupted", FOREIGN)
    made["stopped"].end("stopped", FOREIGN)
    for number, run in enumerate(made.values()):
        run.set_label(Label(NAMES[number % 2], FOREIGN))
    made["damaged"]._files.write("state.json", json.dumps({"version": 1, "state": FOREIGN}).encode())
    made["broken"]._files.write("epochs.csv", f"{FOREIGN}\n".encode())
    return made


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("page", PAGES)
def test_every_page_with_an_address_and_runs_of_others(visit, runs, page):
    names = ("run", "handwriting", "experiment", "view", "study", "preset", "images", "sweep", "unit", "at")
    at = visit(page, **dict.fromkeys(names, FOREIGN))
    num_foreign(at)
    num_foreign(go_back(at, **dict.fromkeys(names, FOREIGN) | {"run": runs["finished"].id}))


@pytest.mark.parametrize("state", STATES)
def test_a_run_and_its_reason(visit, runs, state):
    at = visit("train", run=runs[state].id)
    assert (num_foreign(at) > 0) == (state in ("interrupted", "stopped", "failed", "damaged", "broken"))


def link_to(**changes: object) -> str:
    """An experiment as it stands in the address, with something wrong in it."""
    content = json.dumps(json.loads(TINY.to_json()) | changes)
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "wrong",
    [
        {"layers": [{"type": FOREIGN}]},
        {"layers": [{"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": FOREIGN}]},
        {"layers": FOREIGN},
        {"training": {"optimizer": FOREIGN}},
        {"training": {"\ud800" + FOREIGN: 1}},
        {"version": FOREIGN},
    ],
)
def test_a_link_s_experiment(visit, wrong):
    assert num_foreign(visit("build", experiment=link_to(**wrong))) == 1


def test_a_link_s_sweep_run_and_handwriting(visit):
    assert num_foreign(visit("experiments", view="sweep", sweep=FOREIGN)) == 1
    assert num_foreign(visit("train", run=FOREIGN)) == 1
    assert num_foreign(visit("draw", handwriting=FOREIGN)) == 1


def test_the_networks_that_a_drawing_is_read_and_learned_by(visit, runs):
    at = visit("draw", run=runs["finished"].id)
    at.button_group(key="draw-view").set_value("Several networks").run()
    assert num_foreign(at) == 1
    set_id = sets().create()
    sets().add(set_id, DRAWING)
    at = visit("draw", run=runs["finished"].id, handwriting=set_id)
    at.button_group(key="draw-view").set_value("Wrong? Teach it").run()
    assert num_foreign(at) == 1
    taught = runs["failed"]
    taught._files.write("start.npz", to_npz(from_start(Start(weights_of(), DRAWING.images, DRAWING.labels))))
    state(at).handwriting.taught_run_id = taught.id
    assert num_foreign(at.run()) == 2


def test_what_the_engine_could_not_compute(visit, runs, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError(FOREIGN)

    monkeypatch.setattr(embedding, "space", fail)
    assert num_foreign(visit("look_inside", view="Space", run=runs["finished"].id)) == 1


@pytest.mark.parametrize(("page", "name"), [("build", f"{FOREIGN}.json"), ("pixels", f"{NAMES[1]}.png")])
def test_a_file_s_name_and_content(visit, page, name):
    at = visit(page)
    if page == "pixels":
        labelled(at.button_group, "Picture").set_value("Photo").run()
    uploader = at.get("file_uploader")[0]
    uploader.set_value((name, json.dumps({"version": 1, FOREIGN: 1}).encode(), "text/plain")).run()
    assert num_foreign(at) == 1
