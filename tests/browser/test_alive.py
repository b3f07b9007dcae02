"""The page stays alive: nothing that it needs is let go of, Back and Forward, a lost connection, a translated page."""

import re

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from cnnlab.presets import PRESETS
from cnnlab.runs.store import RunStore
from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.visitor import (
    PATIENCE,
    TITLES,
    at_rest,
    choose_preset,
    draw_a_one,
    go_to,
    open_page,
    reads,
    settle,
)
from tests.pages.runs import make_run

TRANSLATE = """() => {
    const texts = document.createTreeWalker(document.querySelector("#root"), NodeFilter.SHOW_TEXT);
    const all = [];
    while (texts.nextNode()) all.push(texts.currentNode);
    for (const text of all.filter((one) => one.data.trim())) {
        const outer = document.createElement("font");
        outer.append(document.createElement("font"));
        outer.firstChild.textContent = `x${text.data}`;
        text.replaceWith(outer);
    }
}"""
"""As Google Translate does it: an element of its own, with a text of its own, instead of each text."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def run(store):
    return make_run(store, "finished")


@pytest.fixture(scope="module")
def url(start_server, store):
    return start_server(ROOT / "app.py", {"CNNLAB_RUNS": str(store.root)} | NO_ENGINE).url


class Line:
    """The line to the server, which can be cut; a cut one is answered by nobody."""

    def __init__(self, page: Page, *, is_cut: bool = False) -> None:
        self.is_cut, self.socket = is_cut, None
        page.route_web_socket("**/_stcore/stream*", self._connect)
        page.route("**/_stcore/health*", lambda route: route.abort() if self.is_cut else route.continue_())

    def _connect(self, socket) -> None:
        if self.is_cut:
            socket.close()
        else:
            self.socket = socket
            socket.connect_to_server()

    def cut(self) -> None:
        self.is_cut = True
        self.socket.close()


def history_length(page: Page) -> int:
    return page.evaluate("history.length")


def parameters(page: Page, name: str) -> None:
    """The page, its choice and its address say this preset."""
    count = PRESETS[name].architecture.num_parameters
    expect(page.get_by_text(f"{count:,} parameters").first).to_be_visible(timeout=PATIENCE)
    chosen = page.get_by_role("radiogroup", name="Begin with").get_by_role("radio", checked=True)
    expect(chosen).to_have_text(name, timeout=PATIENCE)
    expect(page).to_have_url(re.compile(f"experiment={PRESETS[name].to_url()}"))


def test_no_message_is_a_reference_and_none_carries_a_script(page, url):
    messages: list[ForwardMsg] = []
    page.on("websocket", lambda one: one.on("framereceived", lambda data: messages.append(ForwardMsg.FromString(data))))
    open_page(page, url, "Convolution")
    for title in ("Home", "Convolution"):
        go_to(page, title)
        at_rest(page)
    assert [message for message in messages if message.WhichOneof("type") == "ref_hash"] == []
    components = [message.delta.new_element.bidi_component for message in messages]
    assert sum(component.component_name != "" for component in components) > 3
    assert {component.js_content for component in components} == {""}


def test_back_and_forward_show_what_the_address_says(page, url):
    open_page(page, url, "Build")
    settle(page)
    before = history_length(page)
    for name in ("LeNet-5", "Study notes"):
        choose_preset(page, name)
        parameters(page, name)
    assert history_length(page) == before + 2
    page.go_back()
    parameters(page, "LeNet-5")
    settle(page)
    parameters(page, "LeNet-5")
    page.go_forward()
    parameters(page, "Study notes")


def test_opening_a_page_is_one_step_though_it_completes_its_address(page, url, run):
    open_page(page, url, "Look inside", f"run={run.id}")
    settle(page)
    before = history_length(page)
    for title in ("Draw", "Look inside"):
        go_to(page, title)
        settle(page)
        assert f"run={run.id}" in page.url
    assert history_length(page) == before + 2
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draw", timeout=PATIENCE)


def test_back_leads_to_the_view_that_was_left(page, url):
    """A page may write into its address before the browser has come to its path."""
    open_page(page, url, "Look inside", "view=Filters")
    settle(page)
    for title in ("Build", "Train", "Build", "Train"):
        go_to(page, title)
        settle(page)
        page.go_back()
        settle(page)
        assert page.url.endswith("/look_inside?view=Filters")
        expect(page.get_by_role("radio", checked=True, name="Filters")).to_be_visible()


def test_a_choice_in_the_address_follows_back_and_forward(page, url):
    open_page(page, url, "Experiments")
    sheets = page.get_by_role("radiogroup", name="View")
    sheets.get_by_text("Sweep").click()
    expect(page).to_have_url(re.compile("view=sweep"))
    settle(page)
    page.go_back()
    expect(sheets.get_by_role("radio", checked=True)).to_have_text("Guided", timeout=PATIENCE)
    assert "view=sweep" not in page.url
    page.go_forward()
    expect(sheets.get_by_role("radio", checked=True)).to_have_text("Sweep", timeout=PATIENCE)


def test_places_on_a_page_do_not_fill_the_history(page, url):
    open_page(page, url, "Pixels and channels")
    settle(page)
    before = history_length(page)
    for kind in ("words", "term"):
        link = page.locator(f"a[href^='#{kind}-']").first
        link.click()
        expect(page).to_have_url(re.compile(f"#{kind}-"))
    assert history_length(page) == before
    expect(link).to_be_focused()  # so that its meaning shows


def test_a_blocked_connection_is_said(page, url):
    Line(page, is_cut=True)
    page.goto(url)
    expect(page.get_by_role("alert").filter(has_text="does not reach its server")).to_be_visible()


def test_a_drawing_made_without_a_connection_is_read_when_it_is_back(page, url):
    line = Line(page)
    open_page(page, url, "Draw")
    settle(page)
    line.cut()
    draw_a_one(page)
    lost = page.get_by_role("alert").filter(has_text="The connection to the server is lost")
    expect(lost).to_be_visible()
    line.is_cut = False
    reads(page, 1)
    expect(lost).to_have_count(0)


def test_a_translated_page_shows_the_next_pages_words(page, url):
    open_page(page, url, "Home")
    for title in ("Pixels and channels", "Learning", "Experiments", "Draw"):
        settle(page)
        page.evaluate(TRANSLATE)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^x"))
        page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[title], timeout=PATIENCE)
    expect(page.get_by_text("NotFoundError")).to_have_count(0)
