"""What one has made is not lost: a reload, a server that starts again, another tab; and what is kept can be emptied."""

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.visitor import (
    PATIENCE,
    at_rest,
    button,
    choose_preset,
    draw,
    draw_a_one,
    go_to,
    ink,
    open_page,
    reads,
    wait_for_ink,
    wait_for_page,
)


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    return start_server("app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))} | NO_ENGINE)


def kept(page: Page, storage: str = "localStorage") -> dict[str, str]:
    entries = page.evaluate(f"Object.entries({storage}).filter(([name]) => name.startsWith('cnnlab/'))")
    return {name.removeprefix("cnnlab/"): text for name, text in entries}


def reload(page: Page, title: str) -> None:
    page.reload()
    wait_for_page(page, title)
    at_rest(page)


def press(page: Page, name: str) -> None:
    """Press Undo or Redo of Build."""
    page.locator(f".st-key-{name} button").first.click()
    at_rest(page)


def parameters(page: Page, number: str) -> None:
    """Wait until the network on Build has so many parameters."""
    expect(page.get_by_text(re.compile(rf"\b{number}\b")).first).to_be_visible(timeout=PATIENCE)


def test_a_reload_brings_the_draft_with_its_history_the_drawing_answers_and_views(page, server):
    open_page(page, server.url, "Build")
    choose_preset(page, "LeNet-5")
    parameters(page, "61,706")
    choose_preset(page, "Tiny")
    at_rest(page)
    reload(page, "Build")
    press(page, "Undo")
    parameters(page, "61,706")
    reload(page, "Build")
    press(page, "Redo")
    expect(page.get_by_text("61,706")).to_have_count(0)

    go_to(page, "Draw")
    draw_a_one(page)
    reads(page, 1)
    draw(page, (60, 120), (220, 120))
    at_rest(page)
    page.get_by_role("radio", name="Step by step").click()
    expect(page.get_by_text("Centre of mass")).to_be_visible(timeout=PATIENCE)
    at_rest(page)
    both = ink(page)
    reload(page, "Draw")
    wait_for_ink(page, both)
    expect(page.get_by_text("Centre of mass")).to_be_visible(timeout=PATIENCE)
    button(page, "Undo").filter(has_text="Undo").click()
    at_rest(page)
    assert 0 < ink(page) < 0.8 * both
    reads(page, 1)

    go_to(page, "Pixels and channels")
    button(page, "Show me").first.click()
    expect(page.get_by_text("1 of 3 predictions answered")).to_be_visible(timeout=PATIENCE)
    at_rest(page)
    reload(page, "Pixels and channels")
    expect(page.get_by_text("1 of 3 predictions answered")).to_be_visible()
    expect(page.get_by_text("Shown It is")).to_be_visible()


def test_an_address_wins_and_what_was_kept_can_be_gone_back_to(page, server):
    open_page(page, server.url, "Build")
    choose_preset(page, "LeNet-5")
    parameters(page, "61,706")
    at_rest(page)
    lenet = page.url
    choose_preset(page, "Tiny")
    at_rest(page)
    tiny = page.url
    assert tiny != lenet
    page.goto(lenet)
    wait_for_page(page, "Build")
    parameters(page, "61,706")
    assert page.url == lenet
    press(page, "Undo")
    assert page.url == tiny


def test_each_tab_goes_on_with_its_own_and_a_new_one_begins_with_the_newest(page, context, server):
    open_page(page, server.url, "Build")
    choose_preset(page, "LeNet-5")
    parameters(page, "61,706")
    go_to(page, "Pixels and channels")
    button(page, "Show me").first.click()
    expect(page.get_by_text("1 of 3")).to_be_visible(timeout=PATIENCE)
    at_rest(page)
    other = context.new_page()
    open_page(other, server.url, "Build")
    parameters(other, "61,706")
    choose_preset(other, "Tiny")
    at_rest(other)
    assert kept(other)["draft"] == kept(other, "sessionStorage")["draft"] != kept(page, "sessionStorage")["draft"]
    go_to(page, "Build")
    page.goto(f"{server.url}/build")  # no network in the address
    wait_for_page(page, "Build")
    parameters(page, "61,706")
    third = context.new_page()
    open_page(third, server.url, "Pixels and channels")
    expect(third.get_by_text("1 of 3")).to_be_visible(timeout=PATIENCE)
    at_rest(third)
    assert kept(third, "sessionStorage")["draft"] == kept(other)["draft"]
    for tab in (other, third):
        tab.close()


def test_what_is_kept_is_shown_in_words_and_emptied(page, server):
    open_page(page, server.url, "Home")
    draw_a_one(page)
    reads(page, 1)
    at_rest(page)
    key = kept(page)["key"]
    reload(page, "Home")
    reads(page, 1)
    assert kept(page)["key"] == key
    page.get_by_text("What this browser keeps").click()
    expect(page.get_by_text("you find your drawings")).to_be_visible()
    at_rest(page)  # while it opens, what is pressed moves away between press and release
    button(page, "Empty it and begin anew").click()
    wait_for_ink(page, 0)
    at_rest(page)
    for storage in ("localStorage", "sessionStorage"):
        assert kept(page, storage)["key"] != key
        assert "canvas/drawing" not in kept(page, storage)
    reload(page, "Home")
    assert ink(page) == 0


def test_foreign_parts_are_dropped_and_a_full_browser_says_so(page, server):
    open_page(page, server.url, "Home")
    page.evaluate("""() => {
        for (const name of ["draft", "canvas/drawing", "answer/x", "choice/sheet-kind", "test_index"])
            sessionStorage.setItem(`cnnlab/${name}`, "[![x](http://127.0.0.1:9/x.png)");
    }""")
    reload(page, "Home")
    assert set(kept(page, "sessionStorage")) == {"key"}
    page.evaluate("""() => {
        let text = "x".repeat(1e6);
        for (let k = 0; text; k++) try { localStorage.setItem(`full${k}`, text); } catch { text = text.slice(text.length / 2 + 1); }
    }""")
    draw_a_one(page)
    expect(page.get_by_text("This browser has no room left")).to_be_visible(timeout=PATIENCE)
    reads(page, 1)


def test_nothing_is_asked_but_at_the_start(page, server):
    """A first visit asks nothing of the server for being kept; a reload asks once."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    open_page(page, server.url, "Pixels and channels")
    at_rest(page)
    assert len(sent) == 1
    for title in ("Pooling", "Build"):
        sent.clear()
        go_to(page, title)
        at_rest(page)
        assert len(sent) == 1
    sent.clear()
    reload(page, "Build")
    assert len(sent) == 2


def test_a_server_that_starts_again_finds_everything_in_an_open_tab(page, start_server, tmp_path):
    env = {"CNNLAB_RUNS": str(tmp_path)} | NO_ENGINE
    server = start_server("app.py", env)
    open_page(page, server.url, "Build")
    choose_preset(page, "LeNet-5")
    parameters(page, "61,706")
    go_to(page, "Draw")
    draw_a_one(page)
    reads(page, 1)
    at_rest(page)
    drawn = ink(page)
    os.kill(server.pid, signal.SIGKILL)
    start_server("app.py", env, port=int(server.url.rsplit(":")[-1]))
    button(page, "Undo").filter(has_text="Undo").wait_for(timeout=PATIENCE)
    at_rest(page)
    wait_for_ink(page, drawn)
    reads(page, 1)
    go_to(page, "Build")
    parameters(page, "61,706")
    press(page, "Undo")
    expect(page.get_by_text("61,706")).to_have_count(0)


def test_no_page_has_raised(server):
    log = server.log.read_text(errors="replace")
    assert [part for part in ("pages", "ui") if f"{ROOT / part}/" in log] == []
