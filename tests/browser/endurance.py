"""A visitor who never rests, on a slow line: does the page stay alive?

`python -m tests.browser.endurance clicks 30` draws, takes back, clears and changes pages at random for 30 minutes;
`python -m tests.browser.endurance runs 300` watches 300 runs to their end. A seed may follow. Prints what was done.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

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


def main(what: str, amount: float, seed: int) -> None:
    """Visit a server of its own."""
    print(f"{what} {amount:g}, seed {seed}", flush=True)  # noqa: T201
    random.seed(seed)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as url, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS).new_page()
        page.add_init_script(LATE)
        page.goto(url)
        visitor.wait_for_page(page, "Home")
        began = time.monotonic()
        try:
            done = {"clicks": clicks, "runs": runs}[what](page, amount)
            print(f"alive: {dict(done)}")  # noqa: T201
        finally:
            print(f"after {time.monotonic() - began:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1_000_000))
