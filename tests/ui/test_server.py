"""The server's own addresses."""

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
