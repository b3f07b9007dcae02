"""Contracts that every page keeps."""

import re
from concurrent.futures import Future
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from streamlit.runtime.context import ContextProxy

from cnnlab.presets import PRESETS
from tests.pages.runs import broken_run, finished, make_run
from tests.pages.seen import PAGES, components, go_back, labelled, state, text
from ui.canvas import Drawing
from ui.lesson import STATIONS
from ui.networks import NUM_CHOICES
from ui.words import NOTHING

NAMES = ("run", "handwriting", "experiment", "study", "preset", "images", "sweep", "unit", "at")
VIEWS = {"look_inside": ("Trace", "Excited by"), "experiments": ("guided", "against", "sweep")}
"""Of the pages that read the address otherwise in each."""
NONSENSE = ("9" * 5_000, "\0²", ["-1", ""])
EVERY_PAGE = pytest.mark.parametrize("page", PAGES)


@EVERY_PAGE
def test_a_page_opens_in_a_fresh_session(visit, page):
    at = visit(page)
    assert len(at.title) == 1
    assert "**Try**" in text(at)
    assert "**Notice**" in text(at)


@EVERY_PAGE
def test_no_widget_begins_outside_its_options(visit, store, engine, page):
    """A run that no list of networks has by itself: it is interrupted, and older than the newest."""
    engine.compute = lambda *_: Future()
    run = make_run(store, "interrupted")
    for _ in range(NUM_CHOICES + 1):
        store.create(PRESETS["Tiny"]).record(finished())
    at = visit(page, run=run.id)
    for view in at.button_group(key="draw-view").options if page == "draw" else ():
        at.button_group(key="draw-view").set_value(view).run()
        assert not at.exception, view


@EVERY_PAGE
def test_a_run_that_broke_down_is_nowhere_a_result(visit, store, page):
    run = broken_run(store)
    at = visit(page, run=run.id)
    assert not re.search(r"\bnan\b|9\.80? %", text(at))
    assert run.info.state == "failed"


@pytest.mark.parametrize("station", STATIONS)
def test_every_sign_leads_to_a_paragraph_and_every_paragraph_has_its_sign(visit, station):
    at = visit(Path(STATIONS[station][0]).stem)
    signs = re.findall(r"\]\(#(words-[\w-]+) ", text(at))
    paragraphs = [heading.anchor for heading in at.subheader if heading.anchor.startswith("words-")]
    assert sorted(set(signs)) == sorted(paragraphs) != []


@EVERY_PAGE
def test_a_page_is_in_the_navigation(visit, page):
    assert page in {Path(str(info["script_path"])).stem for info in visit()._registered_pages.values()}


@pytest.mark.usefixtures("at_once")
@EVERY_PAGE
def test_a_page_opens_with_nonsense_in_the_address(visit, page):
    at = visit(page, run="../../etc/passwd", experiment="%%%", unknown="1")
    for view in VIEWS.get(page, ["x"]):
        for nonsense in NONSENSE:
            go_back(at, **dict.fromkeys(NAMES, nonsense) | {"view": view})
            assert len(at.title) == 1
            assert not at.exception


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("nonsense", [*NONSENSE, "Guide", "-1"])
@pytest.mark.parametrize(
    ("page", "view", "name"),
    [
        ("evaluate", None, "run"),
        ("experiments", None, "view"),
        ("experiments", "guided", "study"),
        ("experiments", "sweep", "images"),
        ("look_inside", None, "view"),
        ("look_inside", "Excited by", "unit"),
    ],
)
def test_what_the_page_does_not_know_leaves_the_address(visit, page, view, name, nonsense):
    at = visit(page, **{name: nonsense} | ({"view": view} if view else {}))
    assert name not in at.query_params
    assert ("view" in at.query_params) == bool(view)


def test_home_lists_the_newest_runs(visit, store):
    assert "Runs on this server" not in [heading.value for heading in visit().subheader]
    ids = [store.create(PRESETS["Tiny"]).id for _ in range(7)]
    at = visit()
    assert "Runs on this server" in [heading.value for heading in at.subheader]
    links = [link.query_string.removeprefix("run=") for link in at.get("page_link") if "run=" in link.query_string]
    assert 0 < len(links) < len(ids)
    assert set(links) <= set(ids)


def test_times_are_the_visitors(visit, store, monkeypatch):
    monkeypatch.setattr(ContextProxy, "timezone", property(lambda _: "Asia/Kathmandu"))
    run = make_run(store, "finished")
    local = f"{run.info.created.astimezone(ZoneInfo('Asia/Kathmandu')):%d %b, %H:%M:%S}"
    pages = ("home", "train", "runs", "look_inside", "draw", "evaluate")
    told = {page: "".join(str(getattr(part, "proto", "")) for part in visit(page, run=run.id)) for page in pages}
    told = {page: words.replace("\\", "").replace(NOTHING, "") for page, words in told.items()}
    assert "Made (Asia/Kathmandu)" in told["runs"]
    assert '"timezone": "Asia/Kathmandu"' in told.pop("runs")
    for words in told.values():
        assert set(re.findall(r"\d\d \w{3}, [\d:]{8} [\w+]+", words)) == {f"{local} UTC+0545"}


def test_two_visitors_share_nothing_but_the_runs(visit, store):
    one, other = visit("build"), visit("build")
    labelled(one.button_group, "Begin with").set_value("LeNet-5").run()
    ink = np.zeros((280, 280, 4), np.uint8)
    ink[40:240, 130:150] = 255
    state(one).canvas.drawing = Drawing({"objects": []}, ink)
    one.switch_page(PAGES["train"]).run()
    labelled(one.button, "Train").click().run()
    assert state(one).run_id == store.list()[0].id

    for page in PAGES:
        other.switch_page(PAGES[page]).run()
        assert state(other).draft.experiment() == PRESETS["Fast and good"]
        assert state(other).canvas.drawing.rgba is None
        assert state(other).run_id is None
        assert "run" not in other.query_params
    one.switch_page(PAGES["build"]).run()
    assert state(one).draft.experiment() == PRESETS["LeNet-5"]
    assert "drawn-0" in " ".join(components(one.switch_page(PAGES["draw"]).run()))
