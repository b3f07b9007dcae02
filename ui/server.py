"""The server: Streamlit's, but that its HTML begins with the scripts of `ui/browser`.

They are there before Streamlit's own script and before there is a connection, whatever becomes of both.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.cli_util import open_browser
from streamlit.file_util import get_static_dir
from streamlit.web.server.server_util import get_display_address, get_url

UI = Path(__file__).parent
SOON = 0.5  # seconds: by then the server answers


def routes() -> list[Route]:
    """The addresses of all pages, each with this HTML."""
    scripts = [path.read_text(encoding="utf-8") for path in sorted((UI / "browser").glob("*.js"))]
    head = "<head>" + "".join(f'<script type="module">\n{script}</script>' for script in scripts)
    html = Path(get_static_dir(), "index.html").read_text(encoding="utf-8").replace("<head>", head, 1)

    def page(request: Request) -> HTMLResponse:
        del request
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    base = "/".join(["", *filter(None, st.get_option("server.baseUrlPath").split("/"))])
    names = ["", *(path.stem for path in (UI.parent / "pages").glob("[!_]*.py"))]
    return [Route(f"{base}/{name}", page) for name in names]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncGenerator[None]:
    """Open the browser, which `streamlit run` leaves to an app that is a server itself.

    What was imported stays: Python's garbage collector need not look through it again for every visitor.
    """
    del app
    gc.collect()
    gc.freeze()
    if not st.get_option("server.headless"):
        address = st.get_option("server.address") or st.get_option("browser.serverAddress")
        asyncio.get_running_loop().call_later(SOON, open_browser, get_url(get_display_address(address)))
    yield
