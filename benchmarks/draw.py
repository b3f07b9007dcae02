"""From pen up to the new answer on the screen, on the Draw page against the smallest app with a canvas and a text.

Both are served by Streamlit and drawn on in the same browser, in turns, with the same strokes. The canvas itself waits
200 ms after the last stroke before it tells anybody; on Draw it is made to tell it at once. The second line is against
an app that would not wait either.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks import Row, in_turns

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CNNLAB_CHROMIUM", "/usr/bin/chromium")
STROKES = 30
CANVAS_WAITS = 200
SMALLEST = """
import streamlit as st
from streamlit_drawable_canvas import st_canvas

drawn = st_canvas(stroke_width=20, stroke_color="#FFFFFF", background_color="#000000", width=280, height=280,
                  return_image_data=True, key="canvas")
st.text("nothing" if drawn.image_data is None else f"{drawn.image_data.sum():,}")
"""
# What is on the screen is read at every frame; the exact probabilities stand in the bars' titles. Only the one list of
# bars is looked at, found by way of its component: to go through the whole page at every frame would take its time.
CLOCK = """async () => {
    const roots = [document, ...[...document.querySelectorAll("*")].map((node) => node.shadowRoot).filter(Boolean)];
    const root = roots.find((one) => one.querySelector("li[title]")) ?? document;
    const answer = () => [...root.querySelectorAll("li[title], [data-testid=stText]")];
    const shown = () => answer().map((node) => node.title || node.textContent).join();
    const frame = () => new Promise(requestAnimationFrame);
    const before = shown();
    const up = await new Promise((resolve) => {
        addEventListener("mouseup", () => resolve(performance.now()), { once: true, capture: true });
    });
    while (shown() === before) {
        if (performance.now() - up > 20_000) throw new Error("nothing has changed on the screen");
        await frame();
    }
    return performance.now() - up;
}"""


def rows() -> Iterator[Row]:
    """The median of 30 strokes."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        smallest = Path(folder) / "smallest.py"
        smallest.write_text(SMALLEST)
        urls = [stack.enter_context(served(app, folder)) for app in ("app.py", str(smallest))]
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        pages = [opened(browser.new_page(), url) for url in (f"{urls[0]}/draw", urls[1])]
        draw, least = in_turns(*(stroke(page) for page in pages), rounds=STROKES)
        browser.close()
    yield Row("Draw: pen up to the new bars", draw, "one canvas and one text", least)
    yield Row("the same", draw, "the same without the canvas's wait", least - CANVAS_WAITS)


@contextmanager
def served(app: str, folder: str) -> Iterator[str]:
    """Serve an app on a free port for as long as the block lasts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.headless=true", f"--server.port={port}"]
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "CNNLAB_RUNS": folder},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()  # noqa: S310 - our own
                break
            except (URLError, OSError):
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


def opened(page: Page, url: str) -> Page:
    """Open a page and draw the first stroke on it."""
    page.goto(url)
    page.locator("canvas.upper-canvas").wait_for(timeout=60_000)
    page.wait_for_timeout(8_000)  # the engine's workers begin beside the page
    stroke(page)()
    return page


def stroke(page: Page) -> Callable[[], float]:
    """A function that draws a stroke, another one each time, and returns the milliseconds until something changed."""
    rng = np.random.default_rng(0)

    def draw() -> float:
        box = page.locator("canvas.upper-canvas").bounding_box()
        places = [(box["x"] + x, box["y"] + y) for x, y in rng.uniform(10, 270, (2, 2))] if box else []
        page.bring_to_front()
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        # The clock is set before the pen is lifted, and read when the new answer is there.
        page.evaluate(f"window.clock = ({CLOCK})(); undefined")
        page.mouse.up()
        milliseconds = float(page.evaluate("window.clock"))
        page.wait_for_timeout(400)  # what follows the answer, such as the layers' maps
        return milliseconds

    return draw
