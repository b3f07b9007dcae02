"""A fresh server, whose very first request is a deep link: Streamlit begins in another mode beside a folder `pages`."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NO_ENGINE, ROOT
from tests.browser.visitor import PAGES, TITLES, wait_for_page

ELSEWHERE = Path(ROOT.anchor)


def open_first(page, start_server, tmp_path, title, cwd):
    """Start a server and open one of its pages, before anybody asked it for anything else."""
    server = start_server(ROOT / "app.py", {"CNNLAB_RUNS": str(tmp_path), "PYTHONPATH": ""} | NO_ENGINE, cwd)
    page.goto(f"{server.url}/{PAGES[title]}?seen=1")
    wait_for_page(page, title)
    return server


@pytest.mark.parametrize("cwd", [ROOT, ELSEWHERE], ids=["here", "elsewhere"])
@pytest.mark.parametrize("title", PAGES)
def test_a_deep_link_may_be_a_fresh_servers_first_request(page, start_server, tmp_path, title, cwd):
    server = open_first(page, start_server, tmp_path, title, cwd)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLES[title])
    links = page.get_by_test_id("stSidebarNavLink")
    expect(links).to_have_count(len(PAGES))
    assert [link.inner_text().split("\n")[-1].strip() for link in links.all()] == list(PAGES)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert re.search(rf"/{PAGES[title]}\?(.*&)?seen=1(&|$)", page.url), page.url
    assert [part for part in ("app.py", "pages/", "ui/") if f'File "{ROOT / part}' in server.log.read_text()] == []
    os.kill(server.pid, signal.SIGTERM)  # 28 of them at a time would be too many


def test_a_server_started_elsewhere_looks_as_it_should(page, start_server, tmp_path):
    """The theme, the icon and the style are those of the project, whatever the current folder is."""
    open_first(page, start_server, tmp_path, "Train", ELSEWHERE)
    button = page.get_by_role("button", name="Train", exact=True)
    expect(button).to_have_css("background-color", "rgb(47, 91, 216)")
