"""A real server and a real browser.

`start_server(script)` starts Streamlit as a process of its own; `page` is a fresh page of a headless Chromium.
Without a browser these tests are skipped, but in CI (`CI` set) they fail.
"""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SHELL = Path("/usr/bin/chromium-headless-shell")
"""Chromium without windows, which take a third of its time even when nobody sees them."""
CHROMIUM = Path(os.environ.get("CNNLAB_CHROMIUM") or (SHELL if SHELL.exists() else "/usr/bin/chromium"))
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REST = Path(__file__).with_name("rest.js")
"""What `visitor.at_rest` asks; in every page."""
FABRIC = "Cannot read properties of undefined (reading 'clearRect')"
"""The drawing canvas's library draws once more after its canvas has gone; nothing is to be seen of it."""
STARTUP_SECONDS = 60
NO_ENGINE = {"CNNLAB_SCHEDULER": "tcp://127.0.0.1:9"}
"""For a server whose pages compute everything themselves: nobody answers there, so no TensorFlow is loaded."""
expect.set_options(timeout=30_000)  # a machine that trains, and is shared, can be slow


@dataclass(frozen=True)
class Server:
    """A running Streamlit: where it answers, its process's id, and what it has printed."""

    url: str
    pid: int
    log: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def free_port() -> int:
    """A port that nobody has, below those that the system gives to connections: it is still free a second later."""
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """`start(script, env=None, cwd=ROOT, port=None) -> Server`; all that were started are stopped at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        script: Path | str, env: dict[str, str] | None = None, cwd: Path = ROOT, port: int | None = None
    ) -> Server:
        port = port or free_port()
        log = tmp_path_factory.mktemp("server") / "log.txt"
        command = [sys.executable, "-m", "streamlit", "run", str(script)]
        options = [f"--server.port={port}", "--server.headless=true", "--server.address=127.0.0.1"]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [*command, *options, "--server.fileWatcherType=none"],
                cwd=cwd,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        started.append(server)
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, server, log)
        return Server(url, server.pid, log)

    yield start
    for server in started:
        server.terminate()
    for server in started:
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="module")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """See `servers`."""
    with servers(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app without runs and without an engine, for all tests that leave nothing behind."""
    with servers(tmp_path_factory) as start:
        yield start(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path_factory.mktemp("runs"))} | NO_ENGINE).url


@pytest.fixture(scope="module")
def start_app(start_server: Callable[..., Server]) -> Callable[..., str]:
    """`start_app(script, env=None) -> url`, for tests that need no more of a server."""
    return lambda script, env=None: start_server(script, env).url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a module at a time, because Playwright's event loop would be in the way of other tests."""
    if not CHROMIUM.exists():
        message = f"no browser at {CHROMIUM}: install Chromium, or set CNNLAB_CHROMIUM to its path"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        new_context = chromium.new_context

        def watched(**options: Any) -> BrowserContext:
            context = new_context(**options)
            context.add_init_script(path=REST)
            return context

        chromium.new_context = watched  # type: ignore[method-assign]  # the event "context" may come too late
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What the pages of a module share: the scripts of Streamlit's own that were loaded once, and nothing else."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A fresh page of 1280 x 800; an error in the page's own scripts fails the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear()")
    context.clear_cookies()
    page.close()
    assert [error for error in errors if FABRIC not in error] == []
