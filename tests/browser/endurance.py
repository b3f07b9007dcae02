"""A visitor who never rests, on a slow line: does the page stay alive?

`python -m tests.browser.endurance clicks 30` draws, takes back, clears and changes pages at random for 30 minutes;
`python -m tests.browser.endurance runs 300` watches 300 runs to their end;
`python -m tests.browser.endurance acts 10` adds layers, draws, goes on batch by batch and takes back, and counts: what
the server has done is what was done in the browser;
`python -m tests.browser.endurance starts 200` starts a server 200 times, and presses a preset as soon as there is one:
the cards are those of its layers. A seed may follow. Prints what was done.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.presets import PRESETS
from tests.browser import visitor
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.browser.pictures import server

LATE = """window.WebSocket = class extends WebSocket {
    addEventListener(type, listener, options) {
        const later = (event) => setTimeout(() => listener(event), 400);
        super.addEventListener(type, type === "message" ? later : listener, options);
    }
};"""
"""Each message of the server travels 400 ms."""
SHORT = Experiment(
    PRESETS["Tiny"].architecture, DataSettings(train_size=400, validation_size=100), TrainingSettings(epochs=1)
)


LONG = replace(SHORT, data=DataSettings(), training=TrainingSettings(epochs=30))


def check(page: Page) -> None:
    """Raises SystemExit where the page is dead."""
    for words in ("ForwardMsg MISS", "Bad message format"):
        if page.get_by_text(words).count():
            sys.exit(f"dead: {words}")


def clicks(page: Page, minutes: float) -> Counter[str]:
    """Do something at random, wait a random moment, and again."""

    def stroke() -> None:
        box = page.locator("canvas.upper-canvas").first.bounding_box(timeout=500)
        if box is not None:
            page.mouse.move(box["x"] + random.uniform(20, 260), box["y"] + random.uniform(20, 260))
            page.mouse.down()
            page.mouse.move(box["x"] + random.uniform(20, 260), box["y"] + random.uniform(20, 260), steps=4)
            page.mouse.up()

    def is_on_draw() -> bool:
        return "/draw" in page.url

    def press(name: str) -> None:
        visitor.button(page, name).first.click(timeout=500)

    def change_page() -> None:
        title = random.choice([*visitor.PAGES]) if is_on_draw() else "Draw"
        page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click(timeout=20_000)

    acts = {
        "stroke": (5, stroke),
        "Undo": (3, lambda: press("Undo")),
        "Clear": (1, lambda: press("Clear")),
        "page": (1, change_page),
        "back": (0.3, lambda: page.evaluate("history.back()")),
    }
    done, end = Counter[str](), time.monotonic() + 60 * minutes
    visitor.go_to(page, "Draw")
    while time.monotonic() < end:
        weights = [weight for weight, _ in acts.values()] if is_on_draw() else [0, 0, 0, 9, 1]
        name = random.choices([*acts], weights)[0]
        try:
            acts[name][1]()
            done[name] += 1
        except TooLate:
            done["not there"] += 1
        page.wait_for_timeout(random.choice([50, 50, 200, 600, 1_500]))
        check(page)
    return done


def runs(page: Page, count: float) -> Counter[str]:
    """Train so many short runs one after the other and watch each to its end."""
    done = Counter[str]()
    for _ in range(int(count)):
        page.goto(f"{page.url.split('/train')[0].rstrip('/')}/train?experiment={SHORT.to_url()}") if not done else None
        visitor.button(page, "Train").click(timeout=10 * visitor.PATIENCE)
        expect(page.get_by_text("Finished").first).to_have_count(0, timeout=visitor.PATIENCE)
        expect(page.get_by_text("Finished").first).to_be_visible(timeout=10 * visitor.PATIENCE)
        check(page)
        done["run"] += 1
    return done


def acts(page: Page, minutes: float) -> Counter[str]:
    """Do several things quickly, wait until they are answered, and compare; on another page, again.

    Raises AssertionError where something was lost, done twice, or is still shown as it was.
    """
    done, end = Counter[str](), time.monotonic() + 60 * minutes
    page.goto(f"{page.url.rstrip('/')}/train?experiment={LONG.to_url()}")
    visitor.button(page, "Train").click(timeout=10 * visitor.PATIENCE)
    visitor.wait_for_steps(page, 1)
    visitor.button(page, "Pause").click()
    visitor.go_to(page, "Build")
    visitor.choose_preset(page, "Tiny")
    layers, taken_back = [["Conv2D", "MaxPooling2D", "Flatten", "Dense"]], list[list[str]]()
    rounds = {
        "Build": partial(build, page, layers, taken_back),
        "Draw": partial(strokes, page),
        "Train": partial(batches, page),
    }
    while time.monotonic() < end:
        title = random.choice([*rounds])
        visitor.go_to(page, title)
        if title != "Train":  # which ticks while a run lives, and is never at rest on a line so slow
            at_rest(page)
        done += rounds[title]()
        done["round"] += 1
        check(page)
    return done


def at_rest(page: Page) -> None:
    """Wait until the page rests, and rests still when what was on its way in either direction has come."""
    visitor.at_rest(page)
    page.wait_for_timeout(1_000)
    visitor.at_rest(page)


def pause(page: Page) -> None:
    page.wait_for_timeout(random.choice([0, 20, 100, 300, 900]))


def build(page: Page, layers: list[list[str]], taken_back: list[list[str]]) -> Counter[str]:
    """Add layers, take them back, and do it again; `layers` are those after each edit."""
    done, palette = Counter[str](), page.get_by_role("group", name="Add a layer")
    for _ in range(random.randrange(1, 8)):
        act = random.choice(["add", "add", "Undo", "Redo"]) if len(layers[-1]) < 12 else "Undo"
        if act == "add":
            kind = random.choice(["Dropout", "BatchNormalization", "Flatten"])
            palette.get_by_role("button", name=kind, exact=True).click()
            layers.append([*layers[-1], kind])
            taken_back.clear()
        elif act == "Undo" and len(layers) > 1:
            page.keyboard.press("Control+z")
            taken_back.append(layers.pop())
        elif act == "Redo":
            page.keyboard.press("Control+Shift+z")
            if taken_back:
                layers.append(taken_back.pop())
        done[act] += 1
        pause(page)
    at_rest(page)
    names = page.locator("ol li button .name").all_inner_texts()
    shown, expected = Counter(name.removeprefix("⚠ ") for name in names), Counter(["Input", *layers[-1]])
    assert shown == expected, f"{shown} and not {expected} after {done}"
    return done


def strokes(page: Page) -> Counter[str]:
    """Draw, and take as much back as was drawn, not more: the first press too many finds the button grey."""
    if visitor.button(page, "Clear").first.is_enabled():
        visitor.button(page, "Clear").first.click()
        at_rest(page)
    count = random.randrange(1, 5)
    for number in range(count):
        visitor.draw(page, (60 + 50 * number, 60), (60 + 50 * number, 220))
        pause(page)
    at_rest(page)
    for _ in range(count - 1):
        visitor.button(page, "Undo").first.click()
        pause(page)
    at_rest(page)
    assert visitor.ink(page) > 0, f"nothing is left of {count} strokes after {count - 1} times Undo"
    visitor.button(page, "Undo").first.click()
    at_rest(page)
    assert visitor.ink(page) == 0, f"something is left of {count} strokes after {count} times Undo"
    return Counter({"stroke": count, "Undo of a stroke": count})


def batches(page: Page) -> Counter[str]:
    """Go on with a paused run, batch by batch."""
    expect(visitor.button(page, "One batch")).to_be_enabled(timeout=visitor.PATIENCE)
    before, count = visitor.steps(page), random.randrange(1, 7)
    for _ in range(count):
        visitor.button(page, "One batch").click()
        pause(page)
    deadline = time.monotonic() + visitor.PATIENCE / 1000
    while visitor.steps(page) < before + count and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    page.wait_for_timeout(2_000)
    assert visitor.steps(page) == before + count, f"{visitor.steps(page) - before} batches and not {count}"
    return Counter({"batch": count})


def starts(count: int) -> None:
    """Begin on a server that has just started, and press a preset at once.

    Raises AssertionError where the page says one thing and its cards another.
    """
    for number in range(1, count + 1):
        with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url, sync_playwright() as playwright:
            page = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS).new_page()
            page.add_init_script(path=Path(__file__).parent / "rest.js")
            page.goto(f"{url}/build")
            page.wait_for_selector("[role=radiogroup]", timeout=visitor.PATIENCE)
            page.wait_for_timeout(random.choice([0, 0, 20, 100, 300]))
            visitor.choose_preset(page, "Tiny")
            expect(page.get_by_text("1,554 parameters")).to_be_visible(timeout=visitor.PATIENCE)
            at_rest(page)
            names = page.locator("ol li button .name").all_inner_texts()
            assert names == ["Input", "Conv2D", "MaxPooling2D", "Flatten", "Dense"], f"torn at start {number}: {names}"
    print(f"{count} starts, none torn")  # noqa: T201


def memory() -> int:
    """Of the server itself, without its engine, in MB."""
    servers = [child for child in psutil.Process().children() if "streamlit" in child.cmdline()]
    return sum(child.memory_info().rss for child in servers) // 2**20


def main(what: str, amount: float, seed: int) -> None:
    """Visit a server of its own."""
    print(f"{what} {amount:g}, seed {seed}", flush=True)  # noqa: T201
    random.seed(seed)
    if what == "starts":
        return starts(int(amount))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS).new_page()
        page.add_init_script(LATE)
        page.add_init_script(path=Path(__file__).parent / "rest.js")
        page.goto(url)
        visitor.wait_for_page(page, "Home")
        began, before = time.monotonic(), memory()
        try:
            done = {"clicks": clicks, "runs": runs, "acts": acts}[what](page, amount)
            print(f"alive: {dict(done)}")  # noqa: T201
        finally:
            print(f"after {time.monotonic() - began:.0f} s; the server's memory {before} -> {memory()} MB")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1_000_000))
