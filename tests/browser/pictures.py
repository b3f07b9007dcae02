"""The README's screenshots: `make pictures`, or `python -m tests.browser.pictures`.

A server of its own on an empty runs folder, a visitor with a mouse, a real training run. What is in `docs/pictures`
afterwards is what the pages look like now. Takes about two minutes.
"""

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cnnlab.strokes import SHAPES, smooth
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS, ROOT, free_port, wait_until_healthy

FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
MOST_COLOURS = 256
TRAINING_SECONDS = 600
CANVAS = "canvas.upper-canvas"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start the app with its runs in `folder`; give its address."""
    port, log = free_port(), folder / "log.txt"
    options = [f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env={**os.environ, "CNNLAB_RUNS": str(folder / "runs")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def settle(page: Page) -> None:
    """Wait until Streamlit has nothing left to do, and the browser has drawn it."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
    page.wait_for_timeout(1_500)


def shoot(page: Page, name: str, *, top: str | None = None) -> None:
    """Keep what the window shows as `name`.png, scrolled so that the heading `top` comes first."""
    if top:
        page.get_by_role("heading", name=top).evaluate("heading => heading.scrollIntoView({block: 'start'})")
    page.mouse.move(SIZE["width"] - 2, SIZE["height"] - 2)  # nothing is hovered
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(MOST_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.png"
    few.save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1024:.0f} KB", flush=True)  # noqa: T201


def go(page: Page, name: str) -> None:
    """Follow the menu to a page."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    page.get_by_role("heading", level=1, name=name).wait_for()
    settle(page)


def draw(page: Page, digit: int, shape: int = 0, *, size: float = 0.62, left: float = 0.28, top: float = 0.18) -> None:
    """Draw a digit with the mouse; size and place are parts of the canvas's side."""
    canvas = page.locator(CANVAS)
    canvas.wait_for()
    settle(page)
    box = canvas.bounding_box()
    assert box
    side = box["width"]
    for stroke in SHAPES[digit][shape]:
        points = smooth(np.array([point.split(",") for point in stroke.split()], np.float64) / 100)
        x, y = (points * side * size + [box["x"] + side * left, box["y"] + side * top]).T
        page.mouse.move(x[0], y[0])
        page.mouse.down()
        for place in zip(x[1:], y[1:], strict=True):
            page.mouse.move(*place)
        page.mouse.up()
        settle(page)


def tour(browser: Browser, url: str) -> str:
    """Go the whole way as a visitor does, light; return the address of the run."""
    page = browser.new_page(viewport=SIZE, color_scheme="light")
    page.goto(url)
    draw(page, 4)
    shoot(page, "home")

    go(page, "Build")
    shoot(page, "build")

    go(page, "Train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Test accuracy").first).to_be_visible(timeout=TRAINING_SECONDS * 1_000)
    shoot(page, "train")
    address = page.url

    go(page, "Look inside")
    shoot(page, "look_inside")

    go(page, "Draw")
    shoot(page, "draw")
    page.close()
    return address


def dark(browser: Browser, address: str) -> None:
    """The same run for a visitor who prefers dark."""
    page = browser.new_page(viewport=SIZE, color_scheme="dark")
    page.goto(address)
    page.get_by_text("Test accuracy").first.wait_for()
    shoot(page, "train_dark")
    page.close()


def main() -> None:
    """Make every picture."""
    if not CHROMIUM.exists():
        sys.exit(f"no browser at {CHROMIUM}: install Chromium, or set CNNLAB_CHROMIUM to its path")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        server(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        dark(browser, tour(browser, url))
        browser.close()


if __name__ == "__main__":
    main()
