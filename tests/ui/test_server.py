"""The server's own addresses."""

import asyncio

import pytest
import streamlit as st
from starlette.requests import Request

from tests.pages.seen import PAGES
from ui import server


@pytest.mark.parametrize("base", ["", "lab", "/school/lab/"])
def test_every_page_begins_with_the_scripts_whatever_the_base(monkeypatch, base):
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": base}.get)
    routes = {route.path: route for route in server.routes()}
    prefix = f"/{base.strip('/')}/" if base else "/"
    assert set(routes) == {prefix + ("" if name == "home" else name) for name in PAGES} | {f"{prefix}home"}
    html = routes[f"{prefix}train"].endpoint(Request({"type": "http"})).body.decode()
    assert html.index("cnnlab-connection") < html.index("static/js/index")
    assert html.count('<script type="module">') == len([*(server.UI / "browser").glob("*.js")])


@pytest.mark.parametrize(
    ("options", "opened"),
    [
        ({"server.headless": True}, []),
        ({"server.headless": False, "browser.serverAddress": "localhost"}, ["http://localhost:8501"]),
        ({"server.headless": False, "server.address": "0.0.0.0"}, ["http://localhost:8501"]),
    ],
)
def test_the_browser_is_opened_where_there_is_one(monkeypatch, options, opened):
    seen = []
    monkeypatch.setattr(st, "get_option", options.get)
    monkeypatch.setattr(server, "open_browser", seen.append)
    monkeypatch.setattr(server, "SOON", 0)

    async def start() -> None:
        async with server.lifespan(None):
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    asyncio.run(start())
    assert seen == opened
