"""Browser components of our own: plain HTML, CSS and JavaScript, mounted by Streamlit without a build step.

A component's script is a file that the browser fetches once, so no message carries it. Streamlit serves such files for
installed packages alone, from their manifest: `define` hands it one, of a folder that is made when the server starts.
Arrays travel down as base64 of their bytes, because JSON knows neither NaN nor float32. A component is known by its
`key`: it keeps its DOM node as long as the key stays on the page, and is called again with every change of its data.
"""

import base64
import hashlib
import inspect
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ParamSpec, get_args

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from ui import colours
from ui.acts import Handlers, do, listen

P = ParamSpec("P")
FORCED_COLOURS = Path(__file__).with_name("forced_colours.css").read_text(encoding="utf-8")
"""What every component looks like in Windows' high contrast."""

_SERVED = TemporaryDirectory(prefix="cnnlab-scripts-", ignore_cleanup_errors=True)  # goes with the process

_IMPORT = re.compile(r'^import (?:\* as )?(\{[^}]*\}|\w+) from "(\.{1,2}/\w+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:const|function) (\w+)", re.MULTILINE)


def define(place: str) -> Callable[..., Any]:
    """Register the component whose `component.html`, `.css` and `.js` stand beside the file `place`.

    The script exports `mount(createView)`: `createView(root)` is called once for each DOM node and returns
    `update(data, tell)` and, where there is something to undo, `remove()`. The data that the returned function mounts
    go through `to_data`; with `acts`, what is done in it is handed to these functions, by the acts' names.
    """
    folder = Path(place).parent
    html, css = ((folder / f"component.{part}").read_text(encoding="utf-8") for part in ("html", "css"))
    css += FORCED_COLOURS
    js = script(folder / "component.js").encode()
    served = Path(_SERVED.name, f"{folder.name}-{hashlib.sha256(js).hexdigest()[:12]}.js")  # new script, new name
    manifest = ComponentManifest("cnnlab", "", [ComponentConfig(folder.name, ".")])
    name = f"cnnlab.{folder.name}"

    def mount(*, key: str, data: Mapping[str, object], acts: Handlers | None = None, **options: Any) -> Any:
        if not served.exists():  # now, or after somebody has tidied the temporary folder
            served.parent.mkdir(exist_ok=True)
            served.write_bytes(js)
        manager = get_bidi_component_manager()
        if manager.get_component_asset_root(name) is None:  # each server, and each AppTest, has a manager of its own
            manager.register_from_manifest(manifest, served.parent)
        if acts is not None:
            data, options["on_acts_change"] = {**data, "acts": listen(key, acts)}, do
        show = st.components.v2.component(name, html=html, css=css, js=served.name)
        return show(key=key, data=to_data(data), **options)

    return mount


def component(place: str) -> Callable[[Callable[P, Mapping[str, object] | None]], Callable[P, None]]:
    """`define`, for a function whose arguments, by their names, and whatever else it returns are the data."""

    def decorate(function: Callable[P, Mapping[str, object] | None]) -> Callable[P, None]:
        mount, signature = define(place), inspect.signature(function)

        @wraps(function)
        def show(*args: P.args, **options: P.kwargs) -> None:
            given = signature.bind(*args, **options)
            given.apply_defaults()
            key = given.arguments.pop("key")
            mount(key=key, data=_by_js_name(given.arguments) | dict(function(*args, **options) or {}))

        return show

    return decorate


def to_data(value: Any) -> Any:
    """A value as a component gets it.

    An array becomes base64 of float32, int32 or, for bytes and booleans, uint8; a dataclass an object of its fields; a
    number that JSON does not know, NaN or infinity, None.
    """
    if isinstance(value, np.ndarray):
        return encode(value, "u1" if value.dtype.itemsize == 1 else {"f": "<f4"}.get(value.dtype.kind, "<i4"))
    if isinstance(value, np.generic):
        return to_data(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if is_dataclass(value):
        return to_data(_by_js_name(vars(value)))
    if isinstance(value, Mapping):
        return {name: to_data(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_data(part) for part in value]
    return value


def _by_js_name(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names as JavaScript writes them: `is_live` as `isLive`."""
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name): value for name, value in values.items()}


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
    return json.dumps({kind: encode(colours.table(kind), "u1") for kind in get_args(colours.Kind)}, allow_nan=False)


def scale_of(values: npt.ArrayLike, kind: colours.Kind | None = None, limit: float | None = None) -> dict[str, Any]:
    """A colour scale as `raster.js` gets it: a kind of `ui.colours` and the value at its top.

    By default the largest value there is, on the diverging scale where one is below zero.
    """
    with np.errstate(invalid="ignore"):
        kind = kind or ("diverging" if (np.asarray(values) < 0).any() else "sequential")
    return {"kind": kind, "limit": colours.limit_of(values, kind) if limit is None else limit}


def nothing() -> None:
    """Do nothing: Streamlit asks for a callback for each state value."""
