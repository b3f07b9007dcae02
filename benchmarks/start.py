"""Importing the app's modules in a fresh process, against Streamlit alone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Row, in_turns

ROOT = Path(__file__).parents[1]
ROUNDS = 5
# The drawing canvas can only be imported in a running app; what it needs, NumPy and Pillow, cnnlab imports too.
CLOCK = """
import sys, time, types
sys.modules["streamlit_drawable_canvas"] = types.SimpleNamespace(st_canvas=None)
start = time.perf_counter()
import {}
print(time.perf_counter() - start)
"""


def rows() -> Iterator[Row]:
    """All of `ui`, with what it brings along; then parts of that by themselves."""
    modules = sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "ui").rglob("*.py")
    )
    imports = (", ".join(modules), "streamlit", "distributed", "cnnlab.nn.network")
    app, streamlit, dask, network = in_turns(*(lambda i=i: import_milliseconds(i) for i in imports), rounds=ROUNDS)
    yield Row("streamlit and all of ui", app, "streamlit", streamlit)
    yield Row("distributed alone", dask, "streamlit", streamlit)
    yield Row("cnnlab.nn.network alone", network, "streamlit", streamlit)


def import_milliseconds(modules: str) -> float:
    """How long a fresh Python takes to import these modules."""
    command = [sys.executable, "-c", CLOCK.format(modules)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return float(done.stdout.splitlines()[-1]) * 1_000
