"""Browser components of our own: plain HTML, CSS and JavaScript, mounted by Streamlit without a build step.

Arrays travel down as base64 of their bytes, because JSON knows neither NaN nor float32. A component keeps its
DOM node for as long as its key stays on the page, and is called again with every change of its data.
"""

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from ui import colours

_IMPORT = re.compile(r'^import (?:\* as )?(\{[^}]*\}|\w+) from "(\.{1,2}/\w+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:const|function) (\w+)", re.MULTILINE)


def define(place: str | Path) -> ComponentRenderer:
    """Register the component whose `component.html`, `.css` and `.js` stand beside the file `place`, or in that folder.

    The script exports `mount(createView)`: `createView(root)` is called once for each DOM node and returns
    `update(data, tell)` and, where there is something to undo, `remove()`.
    """
    folder = place if isinstance(place, Path) else Path(place).parent
    html, css = ((folder / f"component.{part}").read_text(encoding="utf-8") for part in ("html", "css"))
    return st.components.v2.component(f"cnnlab_{folder.name}", html=html, css=css, js=script(folder / "component.js"))


def script(path: Path) -> str:
    """A module's text with what it imports inside it: Streamlit takes a component's script as a single module."""

    def inline(found: re.Match[str]) -> str:
        imported = script((path.parent / found[2]).resolve())
        names = ", ".join(_EXPORT.findall(imported))
        body = re.sub(r"^export ", "", imported, flags=re.MULTILINE)
        return f"const {found[1]} = (() => {{\n{body}\nreturn {{ {names} }};\n}})();"

    text = _IMPORT.sub(inline, path.read_text(encoding="utf-8"))
    return text.replace("const ENCODED = {};", f"const ENCODED = {_tables()};") if path.name == "raster.js" else text


def encode(array: npt.ArrayLike, dtype: str = "<f4") -> str:
    """The array's bytes in row-major order as base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).tobytes()).decode("ascii")


@cache
def _tables() -> str:
    """All scales of `ui.colours` for `raster.js`: JSON, base64 of the bytes of each by its kind."""
    return json.dumps({kind: encode(colours.table(kind), "u1") for kind in get_args(colours.Kind)})


def scale_of(values: npt.ArrayLike, kind: colours.Kind | None = None, limit: float | None = None) -> dict[str, Any]:
    """A colour scale as `raster.js` gets it: a kind of `ui.colours` and the value at its top.

    By default the largest value there is, on the diverging scale where one is below zero.
    """
    with np.errstate(invalid="ignore"):
        kind = kind or ("diverging" if (np.asarray(values) < 0).any() else "sequential")
    return {"kind": kind, "limit": colours.limit_of(values, kind) if limit is None else limit}


def nothing() -> None:
    """Do nothing: Streamlit asks for a callback for each state value."""
