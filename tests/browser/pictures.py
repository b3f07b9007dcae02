"""The README's screenshots: `make pictures`, or `python -m tests.browser.pictures`.

A server of its own on an empty runs folder, a visitor with a mouse, a real training run. What is in `docs/pictures`
afterwards is what the pages look like now. Takes about two minutes.
"""

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

from cnnlab.digits.strokes import SHAPES, smooth
from tests.browser import visitor
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS, ROOT, free_port, wait_until_healthy

FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
TRAINING_SECONDS = 600
FOUR_OR_NINE = ("56,0 0,50 0,62 30,64 62,52 62,0", "62,0 60,30 54,112")
"""A 4 that could be a 9, as `cnnlab.digits.strokes.SHAPES` has its digits."""


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


def shoot(page: Page, name: str) -> None:
    """Keep what the window shows as `name`.png."""
    page.mouse.move(SIZE["width"] - 2, SIZE["height"] - 2)  # nothing is hovered
    page.wait_for_timeout(2_000)  # bars and curves have come to rest
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    Image.open(file).convert("RGB").save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1024:.0f} KB", flush=True)  # noqa: T201


def draw(page: Page, strokes: tuple[str, ...], size: float, left: float, top: float) -> None:
    """Draw a digit's strokes on an empty canvas with the mouse; size and place in pixels of the canvas."""
    page.wait_for_timeout(1_500)  # a person looks first; the canvas is ready by then
    for stroke in strokes:
        points = smooth(np.array([point.split(",") for point in stroke.split()], np.float64) / 100, rounds=2)
        visitor.draw(page, *(points * size + [left, top]).tolist())
        page.wait_for_timeout(500)


def tour(browser: Browser, url: str) -> str:
    """Go the whole way as a visitor does; return the address of the run."""
    page = browser.new_page(viewport=SIZE, color_scheme="light")
    visitor.open_page(page, url, "Home")
    draw(page, FOUR_OR_NINE, size=174, left=78, top=44)
    visitor.reads(page, 4)
    shoot(page, "home")

    visitor.go_to(page, "Convolution")
    page.get_by_role("slider").first.wait_for()
    page.wait_for_timeout(2_000)
    shoot(page, "convolution")

    visitor.go_to(page, "Build")
    shoot(page, "build")

    visitor.go_to(page, "Train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Test accuracy").first).to_be_visible(timeout=TRAINING_SECONDS * 1_000)
    shoot(page, "train")
    run = visitor.run_in_address(page)

    visitor.go_to(page, "Look inside")
    shoot(page, "look_inside")
    page.close()
    return run


def small_digit(browser: Browser, url: str, run: str) -> None:
    """Another visitor draws for the network that was trained: small, and in a corner."""
    page = browser.new_page(viewport=SIZE, color_scheme="light")
    visitor.open_page(page, url, "Draw", f"run={run}")
    draw(page, SHAPES[5][0], size=105, left=185, top=155)
    visitor.reads(page, 5)
    shoot(page, "draw")
    page.close()


def dark(browser: Browser, url: str, run: str) -> None:
    """The same run for a visitor who prefers dark: what its layers make of a digit."""
    page = browser.new_page(viewport=SIZE, color_scheme="dark")
    visitor.open_page(page, url, "Look inside", f"run={run}")
    page.locator(".stage").evaluate("stage => stage.scrollIntoView()")
    shoot(page, "layers_dark")
    page.close()


def main() -> None:
    """Make every picture."""
    if not CHROMIUM.exists():
        sys.exit(f"no browser at {CHROMIUM}: install Chromium, or set CNNLAB_CHROMIUM to its path")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        server(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        run = tour(browser, url)
        small_digit(browser, url, run)
        dark(browser, url, run)
        browser.close()


if __name__ == "__main__":
    main()
