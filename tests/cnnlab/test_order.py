"""Imports point down: pages -> ui -> cnnlab, and inside cnnlab from each package only to those before it."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ORDER = [
    "words",
    "limits",
    "nn",
    "experiment",
    "presets",
    "mnist",
    "digits",
    "design",
    "training",
    "runs",
    "engine",
    "evaluation",
    "studies",
    "doctor",
    "explain",
    "report",
    "lessons",
    "starter",
]
RINGS = {"cnnlab": {"cnnlab"}, "ui": {"cnnlab", "ui"}, "pages": {"cnnlab", "ui", "pages"}}


def imports(folder: str) -> list[tuple[Path, str]]:
    """Every module below a folder, relative to the root, and each of this project's names that it imports."""
    return [
        (path.relative_to(ROOT), f"{node.module}.{name.name}")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in RINGS
        for name in node.names
    ]


def test_imports_point_down_from_ring_to_ring():
    assert [
        (ring, *found) for ring, may in RINGS.items() for found in imports(ring) if found[1].split(".")[0] not in may
    ] == []


def test_a_page_imports_no_other_pages_sections():
    assert [
        (path, name)
        for path, name in imports("pages")
        if name.startswith("pages.parts.") and name.split(".")[2] not in (path.stem, path.parent.name)
    ] == []


def test_the_packages_of_cnnlab_stand_in_one_order():
    found = [(path, path.parts[1].removesuffix(".py"), name.split(".")[1]) for path, name in imports("cnnlab")]
    assert {place for _, place, _ in found} <= {*ORDER, "__init__"}
    assert [
        (str(path), name)
        for path, place, name in found
        if name in ORDER and place in ORDER and ORDER.index(name) > ORDER.index(place)
    ] == []


def test_the_json_that_is_written_never_holds_nan():
    calls = [
        (path.relative_to(ROOT), node.lineno, {keyword.arg for keyword in node.keywords})
        for ring in RINGS
        for path in (ROOT / ring).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("json.dumps", "json.dump")
    ]
    assert calls
    assert [(str(path), line) for path, line, given in calls if "allow_nan" not in given] == []


def test_the_core_loads_neither_streamlit_nor_tensorflow():
    code = """
import importlib, pkgutil, sys
import cnnlab
trains = {"cnnlab.training.keras_models", "cnnlab.training.loop"}
names = {m.name for m in pkgutil.walk_packages(cnnlab.__path__, "cnnlab.")}
assert {*trains, "cnnlab.nn.network", "cnnlab.engine.engine", "cnnlab.starter"} <= names, names
for name in names - trains:
    importlib.import_module(name)
assert not {"streamlit", "tensorflow", "keras"} & set(sys.modules), set(sys.modules) & {"streamlit", "tensorflow", "keras"}
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
