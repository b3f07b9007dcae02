"""Browser components of our own: plain HTML, CSS and JavaScript, mounted by Streamlit without a build step.

Arrays travel down as base64 of their bytes, because JSON knows neither NaN nor float32. A component keeps its
DOM node for as long as its key stays on the page, and is called again with every change of its data.
"""

import base64
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from ui import colours

MOUNT = (Path(__file__).parent / "mount.js").read_text(encoding="utf-8")


def define(folder: Path, *shared: str) -> ComponentRenderer:
    """Register the component whose `component.html`, `.css` and `.js` stand in `folder`.

    `shared` names scripts beside this one that come before its own ("stages.js"). A script without an export of its own
    has `createView(root)`, which returns `update(data, tell)` and, where there is something to undo, `remove()`:
    `mount.js` makes a view for each DOM node and keeps it up to date.
    """
    html, css, js = ((folder / f"component.{part}").read_text(encoding="utf-8") for part in ("html", "css", "js"))
    js = "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in shared) + js
    if "export default" not in js:
        js += MOUNT
    return st.components.v2.component(f"cnnlab_{folder.name}", html=html, css=css, js=js)


def encode(array: npt.ArrayLike, dtype: str = "<f4") -> str:
    """The array's bytes in row-major order as base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode("ascii")


@cache
def colour_table(kind: colours.Kind) -> dict[str, str]:
    """The 256 colours of a scale, and on which of them black text is readable, as a component gets them."""
    table = colours.table(kind)
    dark_text = [colours.text_on("#{:02X}{:02X}{:02X}".format(*colour)) == "#000000" for colour in table]
    return {"table": encode(table, "u1"), "darkText": encode(dark_text, "u1")}


def nothing() -> None:
    """Do nothing: Streamlit asks for a callback for each state value."""
